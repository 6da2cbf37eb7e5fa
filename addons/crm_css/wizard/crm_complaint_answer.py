from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.crm_complaint_answer import ANSWERS


class CrmComplaintAnswer(models.TransientModel):
    """What the customer said to the remedy, on the phone for example."""

    _name = "crm.complaint.answer"
    _description = "The Customer's Answer to a Remedy"

    complaint_id = fields.Many2one("crm.complaint", required=True, ondelete="cascade")
    answer = fields.Selection(ANSWERS, required=True, default="confirmed")
    partner_id = fields.Many2one(
        "res.partner", "Who Answered", required=True, ondelete="cascade"
    )
    date = fields.Datetime("When", required=True, default=fields.Datetime.now)
    note = fields.Text("How and in Which Words", required=True)

    @api.constrains("date")
    def _check_date(self):
        if self.filtered(lambda one: one.date > fields.Datetime.now()):
            raise ValidationError(
                self.env._("The customer cannot have answered in the future.")
            )

    @api.constrains("partner_id", "complaint_id")
    def _check_partner(self):
        for one in self:
            company = one.complaint_id.commercial_partner_id
            if one.partner_id.commercial_partner_id != company:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not belong to %(customer)s. Name who answered"
                        " for the customer.",
                        person=one.partner_id.display_name,
                        customer=company.display_name,
                    )
                )

    def action_confirm(self):
        self.ensure_one()
        self.complaint_id._answer(
            self.answer, self.partner_id, self.note, how="hand", date=self.date
        )
        self.unlink()  # what the customer said is kept in one place only
        return {"type": "ir.actions.act_window_close"}
