{
    "name": "CRM Analytics: Commission",
    "summary": "Commissions count in the profit per customer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_analytics",
        "crm_sfa_commission",
    ],
    "auto_install": True,
}
