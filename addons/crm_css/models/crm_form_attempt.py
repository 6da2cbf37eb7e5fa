from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

SPAN = timedelta(hours=1)
KEPT = timedelta(days=1)


class CrmFormAttempt(models.Model):
    """One try at a public form. Who tried is kept as a keyed hash, for a day."""

    _name = "crm.form.attempt"
    _description = "Try at a Public Form"
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)

    _key_date_idx = models.Index("(key, create_date)")

    @api.model
    def _allow(self, form: str, limits: dict[str, int]) -> bool:
        """Note a try, and tell whether everybody in it is within the limit of an hour.

        :param limits: how often for whom, such as ``{"ip 192.0.2.1": 10}``
        """
        attempts_sudo = self.sudo()  # nobody reads or writes these but this method
        keys = {
            hmac(attempts_sudo.env, "crm_css.form", f"{form} {who}"): limit
            for who, limit in limits.items()
        }
        since = fields.Datetime.now() - SPAN
        counts = dict(
            attempts_sudo._read_group(
                [("key", "in", [*keys]), ("create_date", ">", since)],
                ["key"],
                ["__count"],
            )
        )
        attempts_sudo.create([{"key": key} for key in keys])
        return all(counts.get(key, 0) < limit for key, limit in keys.items())

    @api.autovacuum
    def _gc_attempts(self):
        self.search([("create_date", "<", fields.Datetime.now() - KEPT)]).unlink()
