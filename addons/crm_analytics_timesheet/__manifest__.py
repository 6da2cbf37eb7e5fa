{
    "name": "CRM Analytics: Timesheets",
    "summary": "Time on tickets counts in the profit per customer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_analytics",
        "crm_css_timesheet",
    ],
    "auto_install": True,
}
