from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, html2plaintext

# Types of fields that a person can compare at a glance.
TYPES = {
    "boolean", "char", "date", "datetime", "float", "html", "image", "binary",
    "integer", "many2one", "monetary", "selection", "text",
}  # fmt: skip
LONGEST = 120


class CrmDuplicateMerge(models.TransientModel):
    """The preview of a merge: which record stays, and which value each field keeps."""

    _name = "crm.duplicate.merge"
    _description = "Merge Contacts"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        context={"active_test": False},
        help="Take one out to leave it as it is.",
    )
    survivor_id = fields.Many2one(
        "res.partner",
        "Stays",
        compute="_compute_survivor_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', partner_ids)]",
        context={"active_test": False},
        help="The others are archived and point at it. By default the one with the most"
        " documents.",
    )
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
        if self.env.context.get("active_model") == "res.partner":
            ids = self.env.context.get("active_ids") or []
            values["partner_ids"] = [Command.set(ids)]
        return values

    @api.depends("partner_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            partners = wizard.partner_ids._origin
            if not partners:
                wizard.survivor_id = False
            elif wizard.survivor_id not in partners:
                counts = wizard._reference_counts(partners)
                wizard.survivor_id = min(
                    partners,
                    key=lambda p, c=counts: (
                        not p.active,
                        not p.parent_id,  # its documents are its company's
                        -c.get(p.id, 0),
                        p.id,
                    ),
                )

    @api.depends("partner_ids", "survivor_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._prepare_preview()

    @api.depends("partner_ids", "survivor_id")
    def _compute_obstacle(self):
        for wizard in self:
            partners = wizard.partner_ids._origin
            survivor = wizard.survivor_id._origin
            merges = self.env["crm.merge"]
            reasons = merges._obstacles(survivor, partners) if survivor else []
            if len(partners) < 2:
                reasons.append(self.env._("Choose at least two different records."))
            wizard.obstacle = "\n".join(reasons)

    def action_merge(self):
        """Merge as the preview shows it, and open what stayed."""
        self.ensure_one()
        if not self.survivor_id:
            raise UserError(self.env._("Choose the record that stays."))
        others = self.partner_ids - self.survivor_id
        self.env["crm.merge"]._merge(self.survivor_id, others, self._chosen_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.survivor_id.id,
            "views": [(False, "form")],
        }

    # The preview

    def _prepare_preview(self) -> dict:
        """Give the records as columns, and as rows the fields in which they differ."""
        survivor = self.survivor_id._origin
        if not survivor:
            return {"records": [], "rows": []}
        partners = survivor | self.partner_ids._origin
        counts = self._reference_counts(partners)
        values = {
            p.id: p.read(self._merge_fields(survivor), load=None)[0] for p in partners
        }
        rows = (
            self._prepare_row(name, partners, values)
            for name in self._merge_fields(survivor)
        )
        return {
            "records": [
                {
                    "id": partner.id,
                    "name": partner.display_name,
                    "stays": partner == survivor,
                    "references": counts.get(partner.id, 0),
                    "created": fields.Date.to_string(partner.create_date),
                }
                for partner in partners
            ],
            "rows": [row for row in rows if row],
        }

    def _prepare_row(self, name: str, partners, values: dict) -> dict | None:
        """Give one field with the value of each record; the survivor's is chosen, or
        the first that there is. Fields that are equal, or empty, are left out."""
        known = [p.id for p in partners if values[p.id][name]]
        different = {str(values[id_][name]) for id_ in known}
        if not known or (len(different) == 1 and known[0] == partners[0].id):
            return None
        field = partners._fields[name]
        return {
            "name": name,
            "label": field._description_string(self.env),
            "values": [self._text_of(field, partner) for partner in partners],
            "chosen": known[0],
        }

    def _text_of(self, field, partner) -> str:
        value = partner[field.name]
        if field.type in ("image", "binary"):
            return self.env._("(picture)") if value else ""
        if field.type == "html":
            value = html2plaintext(value or "")
        elif field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        else:
            value = field.convert_to_export(value, partner) if value else ""
        text = str(value)
        return text if len(text) < LONGEST else f"{text[:LONGEST]} …"

    @api.model
    def _merge_fields(self, survivor) -> list[str]:
        """Name the fields of which one value is chosen: what a person may edit."""
        kept = survivor._merge_kept_fields()
        if survivor.commercial_partner_id != survivor:
            # They are the company's, and come from there.
            kept |= set(survivor._commercial_fields())
        editable = survivor.fields_get(attributes=["readonly"])
        return [
            name
            for name, field in survivor._fields.items()
            if (
                name in editable
                and name not in kept
                and field.type in TYPES
                and (field.store or field.company_dependent)
                and not (field.compute and field.readonly)
                and not field.related
                and not editable[name].get("readonly")
                and not name.startswith(("message_", "activity_", "signup_", "image_1"))
            )
            or name == "image_1920"
        ]

    def _chosen_values(self) -> dict:
        """The values of the preview, taken anew from the records themselves."""
        allowed = set(self._merge_fields(self.survivor_id))
        partners = {partner.id: partner for partner in self.partner_ids}
        values = {}
        for row in (self.preview or {}).get("rows", []):
            name, source = row.get("name"), partners.get(row.get("chosen"))
            if name in allowed and source and source != self.survivor_id:
                values[name] = source.read([name], load=None)[0][name]
        return values

    @api.model
    def _reference_counts(self, partners) -> dict[int, int]:
        """Count what points at each record, where an index makes that quick."""
        # Counts alone, of records that the user may merge.
        merges = self.env["crm.merge"].sudo()
        counts = [
            SQL(
                "(SELECT %s AS id FROM %s WHERE %s = ANY(%s) LIMIT 10000)",
                SQL.identifier(reference.column),
                SQL.identifier(reference.table),
                SQL.identifier(reference.column),
                partners.ids,
            )
            for reference in merges._references(partners._table)
            if not reference.guard
            and not reference.text
            and reference.table != partners._table
            and merges._is_indexed(reference)
        ]
        if not counts or not partners:
            return {}
        query = SQL(
            "SELECT id, count(*) FROM (%s) AS them GROUP BY id",
            SQL(" UNION ALL ").join(counts),
        )
        return dict(self.env.execute_query(query))
