{
    "name": "CRM Sales: Commission",
    "summary": "What sales earn: plans with tiers, statements, what a deal would bring",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_sfa",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/crm_commission_rules.xml",
        "data/ir_cron_commission_data.xml",
        "report/crm_commission_statement_report.xml",
        "wizard/crm_commission_compute_views.xml",
        "wizard/crm_commission_share_views.xml",
        "views/crm_commission_line_views.xml",
        "views/crm_commission_plan_views.xml",
        "views/crm_commission_statement_views.xml",
        "views/crm_lead_commission_views.xml",
        "views/sale_order_commission_views.xml",
        "views/commission_menus.xml",
    ],
    "demo": [
        "demo/crm_commission_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "crm_sfa_commission/static/tests/tours/*",
        ],
    },
}
