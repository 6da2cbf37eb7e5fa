{
    "name": "CRM Sales",
    "summary": "Leads, quotations, orders and invoices on the customer's time line",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_base",
        "partnership",
        "sale_crm",
        "sale_management",
        "sale_margin",
    ],
    "external_dependencies": {
        "python": [
            "pandas",
            "statsforecast",
        ],
    },
    "data": [
        "security/crm_sfa_groups.xml",
        "security/ir.model.access.csv",
        "security/account_payment_rules.xml",
        "security/crm_stand_in_rules.xml",
        "security/sale_order_rules.xml",
        "views/crm_contact_status_views.xml",
        "views/crm_stand_in_views.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/sale_order_demo.xml",
        "demo/relationship_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "crm_sfa/static/tests/tours/*",
        ],
    },
}
