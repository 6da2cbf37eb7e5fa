"""What the Makefile calls: set-up, database, Odoo, checks. Standard library only."""
