{
    "name": "CRM Analytics",
    "summary": "Value classes, forecasts, profit per customer and boards over the ERP",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "crm_ma",
        "crm_sfa",
    ],
    "external_dependencies": {
        "python": [
            "numpy",
            "scipy",
        ],
    },
    "data": [
        "security/crm_analytics_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_analysis_rules.xml",
        "data/ir_cron_analysis_data.xml",
        "wizard/crm_analysis_act_views.xml",
        "views/crm_analysis_result_views.xml",
        "views/crm_analysis_run_views.xml",
        "views/crm_analysis_views.xml",
        "views/res_partner_analysis_views.xml",
        "views/crm_analytics_menus.xml",
        "views/analysis_menus.xml",
    ],
    "demo": [
        "demo/crm_analysis_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_analytics/static/src/analysis_matrix/*",
        "security/crm_board_rules.xml",
        "data/ir_cron_board_data.xml",
        "views/crm_board_views.xml",
        "views/crm_customer_month_views.xml",
        "views/crm_sale_month_views.xml",
        "views/crm_analytics_menus.xml",
        "views/crm_board_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_analytics/static/src/board/*",
            "crm_analytics/static/src/job_progress/*",
        ],
        "web.assets_tests": [
            "crm_analytics/static/tests/tours/*",
        ],
    },
}
