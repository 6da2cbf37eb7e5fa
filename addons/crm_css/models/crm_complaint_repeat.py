from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.repeats import repetitions

ACTIVITY = "crm_css.mail_activity_type_repetition"
CRON = "crm_css.ir_cron_complaint_repeat"
# A job that comes later than this misses repetitions that lie further back.
LATEST_DAYS = 60
# What of a complaint decides whether it repeats another one.
DECIDING = {"partner_id", "product_id", "cause_id", "date", "company_id"}


class CrmComplaint(models.Model):
    """The alarm when complaints repeat: of one customer, or of one product for one
    cause. Each repetition alarms once; then the counting begins anew."""

    _inherit = "crm.complaint"

    repeat_customer_date = fields.Datetime(
        "Repeated by the Customer",
        readonly=True,
        copy=False,
        help="When the alarm was given that counted this complaint with others of the"
        " same customer.",
    )
    repeat_product_date = fields.Datetime(
        "Repeated for the Product",
        readonly=True,
        copy=False,
        help="When the alarm was given that counted this complaint with others of the"
        " same product and cause.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        self._look_for_repetitions()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & DECIDING:
            self._look_for_repetitions()
        return result

    @api.model
    def _look_for_repetitions(self):
        """Have the job count: one process only, so that no two give the same alarm."""
        # Agents touch no jobs. While the addon is removed, it may be gone already.
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron.sudo()._trigger()  # only woken

    @api.model
    def _cron_repeat(self):
        commit = self.env["ir.cron"]._commit_progress
        for company in self.env["res.company"].search(Domain.TRUE):
            self._alarm_repetitions(
                company, "repeat_customer_date", ["commercial_partner_id"]
            )
            self._alarm_repetitions(
                company, "repeat_product_date", ["product_id", "cause_id"]
            )
            if not commit(1):
                break

    @api.model
    def _alarm_repetitions(self, company, mark: str, same: list[str]):
        """Give the alarms that are due for complaints that have the same values.

        :param mark: field that tells which complaints an alarm has counted
        """
        count, days = company.complaint_repeat_count, company.complaint_repeat_days
        since = fields.Date.today() - timedelta(days=days + LATEST_DAYS)
        uncounted = Domain(
            [("company_id", "=", company.id), (mark, "=", False), ("date", ">=", since)]
        ) & Domain.AND(Domain(name, "!=", False) for name in same)
        groups = self._read_group(
            uncounted, same, ["id:recordset"], having=[("__count", ">=", count)]
        )
        for *_same, complaints in groups:
            events = [(one.date, one.id) for one in complaints]
            for ids in repetitions(events, count, days):
                self.browse(ids)._alarm(mark)

    def _alarm(self, mark: str):
        """Tell the service manager, at the complaint that made it a repetition."""
        self.write({mark: fields.Datetime.now()})
        last = self[-1]
        manager = last.company_id._service_manager()
        if not manager:
            return
        receiver = self.env["crm.stand.in"]._acting_for(manager, last.partner_id)
        reader = last.with_context(lang=receiver.lang)
        last.activity_schedule(
            ACTIVITY,
            summary=reader._repetition_summary(mark, len(self)),
            note=Markup("<br/>").join(self.mapped("display_name")),
            user_id=receiver.id,
            automated=True,
        )

    def _repetition_summary(self, mark: str, count: int) -> str:
        if mark == "repeat_customer_date":
            return self.env._(
                "%(customer)s: %(count)s complaints",
                customer=self.commercial_partner_id.display_name,
                count=count,
            )
        return self.env._(
            "%(count)s complaints of %(product)s: %(cause)s",
            count=count,
            product=self.product_id.display_name,
            cause=self.cause_id.display_name,
        )
