{
    "name": "CRM Portal",
    "summary": "Customers answer, close and rate their tickets",
    "version": "19.0.1.0.0",
    "category": "Website",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "crm_sfa",
    ],
    "data": [
        "views/company_templates.xml",
        "views/helpdesk_ticket_templates.xml",
        "views/ticket_list_templates.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "crm_portal/static/tests/tours/*",
        ],
    },
}
