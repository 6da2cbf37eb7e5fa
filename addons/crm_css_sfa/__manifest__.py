{
    "name": "CRM Service and Sales",
    "summary": "Who complains is not reminded of payments",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "crm_sfa",
    ],
    "demo": [
        "demo/helpdesk_ticket_demo.xml",
    ],
    "auto_install": True,
}
