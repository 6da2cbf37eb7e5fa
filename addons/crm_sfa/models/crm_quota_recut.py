from odoo import models

from ..tools.quota import by_days

WHOSE = ("user_id", "team_id", "territory_id", "categ_id")


class CrmQuota(models.Model):
    """What a quota keeps when it is cut anew within its period."""

    _inherit = "crm.quota"

    def _kept_amount(self, date) -> float:
        """Give what a quota keeps for the months before a day: what its months were to
        bring, or its share by days."""
        if not date or self.date_from >= date:
            return 0.0
        if self.date_to < date:
            return self.amount
        if parts := self._parts():
            return self._rounded(sum(part._kept_amount(date) for part in parts))
        shares = by_days(self.date_from, self.date_to)
        share = sum(share for month, share in shares.items() if month < date)
        return self._rounded(self.amount * share)

    def _rest_amount(self, date) -> float:
        return self._rounded(self.amount - self._kept_amount(date))

    def _same_whose(self) -> dict:
        return {name: self[name].id for name in WHOSE}

    def _running_tree(self):
        return self._tree().filtered(lambda quota: quota.state == "running")

    def _check_people_stay(self, date):
        """What is over may be of somebody who left; what comes may not."""
        self.filtered(lambda quota: quota.date_to >= date)._check_people_work_here()
