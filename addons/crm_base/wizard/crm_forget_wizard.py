from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_forget_log import SOURCES


class CrmForgetWizard(models.TransientModel):
    """Shows what forgetting a person does, and does it once the name is typed."""

    _name = "crm.forget.wizard"
    _description = "Forget a Person"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="cascade"
    )
    source = fields.Selection(SOURCES, "Requested By", required=True, default="letter")
    obstacles = fields.Html(compute="_compute_preview", sanitize=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    typed_name = fields.Char(
        "Type the Name",
        help="Type the full name of the person, to show that it is the right one.",
    )

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        log = self.env["crm.forget.log"]
        for wizard in self:
            wizard.preview = wizard.obstacles = False
            partner = wizard.partner_id._origin
            if not partner:
                continue
            if refusal := partner._forget_refusal():
                wizard.obstacles = self._alert("danger", [refusal])
                continue
            lines = partner._forget_lines(partner._forget_plan())
            wizard.preview = log._summary_table(
                [
                    (log._model_name(line["model"]), line["count"], log._done(line))
                    for line in lines
                ]
            )
            if obstacles := partner._forget_obstacles():
                wizard.obstacles = self._alert("warning", obstacles)

    def action_forget(self):
        """Forget the person, for good."""
        self.ensure_one()
        self.check_access("write")
        partner = self.partner_id
        partner.check_access("write")
        if refusal := partner._forget_refusal():
            raise UserError(refusal)
        if self._plain(self.typed_name) != self._plain(partner.name):
            raise UserError(
                self.env._(
                    "What you typed is not the name of the person. Type “%(name)s” to"
                    " confirm.",
                    name=partner.name,
                )
            )
        log = partner._forget(self.source)
        return {
            "type": "ir.actions.act_window",
            "res_model": log._name,
            "res_id": log.id,
            "views": [(False, "form")],
            "target": "main",
        }

    @api.model
    def _plain(self, name: str | bool) -> str:
        return " ".join((name or "").split())

    @api.model
    def _alert(self, level: str, texts: list[str]) -> Markup:
        paragraphs = Markup().join(Markup("<p class='mb-0'>%s</p>") % t for t in texts)
        return Markup("<div class='alert alert-%s mb-0' role='alert'>%s</div>") % (
            level,
            paragraphs,
        )
