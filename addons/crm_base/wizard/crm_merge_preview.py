from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import html2plaintext

LONGEST = 120


class CrmMergePreview(models.AbstractModel):
    """The preview of a merge: which record stays, and which value each field keeps.

    A model that inherits it has ``record_ids``, what is merged, and ``survivor_id``,
    the one that stays, which is computed by `_compute_survivor_id`.
    """

    _name = "crm.merge.preview"
    _description = "Preview of a Merge"

    preview = fields.Json(
        compute="_compute_preview",
        # Stored values are computed with all rights otherwise: it shows what the user
        # may read.
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Click the value that is kept.",
    )
    obstacle = fields.Text(compute="_compute_obstacle")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == self._merged_model():
            ids = self.env.context.get("active_ids") or []
            values["record_ids"] = [Command.set(ids)]
        return values

    @api.model
    def _merged_model(self) -> str:
        return self._fields["record_ids"].comodel_name

    @api.depends("record_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            records = wizard.record_ids._origin
            if not wizard.survivor_id or wizard.survivor_id not in records:
                wizard.survivor_id = wizard._best_first(records)[:1]

    @api.depends("record_ids", "survivor_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._prepare_preview()

    @api.depends("record_ids", "survivor_id")
    def _compute_obstacle(self):
        merges = self.env["crm.merge"]
        for wizard in self:
            records, survivor = wizard.record_ids._origin, wizard.survivor_id._origin
            reasons = merges._obstacles(survivor, records) if survivor else []
            if len(records) < 2:
                reasons.append(self.env._("Choose at least two different records."))
            wizard.obstacle = "\n".join(reasons)

    def action_merge(self):
        """Merge as the preview shows it, and open what stayed."""
        self.ensure_one()
        survivor = self.survivor_id
        if not survivor:
            raise UserError(self.env._("Choose the record that stays."))
        others = self.record_ids - survivor
        self.env["crm.merge"]._merge(survivor, others, self._values())
        return {
            "type": "ir.actions.act_window",
            "res_model": survivor._name,
            "res_id": survivor.id,
            "views": [(False, "form")],
        }

    # What each kind of record decides

    def _best_first(self, records):
        """Sort the records by how well each does as the one that stays."""
        return records.sorted(lambda record: (not record.active, record.id))

    def _chosen_fields(self, survivor) -> list[str]:
        """Name the fields of which one value is chosen."""
        raise NotImplementedError

    def _proposed(self, name: str, known):
        """Give the record whose value of a field is proposed.

        :param known: the records that have one, the one that stays first
        """
        return known[0]

    def _reference_counts(self, records) -> dict[int, int]:
        """Count what belongs to each record."""
        return {}

    def _along(self, name: str) -> list[str]:
        """Name the fields that come along with a value that is chosen."""
        return []

    def _values(self) -> dict:
        """What the merge writes on the one that stays."""
        return self._chosen_values()

    # The preview

    def _prepare_preview(self) -> dict:
        """Give the records as columns, and as rows the fields in which they differ."""
        survivor = self.survivor_id._origin
        if not survivor:
            return {"records": [], "rows": []}
        records = survivor | self.record_ids._origin
        counts = self._reference_counts(records)
        names = self._chosen_fields(survivor)
        rows = (self._prepare_row(name, records) for name in names)
        return {
            "records": [
                {
                    "id": record.id,
                    "name": record.display_name,
                    "stays": record == survivor,
                    "references": counts.get(record.id, 0),
                    "created": fields.Date.to_string(record.create_date),
                }
                for record in records
            ],
            "rows": [row for row in rows if row],
        }

    def _prepare_row(self, name: str, records) -> dict | None:
        """Give one field with the value of each record and whose is kept; fields that
        are equal, or empty, are left out."""
        known = records.filtered(name)
        different = {str(record[name]) for record in known}
        if not known or (len(different) == 1 and known[0] == records[0]):
            return None
        field = records._fields[name]
        return {
            "name": name,
            "label": field._description_string(self.env),
            "values": [self._text_of(field, record) for record in records],
            "chosen": self._proposed(name, known).id,
        }

    def _text_of(self, field, record) -> str:
        value = record[field.name]
        if field.type in ("image", "binary"):
            return self.env._("(picture)") if value else ""
        if field.type == "html":
            value = html2plaintext(value or "")
        elif field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        else:
            value = field.convert_to_export(value, record) if value else ""
        text = str(value)
        return text if len(text) < LONGEST else f"{text[:LONGEST]} …"

    def _chosen_values(self) -> dict:
        """The values of the preview, taken anew from the records themselves."""
        allowed = set(self._chosen_fields(self.survivor_id))
        records = {record.id: record for record in self.record_ids}
        values = {}
        for row in (self.preview or {}).get("rows", []):
            name, source = row.get("name"), records.get(row.get("chosen"))
            if name in allowed and source and source != self.survivor_id:
                names = [name, *self._along(name)]
                taken = source.read(names, load=None)[0]
                values |= {name: taken[name] for name in names}
        return values
