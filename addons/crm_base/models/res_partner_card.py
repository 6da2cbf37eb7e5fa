from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.card import Part

# Nobody reads an exact figure above it, and counting stops there.
MOST = 1000


class ResPartner(models.Model):
    """The card: what an employee must see at once when a customer is in touch."""

    _inherit = "res.partner"

    @api.readonly
    def crm_card(self) -> dict:
        """Give what an employee must see at once when this customer is in touch.

        :return: ``partner_id``, ``name``, ``value_class``, ``warnings`` (see
            :meth:`_card_warnings`), ``facts`` (see :meth:`_card_facts`), ``parts``
            (see :meth:`_card_parts`) and ``timeline``, the newest page of it
        """
        self.ensure_one()
        timeline = self.env["crm.timeline"]
        timeline.check_access("read")
        family = self._crm_family()
        return {
            "partner_id": self.id,
            "name": self.commercial_partner_id.display_name,
            "value_class": self.commercial_partner_id.value_class or "",
            "kinds": timeline._fields["kind"]._description_selection(self.env),
            "warnings": self._card_warnings(family),
            "facts": self._card_facts(family),
            "parts": self._card_figures(self._card_parts(family)),
            "timeline": timeline.read_page(self.id),
        }

    def _card_parts(self, family) -> list[Part]:
        """Declare the figures of the card, in order; addons add theirs.

        :param family: this customer's company with all its people
        """
        return [
            Part(
                "contacts",
                self.env._("Contacts noted"),
                "crm.interaction",
                Domain("partner_id", "in", family.ids),
            )
        ]

    def _card_warnings(self, family) -> list[dict]:
        """Give what must not be overlooked, worst first; addons add theirs.

        Read stored fields of the customer here, or figures: every query that a
        warning needs is paid whenever any customer is opened.

        :return: dicts of ``key``, ``text`` (one sentence) and ``action`` (or False)
        """
        return []

    def _card_facts(self, family) -> list[dict]:
        """Give the state of the customer in a few words each; addons add theirs.

        :return: dicts of ``key``, ``label``, ``value`` (text) and ``action`` (or False)
        """
        return []

    def _card_figures(self, parts: list[Part]) -> list[dict]:
        """Count the records of all parts in one query.

        :return: dicts of ``key``, ``label``, ``value`` (text), ``warn`` and ``action``,
            the window that shows the records behind the figure
        """
        parts = [part for part in parts if self.env[part.model].has_access("read")]
        totals = [part for part in parts if part.total is not None]
        counts = self._card_counts(
            [(part.model, part.domain) for part in parts]
            + [(part.model, part.total) for part in totals]
        )
        total_of = {
            part.key: f" / {self._card_number(count)}"
            for part, count in zip(totals, counts[len(parts) :], strict=True)
        }
        return [
            {
                "key": part.key,
                "label": part.label,
                "value": self._card_number(count) + total_of.get(part.key, ""),
                "warn": part.warn and count > 0,
                "action": self._card_action(
                    part.model,
                    part.domain if part.total is None else part.total,
                    part.label,
                ),
            }
            for part, count in zip(parts, counts, strict=False)
        ]

    def _card_counts(self, domains: list[tuple[str, Domain]]) -> tuple[int, ...]:
        selects = [
            SQL(
                "(SELECT count(*) FROM (%s) AS few)",
                self.env[model]._search(domain, limit=MOST, order="id").select(),
            )
            for model, domain in domains
        ]
        if not selects:
            return ()
        return self.env.execute_query(SQL("SELECT %s", SQL(", ").join(selects)))[0]

    def _card_number(self, count: int) -> str:
        return f"{MOST - 1}+" if count == MOST else str(count)

    def _card_action(self, model: str, domain, title: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": f"{title}: {self.commercial_partner_id.display_name}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
        }
