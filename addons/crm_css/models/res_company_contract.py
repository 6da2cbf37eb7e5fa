from collections.abc import Callable
from datetime import date, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.contract_terms import parse_distances


class ResCompany(models.Model):
    """What a company decides for its service contracts."""

    _inherit = "res.company"

    contract_manager_id = fields.Many2one(
        "res.users",
        "Hears of Contracts",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Is told of the deadlines of contracts that name no manager. Empty: the "
        "first manager of the helpdesk.",
    )
    contract_reminder_days = fields.Char(
        "Remind of Contracts",
        default="90, 60, 30, 14, 7",
        help="How many days before a deadline one is reminded.",
    )
    overuse_hours_product_id = fields.Many2one(
        "product.product", "Hours Beyond Contracts", domain="[('sale_ok', '=', True)]"
    )
    overuse_visits_product_id = fields.Many2one(
        "product.product", "Visits Beyond Contracts", domain="[('sale_ok', '=', True)]"
    )
    overuse_tickets_product_id = fields.Many2one(
        "product.product", "Tickets Beyond Contracts", domain="[('sale_ok', '=', True)]"
    )

    @api.constrains("contract_reminder_days")
    def _check_contract_reminder_days(self):
        for company in self:
            try:
                parse_distances(company.contract_reminder_days or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” are not days before a deadline. Write numbers"
                        " between 1 and 1000, such as 90, 30, 7.",
                        text=company.contract_reminder_days,
                    )
                ) from error

    def _days_off(self, today: date) -> Callable[[date], bool]:
        """Give what tells the days on which the company does not work, around today."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar.attendance_ids:
            return lambda day: False
        worked = {int(line.dayofweek) for line in calendar.attendance_ids}
        zone = pytz.timezone(calendar.tz or "UTC")
        since = fields.Datetime.to_datetime(today) - timedelta(days=1000)
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", [self.id, False]),
                ("calendar_id", "in", [calendar.id, False]),
                ("date_to", ">=", since),
            ]
        )
        holidays = [
            tuple(
                pytz.utc.localize(edge).astimezone(zone).date()
                for edge in (leave.date_from, leave.date_to)
            )
            for leave in leaves
        ]
        return lambda day: (
            day.weekday() not in worked
            or any(first <= day <= last for first, last in holidays)
        )
