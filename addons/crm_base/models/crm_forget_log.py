import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import hmac

SOURCES = [
    ("letter", "Letter"),
    ("email", "E-mail"),
    ("call", "Call"),
    ("meeting", "In person"),
    ("portal", "Portal"),
    ("authority", "Data protection authority"),
    ("own", "Our own rule"),
]


class CrmForgetLog(models.Model):
    """The proof that a person was forgotten: when, by whom, what was done. It holds no
    personal data."""

    _name = "crm.forget.log"
    _description = "Person Forgotten"
    _inherit = ["crm.ledger.mixin"]
    _order = "date desc, id desc"

    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Done By", required=True, readonly=True)
    source = fields.Selection(SOURCES, "Requested By", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null"
    )
    partner_number = fields.Integer("Contact Number", required=True, readonly=True)
    details = fields.Json(readonly=True)
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    left_count = fields.Integer(
        "Places Left",
        readonly=True,
        help="In how many columns of the database the person may still stand, apart"
        " from what is kept by law.",
    )
    hash = fields.Char("Seal", readonly=True, required=True)
    is_intact = fields.Boolean(
        "Seal Intact",
        compute="_compute_is_intact",
        help="The entry is as it was written.",
    )

    @api.depends("partner_number")
    def _compute_display_name(self):
        for log in self:
            log.display_name = self.env._(
                "Forgotten person #%(number)s", number=log.partner_number
            )

    @api.depends("details")
    @api.depends_context("lang")
    def _compute_summary(self):
        for log in self:
            details = log.details or {}
            log.summary = self._summary_table(
                [
                    (self._model_name(line["model"]), line["count"], self._done(line))
                    for line in details.get("parts", [])
                ]
            ) + self._left_table(details.get("left", {}))

    @api.depends("hash")
    def _compute_is_intact(self):
        for log in self:
            log.is_intact = log.hash == self._seal(log._payload())

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["hash"] = self._seal(self.new(vals)._payload())
        return super().create(vals_list)

    def _payload(self) -> str:
        """Give all that the entry says as one text."""
        return json.dumps(
            [
                fields.Datetime.to_string(self.date),
                self.user_id.id or self.user_id._origin.id,
                self.source,
                self.partner_number,
                self.details,
                self.left_count,
            ],
            sort_keys=True,
        )

    @api.model
    def _seal(self, payload: str) -> str:
        return hmac(self.env(su=True), "crm.forget.log", payload)

    @api.model
    def _model_name(self, model: str) -> str:
        # An addon that is gone took its models with it.
        return self.env["ir.model"]._get(model).name or model

    @api.model
    def _done(self, line: dict) -> str:
        """Say what was done with the records of a line."""
        labels = {
            "clear": self.env._("personal data taken out"),
            "scrub": self.env._("name, mail and phone replaced in the text"),
            "delete": self.env._("deleted"),
            "keep": self.env._("kept"),
        }
        reason = line.get("reason")
        return f"{labels[line['done']]}: {reason}" if reason else labels[line["done"]]

    @api.model
    def _summary_table(self, rows: list[tuple]) -> Markup:
        line = Markup("<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>")
        return Markup(
            "<table class='table table-sm o_crm_forget'><thead><tr><th>%s</th>"
            "<th class='text-end'>%s</th><th>%s</th></tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (
            self.env._("What"),
            self.env._("How many"),
            self.env._("What is done"),
            Markup().join(line % row for row in rows),
        )

    def _left_table(self, left: dict) -> Markup:
        if not left:
            return Markup()
        places = Markup().join(
            Markup("<li>%s: %s</li>") % place for place in sorted(left.items())
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(
                "The same name, mail or phone still stands in these columns. Look"
                " whether it is this person, and clear it by hand:"
            ),
            places,
        )
