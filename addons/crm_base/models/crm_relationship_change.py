from odoo import api, fields, models

from .res_partner import VALUE_CLASSES

STAGES = [
    ("prospect", "Prospect"),
    ("first", "First order"),
    ("regular", "Regular"),
    ("sleeping", "Sleeping"),
    ("lost", "Lost"),
    ("returned", "Returned"),
]
# The chart shows so many at most.
MOST_POINTS = 50
STATES = [*STAGES, *((key, f"Class {label}") for key, label in VALUE_CLASSES)]


class CrmRelationshipChange(models.Model):
    """A dated step of a customer from one stage or value class to the next, as one of
    our companies sees it. Written by the system only."""

    _name = "crm.relationship.change"
    _description = "Change of a Relationship"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("stage", "Stage"), ("class", "Value class")], "What Changed", required=True
    )
    old = fields.Selection(STATES, "From")
    new = fields.Selection(STATES, "To", help="Empty: the value class was taken away.")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", index="btree_not_null")
    reason = fields.Selection(
        [
            ("facts", "Contacts and orders"),
            ("late", "Facts or rules changed afterwards"),
            ("hand", "By hand"),
            ("job", "Computed"),
        ],
        required=True,
        default="job",
    )

    # Two runs of the job at once write each change once.
    _once = models.UniqueIndex(
        "(partner_id, company_id, date, new) WHERE kind = 'stage'"
    )
    _newest_idx = models.Index("(partner_id, company_id, kind, date DESC, id DESC)")

    @api.model
    def _points(self, partner, company, since) -> list[dict]:
        """Give stage and class of a customer at each change, for the chart: what held
        at the beginning, then what changed since.

        :return: dicts of ``date``, ``stage`` and ``value_class``, oldest first
        """
        changes = self.search_fetch(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)],
            ["kind", "new", "date"],
            limit=MOST_POINTS,
        )
        state, points = {"stage": "", "value_class": ""}, []
        for change in changes.sorted(lambda change: (change.date, change.id)):
            state["stage" if change.kind == "stage" else "value_class"] = (
                change.new or ""
            )
            point = {"date": max(change.date, since)} | state
            if points and points[-1]["date"] == point["date"]:
                points.pop()
            points.append(point)
        return [
            point | {"date": fields.Datetime.to_string(point["date"])}
            for point in points
        ]
