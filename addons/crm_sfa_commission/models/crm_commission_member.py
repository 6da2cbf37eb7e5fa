from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCommissionMember(models.Model):
    """Somebody who is paid by a plan, from one day to another. New people may join and
    leave a plan at any time; what it pays is the plan's."""

    _name = "crm.commission.member"
    _description = "Member of a Commission Plan"
    _order = "plan_id, date_from, id"
    _rec_name = "user_id"

    plan_id = fields.Many2one(
        "crm.commission.plan", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date("From", help="Empty: from the start of the plan.")
    date_to = fields.Date("To", help="Empty: until further notice.")

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A person leaves a plan after joining it."
    )

    @api.constrains("plan_id", "user_id", "date_from", "date_to")
    def _check_once(self):
        for member in self:
            others = member.plan_id.member_ids - member
            again = others.filtered(
                lambda other, one=member: (
                    other.user_id == one.user_id and other._overlaps(one)
                )
            )
            if again:
                raise ValidationError(
                    self.env._(
                        "%(person)s is twice in %(plan)s at the same time. Change the"
                        " dates, or take one line away.",
                        person=member.user_id.name,
                        plan=member.plan_id.display_name,
                    )
                )
        self.plan_id.filtered(lambda p: p.state == "running")._check_people()

    def _span(self) -> tuple[date, date]:
        """The days in which the person is paid by this version of the plan."""
        end = self.plan_id._ends_before()
        ends = [self.date_to or date.max, end - timedelta(days=1) if end else date.max]
        return max(self.date_from or date.min, self.plan_id.date_from), min(ends)

    def _overlaps(self, other) -> bool:
        (one_from, one_to), (two_from, two_to) = self._span(), other._span()
        return max(one_from, two_from) <= min(one_to, two_to)
