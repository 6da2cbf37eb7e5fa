from odoo import fields, models


class CrmServiceRuleTrial(models.TransientModel):
    """What a rule would do now: nothing is done."""

    _name = "crm.service.rule.trial"
    _description = "Dry Run of a Service Rule"

    rule_id = fields.Many2one("crm.service.rule", readonly=True, ondelete="cascade")
    line_ids = fields.One2many("crm.service.rule.trial.line", "trial_id", readonly=True)
    count = fields.Integer(compute="_compute_count")

    def _compute_count(self):
        for trial in self:
            trial.count = len(trial.line_ids)


class CrmServiceRuleTrialLine(models.TransientModel):
    """A ticket for which the rule would hold."""

    _name = "crm.service.rule.trial.line"
    _description = "Ticket in a Dry Run"

    trial_id = fields.Many2one("crm.service.rule.trial", ondelete="cascade", index=True)
    ticket_id = fields.Many2one("helpdesk.ticket", ondelete="cascade")
    told = fields.Text("Would Do")
