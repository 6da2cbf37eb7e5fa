from odoo import fields, models

MANAGERS = "helpdesk_mgmt.group_helpdesk_manager"
AGENTS = "helpdesk_mgmt.group_helpdesk_user_own"


class ResCompany(models.Model):
    """How a company asks for satisfaction, and who hears when the service is bad."""

    _inherit = "res.company"

    service_manager_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Is told when complaints repeat, and of bad votes where the team has no"
        " leader. Empty: the first helpdesk manager.",
    )
    satisfaction_pause_days = fields.Integer(
        "Ask the Same Person Again After",
        default=30,
        help="A person is asked for a vote at most once in so many days, however many"
        " tickets are closed. 0: after every ticket.",
    )
    satisfaction_valid_days = fields.Integer(
        "Vote Within",
        default=14,
        help="So many days the link in the mail takes a vote.",
    )
    satisfaction_change_hours = fields.Integer(
        "Vote May Be Changed For",
        default=24,
        help="So many hours after the vote the customer may still change it.",
    )
    recovery_days = fields.Integer(
        "Follow Up Bad Votes Within",
        default=2,
        help="So many days the leader of the team has to win back a customer who gave"
        " a bad vote.",
    )
    complaint_repeat_count = fields.Integer(
        "Complaints That Are a Repetition",
        default=3,
        help="So many complaints of one customer, or of one product for one cause,"
        " alarm the service manager.",
    )
    complaint_repeat_days = fields.Integer("Within Days", default=90)

    _satisfaction_sensible = models.Constraint(
        "CHECK (satisfaction_pause_days BETWEEN 0 AND 3650"
        " AND satisfaction_valid_days BETWEEN 1 AND 365"
        " AND satisfaction_change_hours BETWEEN 0 AND 720)",
        "Satisfaction: ask again after 0 to 3650 days, take votes for 1 to 365 days,"
        " let them be changed for 0 to 720 hours.",
    )
    _recovery_days_sensible = models.Constraint(
        "CHECK (recovery_days BETWEEN 0 AND 365)",
        "A bad vote is followed up within 0 to 365 days.",
    )
    _complaint_repeat_sensible = models.Constraint(
        "CHECK (complaint_repeat_count BETWEEN 2 AND 1000"
        " AND complaint_repeat_days BETWEEN 1 AND 3650)",
        "A repetition is 2 to 1000 complaints within 1 to 3650 days.",
    )

    def _service_manager(self):
        """Give the employee whom the company names, or else its first manager.

        The administrator, who is a manager by default, hears of it only where there
        is no other.
        """
        self.ensure_one()
        named = self.service_manager_id
        if named.active and self in named.sudo().company_ids:  # compared, not shown
            return named
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        # Who is in which group and company is for administrators to read.
        managers_sudo = (
            self.env.ref(MANAGERS)
            .sudo()
            .all_user_ids.filtered(
                lambda user: user.active and self in user.company_ids
            )
        )
        first = managers_sudo.sorted(lambda user: (user == admin, user.id))[:1]
        return first.with_env(self.env)
