{
    "name": "CRM Marketing",
    "summary": "Mailings sent, opened and answered on the customer's time line",
    "version": "19.0.1.0.0",
    "category": "Marketing",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_base",
        "mass_mailing",
    ],
    "data": [
        "security/crm_ma_groups.xml",
        "views/mailing_mailing_views.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/mailing_demo.xml",
    ],
}
