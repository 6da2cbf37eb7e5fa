from markupsafe import Markup

from odoo import api, fields, models

# More than a person reads before saving.
MOST_SHOWN = 3


class CrmDuplicateMixin(models.AbstractModel):
    """A record that may have been entered twice: keeps the keys by which its doubles
    are found at once."""

    _name = "crm.duplicate.mixin"
    _description = "Record That May Be a Double"

    duplicate_warning = fields.Html(
        compute="_compute_duplicate_warning",
        compute_sudo=False,
        help="Records that are there already and look like this new one.",
        groups="base.group_user",
    )

    @api.depends(
        lambda self: () if self._abstract else self._duplicate_source().watched
    )
    def _compute_duplicate_warning(self):
        name = self._duplicate_source().name
        new = self.filtered(lambda record: not record._origin and record[name])
        (self - new).duplicate_warning = False
        for record in new:
            record.duplicate_warning = record._duplicate_warning()

    def _duplicate_warning(self) -> Markup | bool:
        """Name what a new record looks like, with the reasons, as a list of links."""
        source, keys = self._duplicate_source(), self.env["crm.duplicate.key"]
        entry = self._duplicate_entry()
        # The table of keys is nobody's to read; what is found is read as the user.
        matches = keys.sudo()._matches(source, entry, self.env)[:MOST_SHOWN]
        if not matches:
            return False
        lines = Markup().join(self._duplicate_line(match) for match in matches)
        return Markup("<ul class='mb-0'>%s</ul>") % lines

    def _duplicate_entry(self):
        """Give this new record in the form in which it is compared."""
        keys = self.env["crm.duplicate.key"]
        return keys._prepare(self._duplicate_source(), self)

    def _duplicate_line(self, match) -> Markup:
        # A new record has no id: 0, which is the smaller one always.
        known = self.browse(max(match.first, match.second))
        return Markup("<li><a href='%s' target='_blank'>%s</a>: %s</li>") % (
            f"/odoo/{self._name}/{known.id}",
            known.display_name,
            self.env["crm.duplicate"]._explain(list(match.evidence)),
        )

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
