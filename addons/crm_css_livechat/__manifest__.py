{
    "name": "CRM Service: Live Chat",
    "summary": "A chat with a customer becomes a ticket, with what was said",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "im_livechat",
    ],
    "data": [
        "data/helpdesk_ticket_channel_data.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_css_livechat/static/src/create_ticket/*",
        ],
    },
    "auto_install": True,
}
