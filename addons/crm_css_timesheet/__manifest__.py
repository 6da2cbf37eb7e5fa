{
    "name": "CRM Service: Timesheets",
    "summary": "Time on tickets, in the ERP's own timesheets",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "hr_timesheet",
    ],
    "data": [
        "views/account_analytic_line_views.xml",
        "views/contract_contract_views.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "auto_install": True,
}
