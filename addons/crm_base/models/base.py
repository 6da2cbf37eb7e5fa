from psycopg2.errors import RestrictViolation

from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _sql_error_to_message_generic(self, exc):
        """Explain a refused deletion on PostgreSQL 18 too, which raises
        RestrictViolation where Odoo knows ForeignKeyViolation only."""
        if not isinstance(exc, RestrictViolation):
            return super()._sql_error_to_message_generic(exc)
        return self.env._(
            "Other records still use this one, so it cannot be deleted"
            " (%(constraint)s). Archive it instead.",
            constraint=exc.diag.constraint_name,
        )
