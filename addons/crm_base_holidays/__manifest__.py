{
    "name": "CRM Base: Time Off",
    "summary": "Approved time off starts the stand-in by itself",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_base",
        "hr_holidays",
    ],
    "data": [
        "views/crm_stand_in_views.xml",
        "views/hr_leave_views.xml",
    ],
    "auto_install": True,
}
