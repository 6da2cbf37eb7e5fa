{
    "name": "CRM Service: Opportunities",
    "summary": "The renewal of a service contract is an opportunity in the pipeline",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "sale_crm",
    ],
    "auto_install": True,
}
