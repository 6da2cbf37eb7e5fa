from odoo import fields, models
from odoo.tools import SQL

# Types of fields that a person can compare at a glance.
TYPES = {
    "boolean", "char", "date", "datetime", "float", "html", "image", "binary",
    "integer", "many2one", "monetary", "selection", "text",
}  # fmt: skip


class CrmDuplicateMerge(models.TransientModel):
    """The preview of a merge of contacts."""

    _name = "crm.duplicate.merge"
    _inherit = "crm.merge.preview"
    _description = "Merge Contacts"

    record_ids = fields.Many2many(
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
        domain="[('id', 'in', record_ids)]",
        context={"active_test": False},
        help="The others are archived and point at it. By default the one with the most"
        " documents.",
    )

    def _best_first(self, records):
        counts = self._reference_counts(records)
        return records.sorted(
            lambda partner: (
                not partner.active,
                not partner.parent_id,  # its documents are its company's
                -counts.get(partner.id, 0),
                partner.id,
            )
        )

    def _chosen_fields(self, survivor):
        """What a person may edit."""
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

    def _reference_counts(self, partners):
        """What points at each record, where an index makes that quick."""
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
