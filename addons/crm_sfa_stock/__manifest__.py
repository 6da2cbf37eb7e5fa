{
    "name": "CRM Sales: Inventory",
    "summary": "Who reads the orders of customers sees their deliveries",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_sfa",
        "sale_stock",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "auto_install": True,
}
