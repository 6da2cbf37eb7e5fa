from . import controllers
from . import models
from . import report


def _uninstall_hook(env):
    """Drop the indexes on fields of another addon, which Odoo leaves."""
    env.cr.execute(
        """
        DROP INDEX IF EXISTS helpdesk_ticket__partner_id_index;
        DROP INDEX IF EXISTS helpdesk_ticket__duplicate_id_index;
        """
    )
