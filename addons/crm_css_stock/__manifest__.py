{
    "name": "CRM Service: Inventory",
    "summary": "Deliveries tell who owns what; returns from the ticket",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": [
        "crm_css",
        "sale_stock",
    ],
    "data": [
        "wizard/stock_return_picking_views.xml",
        "views/crm_owned_item_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/stock_picking_views.xml",
    ],
    "auto_install": True,
}
