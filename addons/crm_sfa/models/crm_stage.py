from odoo import api, fields, models
from odoo.fields import Domain


class CrmStage(models.Model):
    _inherit = "crm.stage"

    criterion_ids = fields.One2many(
        "crm.stage.criterion", "stage_id", "Check List", copy=True
    )

    @api.model
    def _in_order(self):
        """Give all stages, as they follow each other; there are few."""
        return self.search(Domain.TRUE)

    def _line_for(self, team):
        """Give the stages through which a team's deals go, and these besides."""
        return self._in_order().filtered(
            lambda stage: not stage.team_ids or team in stage.team_ids or stage in self
        )

    def _is_before(self, other) -> bool:
        ids = self._in_order().ids
        return other.id in ids and ids.index(self.id) < ids.index(other.id)

    def _next_stage(self, team):
        """Give the stage that comes after this one for a team."""
        ids = self._line_for(team).ids
        return self.browse(ids[ids.index(self.id) + 1 :][:1])

    @api.model
    def _criteria_between(self, origin, target, team):
        """Give what a deal of a team has to fulfil to come from one stage to another:
        also what the stages between ask for. Nothing for the way back.
        """
        line = (origin | target)._line_for(team)
        ids = line.ids
        if not target or ids.index(origin.id) >= ids.index(target.id):
            return self.env["crm.stage.criterion"]
        way = line[ids.index(origin.id) : ids.index(target.id) + 1]
        left = way[:-1].criterion_ids.filtered(lambda rule: rule.moment == "exit")
        entered = way[1:].criterion_ids.filtered(lambda rule: rule.moment == "entry")
        return (left | entered).sorted(
            lambda rule: (ids.index(rule.stage_id.id), rule.moment == "exit")
        )
