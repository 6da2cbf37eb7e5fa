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
        "security/crm_lifetime_rules.xml",
        "data/ir_cron_lifetime_data.xml",
        "views/crm_lifetime_run_views.xml",
        "views/crm_lifetime_result_views.xml",
        "views/res_partner_lifetime_views.xml",
        "views/crm_analytics_menus.xml",
        "views/lifetime_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_analytics/static/src/job_progress/*",
            "crm_analytics/static/src/lifetime_plot/*",
        ],
        "web.assets_tests": [
            "crm_analytics/static/tests/tours/*",
        ],
    },
}
