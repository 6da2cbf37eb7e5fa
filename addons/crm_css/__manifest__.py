{
    "name": "CRM Service",
    "summary": "Tickets of the right customer, from mail to rating",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_base",
        "helpdesk_mgmt",
        "helpdesk_mgmt_rating",
    ],
    "data": [
        "security/crm_css_groups.xml",
        "security/crm_stand_in_rules.xml",
        "views/crm_stand_in_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_templates.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/helpdesk_ticket_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "crm_css/static/tests/tours/*",
        ],
    },
    "uninstall_hook": "_uninstall_hook",
}
