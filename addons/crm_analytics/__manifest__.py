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
        "security/crm_funnel_rules.xml",
        "security/crm_report_schedule_rules.xml",
        "data/ir_cron_report_data.xml",
        "report/crm_funnel_views.xml",
        "report/crm_report_templates.xml",
        "views/crm_report_schedule_views.xml",
        "views/crm_analytics_menus.xml",
        "views/funnel_menus.xml",
        "views/report_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_analytics/static/src/digest/*",
            "crm_analytics/static/src/funnel/*",
            "crm_analytics/static/src/job_progress/*",
        ],
        "web.assets_tests": [
            "crm_analytics/static/tests/tours/*",
        ],
    },
}
