{
    "name": "CRM Service: Repairs",
    "summary": "Repairs from the ticket, with the product, its number and its warranty",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "repair",
    ],
    "data": [
        "views/helpdesk_ticket_views.xml",
        "views/repair_order_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "crm_css_repair/static/tests/tours/*",
        ],
    },
    "auto_install": True,
}
