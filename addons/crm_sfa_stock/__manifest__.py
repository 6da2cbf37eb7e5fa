{
    "name": "CRM Sales: Inventory",
    "summary": "Deliveries on the board of orders, and for who reads orders",
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
        "views/crm_order_board_views.xml",
    ],
    "demo": [
        "demo/deliveries_demo.xml",
    ],
    "auto_install": True,
}
