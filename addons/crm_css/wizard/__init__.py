from . import helpdesk_ticket_customer
