from datetime import date, timedelta
from typing import Literal, NamedTuple

from odoo import fields, models
from odoo.tools import format_date

from ..tools.entitlement import Cover as Entitled
from .crm_owned_item import LIVE


class Cover(NamedTuple):
    """One thing that covers an item on a day.

    :param kind: "maker", "ours" or "extended" warranty, or "contract"
    :param label: what it is, for people
    :param until: its last day; False where no end is agreed
    """

    kind: str
    label: str
    until: date | Literal[False]


class CrmOwnedItem(models.Model):
    """Is it covered: by which warranty or contract, until when."""

    _inherit = "crm.owned.item"

    def _coverage(self, day=None) -> dict[int, list[Cover]]:
        """Give for each item what covers it on a day, today by default.

        Warranties first, then contracts, and of each what lasts longest first. An item
        that the customer no longer uses is not covered. Contracts are looked up without
        the reader's rights: whether one covers is no secret to who may see the item.
        """
        day = day or fields.Date.context_today(self)
        live = self.filtered(lambda item: item.state in LIVE)
        contracts = live._service_contracts(day)
        return {
            item.id: [
                *(item._warranty_covers(day) if item in live else ()),
                *(
                    Cover("contract", contract._cover_label(), contract._last_day())
                    for contract in contracts.get(item.id, ())
                ),
            ]
            for item in self
        }

    def _warranty_covers(self, day) -> list[Cover]:
        """Give what covers on the day, and the extensions that carry it on."""
        self.ensure_one()
        # Who sees the item may know what covers it.
        granted_sudo = self.granted_ids.sudo().filtered(
            lambda granted: granted.date_start <= day <= granted.date_end
        )
        # As above.
        for more in (self.granted_ids.sudo() - granted_sudo).sorted("date_start"):
            last = max(granted_sudo.mapped("date_end"), default=date.min)
            if more.date_start == last + timedelta(days=1):
                granted_sudo |= more
        return [
            Cover(granted.kind, granted.warranty_id.name, granted.date_end)
            for granted in granted_sudo.sorted("date_end", reverse=True)
        ]

    def _warranty_cover(self, day) -> Entitled:
        """Say in a few words whether a warranty covers the item on a day."""
        self.ensure_one()
        covers = self._warranty_covers(day) if self.state in LIVE else []
        if covers:
            return Entitled(True, "; ".join(map(self._cover_text, covers)))
        if self.warranty_end and self.warranty_end < day:
            ended = format_date(self.env, self.warranty_end)
            text = self.env._("the warranty ended on %(date)s", date=ended)
        else:
            text = self.env._("no warranty")
        return Entitled(False, text, "warning")

    def _service_contracts(self, day) -> dict[int, models.BaseModel]:
        """Map items to the service contracts of their customers that cover them."""
        # Agents hear that it is covered also where they may not open the contract.
        contracts_sudo = self.env["contract.contract"].sudo()
        found = contracts_sudo.search(
            [
                ("is_service", "=", True),
                ("service_step", "=", "signed"),
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
            ]
        ).filtered(lambda contract: contract._runs_on(day))
        by_customer = found.sorted(
            lambda contract: contract._last_day() or date.max, reverse=True
        ).grouped("commercial_partner_id")
        return {
            item.id: by_customer.get(item.commercial_partner_id, found[:0]).filtered(
                lambda contract, item=item: contract._covers_item(item)
            )
            for item in self
        }

    def _coverage_sentence(self, day=None) -> str:
        """Answer in one sentence whether this item is covered on a day."""
        self.ensure_one()
        day = day or fields.Date.context_today(self)
        covers = self._coverage(day)[self.id]
        if covers:
            return self._covered_sentence(covers)
        if self.state not in LIVE:
            state = dict(self._fields["state"]._description_selection(self.env))
            return self.env._(
                "Not covered: the customer no longer uses it (%(state)s).",
                state=state[self.state].lower(),
            )
        if self.warranty_end and self.warranty_end < day:
            return self.env._(
                "Not covered: the warranty ended on %(date)s, and no service contract"
                " runs.",
                date=format_date(self.env, self.warranty_end),
            )
        return self.env._("Not covered: no warranty, and no service contract.")

    def _covered_sentence(self, covers: list[Cover]) -> str:
        parts = map(self._cover_text, covers)
        return self.env._("Covered: %(covers)s.", covers="; ".join(parts))

    def _cover_text(self, cover: Cover) -> str:
        if not cover.until:
            return self.env._("%(what)s, without an end", what=cover.label)
        date_text = format_date(self.env, cover.until)
        return self.env._("%(what)s until %(date)s", what=cover.label, date=date_text)
