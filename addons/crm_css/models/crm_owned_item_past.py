from odoo import api, models

# Records looked at between two commits.
BATCH = 500
WATERMARK = "crm_css.owned_up_to"


class CrmOwnedItem(models.Model):
    """The job that brings in what was sold before, as often as wanted."""

    _inherit = "crm.owned.item"

    def action_bring_in_past(self) -> dict:
        """Begin to bring in what was sold until now, and say so."""
        self.browse().check_access("unlink")
        for name in self._past_models():
            self._set_owned_up_to(name, 0)
        cron_sudo = self.env.ref("crm_css.ir_cron_owned_past").sudo()  # only woken
        cron_sudo._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "What was sold until now comes in, in the background. What is here"
                    " already stays as it is."
                ),
            },
        }

    @api.model
    def _past_models(self) -> list[str]:
        """Name the models that tell who owns what; addons add theirs.

        Each has ``_owned_past_domain()`` and ``_sync_owned(past=True)``.
        """
        return ["sale.order.line"]

    @api.model
    def _cron_bring_in_past(self):
        """Bring in what was sold, from where the last run ended."""
        commit = self.env["ir.cron"]._commit_progress
        waiting = [
            name for name in self._past_models() if self._owned_up_to(name) is not None
        ]
        commit(remaining=sum(map(self._owned_remaining, waiting)))
        for name in waiting:
            while self._owned_up_to(name) is not None:
                if not commit(self._bring_in_batch(name)):
                    return

    @api.model
    def _bring_in_batch(self, name: str) -> int:
        """Bring in the next records of a model, and tell how many were looked at."""
        records = self._owned_waiting(name, limit=BATCH)
        records._sync_owned(past=True)
        done = len(records) < BATCH
        self._set_owned_up_to(name, None if done else records[-1].id)
        count = len(records)
        # Writes what changed, and forgets the records before the next batch.
        self.env.invalidate_all()
        return count

    @api.model
    def _owned_waiting(self, name: str, limit: int):
        model = self.env[name].sudo()  # the job reads what was sold to all
        after = [("id", ">", self._owned_up_to(name))]
        return model.search(model._owned_past_domain() + after, order="id", limit=limit)

    @api.model
    def _owned_remaining(self, name: str) -> int:
        model = self.env[name].sudo()  # the job reads what was sold to all
        after = [("id", ">", self._owned_up_to(name))]
        return model.search_count(model._owned_past_domain() + after)

    @api.model
    def _owned_up_to(self, name: str) -> int | None:
        """The id up to which a model was looked through; None where nothing waits."""
        # The job's own mark; the right to begin was checked.
        value = self.env["ir.config_parameter"].sudo().get_param(f"{WATERMARK}.{name}")
        return int(value) if value else None

    @api.model
    def _set_owned_up_to(self, name: str, value: int | None):
        # Kept as a parameter, which only administrators may write themselves.
        text = False if value is None else str(value)
        # As above.
        self.env["ir.config_parameter"].sudo().set_param(f"{WATERMARK}.{name}", text)
