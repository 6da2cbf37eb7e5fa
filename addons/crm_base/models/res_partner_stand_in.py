from odoo import fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    """Whether somebody stands in for the salesperson of a customer."""

    _inherit = "res.partner"

    stand_in_ids = fields.Many2many(
        "crm.stand.in",
        "crm_stand_in_partner_rel",
        "partner_id",
        "stand_in_id",
        string="Chosen for Stand-ins",
        copy=False,
        groups="crm_base.crm_base_group_user",
    )

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        stand_in = self._stand_in_now()
        if not stand_in:
            return facts
        fact = {
            "key": "stand_in",
            "label": self.env._("Stand-in"),
            "value": self.env._(
                "%(name)s until %(day)s",
                name=stand_in.stand_in_id.name,
                day=format_date(self.env, stand_in.date_to),
            ),
            "action": False,
        }
        return [*facts, fact]

    def _stand_in_now(self):
        """Give the time in which the salesperson is away now; no query if there is
        none. Who stands in is for all colleagues to know, the reason is not."""
        self.ensure_one()
        salesperson = self.commercial_partner_id.user_id.id
        now = fields.Datetime.now()
        running = [
            period.id
            for period in self.env["crm.stand.in"]._periods()
            if period.absent == salesperson and period.runs_at(now)
        ]
        # Who stands in is for all to know; name and last day are taken.
        stand_ins_sudo = self.env["crm.stand.in"].sudo().browse(running)
        return stand_ins_sudo.filtered(
            lambda stand_in: (
                stand_in.scope == "all"
                or self.commercial_partner_id in stand_in.partner_ids
            )
        )[:1]
