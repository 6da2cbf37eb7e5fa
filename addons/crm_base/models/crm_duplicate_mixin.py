from odoo import api, models


class CrmDuplicateMixin(models.AbstractModel):
    """A record that may have been entered twice: keeps the keys by which its doubles
    are found at once."""

    _name = "crm.duplicate.mixin"
    _description = "Record That May Be a Double"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["crm.duplicate.key"]._refresh(records)
        return records

    def write(self, vals):
        written = super().write(vals)
        if self._duplicate_source().watched_by(vals):
            self.env["crm.duplicate.key"]._refresh(self)
        return written

    def unlink(self):
        name, ids = self._name, self.ids
        deleted = super().unlink()
        self.env["crm.duplicate.key"]._forget(name, ids)
        self.env["crm.duplicate"]._forget(name, ids)
        return deleted

    @api.model
    def _duplicate_source(self):
        return self.env["crm.duplicate"]._duplicate_source(self._name)

    def _merge_obstacles(self, survivor) -> list[str]:
        """Say why these records cannot be merged, in sentences; addons add theirs.

        :param survivor: the one that stays
        """
        return []

    @api.model
    def _merge_kept_fields(self) -> set[str]:
        """Name the fields that a merge leaves as they are; addons add theirs."""
        return {"active", "company_id", "merged_into_id"}
