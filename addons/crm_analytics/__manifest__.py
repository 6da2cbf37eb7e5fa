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
            "scikit-learn",
            "threadpoolctl",
        ],
    },
    "data": [
        "security/crm_analytics_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_cluster_rules.xml",
        "security/crm_demand_rules.xml",
        "security/crm_distribution_rules.xml",
        "data/ir_cron_cluster_data.xml",
        "data/ir_cron_demand_data.xml",
        "views/crm_analytics_menus.xml",
        "views/crm_cluster_views.xml",
        "views/crm_demand_views.xml",
        "report/crm_distribution_views.xml",
        "views/clusters_menus.xml",
        "views/demand_menus.xml",
        "views/distribution_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_analytics/static/src/cluster_picture/*",
            "crm_analytics/static/src/demand_picture/*",
            "crm_analytics/static/src/distribution_board/*",
            "crm_analytics/static/src/job_progress/*",
        ],
        "web.assets_tests": [
            "crm_analytics/static/tests/tours/*",
        ],
    },
}
