{
    "name": "CRM Base",
    "summary": "One customer base: card, time line of every contact, value class",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "calendar",
        "contacts",
        "mail",
        "phone_validation",
        "portal",
        "resource",
        "utm",
    ],
    "external_dependencies": {"python": ["anyascii", "phonenumbers", "rapidfuzz"]},
    "data": [
        "security/crm_base_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_interaction_rules.xml",
        "data/ir_cron_data.xml",
        "views/crm_interaction_views.xml",
        "views/crm_timeline_views.xml",
        "views/res_partner_views.xml",
        "views/crm_base_menus.xml",
    ],
    "demo": [
        "demo/res_partner_demo.xml",
        "demo/res_users_demo.xml",
        "demo/crm_interaction_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_base/static/src/customer_card/*",
            "crm_base/static/src/note_contact/*",
        ],
        "web.assets_tests": [
            "crm_base/static/tests/tours/*",
        ],
    },
}
