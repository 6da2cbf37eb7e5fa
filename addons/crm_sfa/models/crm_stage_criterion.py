from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.rule_domain import BROKEN, parse

MOMENTS = [("entry", "To come in"), ("exit", "To move on")]


class CrmStageCriterion(models.Model):
    """What a deal has to fulfil to come into a stage or to move on from it."""

    _name = "crm.stage.criterion"
    _description = "Criterion of a Stage"
    _order = "stage_id, moment, sequence, id"

    name = fields.Char(
        "What Must Be", required=True, translate=True, help="In words of salespeople."
    )
    stage_id = fields.Many2one(
        "crm.stage", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    moment = fields.Selection(MOMENTS, "When", required=True, default="exit")
    kind = fields.Selection(
        [("hand", "Ticked by hand"), ("check", "Checked by itself")],
        "How",
        required=True,
        default="hand",
    )
    domain = fields.Char(
        "Holds For", default="[]", help="The deals for which the criterion holds."
    )
    is_required = fields.Boolean(
        "Required",
        default=True,
        help="Without it a deal does not move on. Otherwise it is only advised.",
    )

    @api.constrains("kind", "domain")
    def _check_domain(self):
        for criterion in self.filtered(lambda rule: rule.kind == "check"):
            try:
                domain = parse(criterion.domain)
                self.env["crm.lead"].search_count(domain, limit=1)
            except BROKEN as error:
                raise ValidationError(
                    self.env._(
                        "The deals of the criterion “%(name)s” cannot be found:"
                        " %(error)s. Choose them anew.",
                        name=criterion.name,
                        error=error,
                    )
                ) from error

    @api.constrains("kind", "domain", "stage_id", "moment", "is_required", "active")
    def _check_contradiction(self):
        """What is asked at one moment must be possible together.

        Only what contradicts itself by its form is found; a deal that cannot move
        names the others, and a manager lets it pass.
        """
        for criterion in self:
            together = criterion.stage_id.criterion_ids.filtered(
                lambda rule, moment=criterion.moment: (
                    rule.kind == "check" and rule.is_required and rule.moment == moment
                )
            )
            if together._is_impossible():
                raise ValidationError(
                    self.env._(
                        "No deal can ever fulfil all of this in the stage “%(stage)s”:"
                        " %(names)s. Change one of them.",
                        stage=criterion.stage_id.name,
                        names=", ".join(f"“{rule.name}”" for rule in together),
                    )
                )

    def _is_impossible(self) -> bool:
        try:
            domain = Domain.AND(parse(rule.domain) for rule in self)
            return domain.optimize_full(self.env["crm.lead"]).is_false()
        except BROKEN:
            return False  # told elsewhere

    def _holding(self, leads):
        """Give those of some deals that fulfil the criterion, or were let pass; and
        why it cannot be checked, if so."""
        self.ensure_one()
        ticked = leads.filtered(lambda lead: self in lead.tick_ids.criterion_id)
        if self.kind == "hand":
            return ticked, ""
        try:
            return ticked | leads.filtered_domain(parse(self.domain)), ""
        except BROKEN as error:
            return ticked, str(error)
