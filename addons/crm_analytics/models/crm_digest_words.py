from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date, formatLang

from ..tools.contribution import Part, movers
from .crm_digest import Span
from .crm_digest_facts import LOST_DAYS

# A figure whose records stand in a list of the company's own documents.
OPENED = {
    "income": ("sale.order", "date_order", [("state", "=", "sale")]),
    "margin": ("sale.order", "date_order", [("state", "=", "sale")]),
    "orders": ("sale.order", "date_order", [("state", "=", "sale")]),
    "tickets": ("helpdesk.ticket", "create_date", []),
}


class CrmDigest(models.AbstractModel):
    """A digest in words: what rose or fell, who moved it, and what is known of why."""

    _inherit = "crm.digest"

    @api.model
    def _digest_words(self, span: Span, key: str, whole: Part, customers) -> str:
        label, kind = self._digest_labels()[key]
        found = movers(customers)
        told = {
            "figure": label,
            "change": self._digest_number(span, abs(whole.change), kind),
            "now": self._digest_number(span, whole.now, kind),
            "who": self._digest_who(span, key, found),
        }
        if not whole.change:
            return self.env._("%(figure)s did not change: %(now)s.", **told)
        if not found:
            if whole.change > 0:
                return self.env._("%(figure)s rose by %(change)s to %(now)s.", **told)
            return self.env._("%(figure)s fell by %(change)s to %(now)s.", **told)
        if whole.change > 0:
            return self.env._(
                "%(figure)s rose by %(change)s to %(now)s: %(who)s.", **told
            )
        return self.env._("%(figure)s fell by %(change)s to %(now)s: %(who)s.", **told)

    @api.model
    def _digest_who(self, span: Span, key: str, found: list[Part]) -> str:
        names = self._digest_names("res.partner", [part.key for part in found])
        if key in ("new", "lost"):
            return ", ".join(names.get(part.key, "") for part in found)
        kind = self._digest_labels()[key][1]
        reasons = {}
        if key in ("income", "margin", "orders"):
            reasons = self._digest_reasons(span, found)
        texts = []
        for part in found:
            change = self._digest_number(span, abs(part.change), kind)
            sign = "+" if part.change > 0 else "−"
            text = f"{names.get(part.key, '')} {sign}{change}"
            reason = reasons.get(part.key)
            texts.append(f"{text} ({reason})" if reason else text)
        return ", ".join(texts)

    @api.model
    def _digest_reasons(self, span: Span, found: list[Part]) -> dict[int, str]:
        """Say of customers why they moved turnover, as far as documents tell it."""
        last = self._digest_last_orders(span, [part.key for part in found])
        reasons = {}
        for part in found:
            before, now = last.get(part.key, (None, None))
            if part.change > 0:
                if not before:
                    reasons[part.key] = self.env._("the first order")
                elif not part.before:
                    reasons[part.key] = self.env._("ordered again")
                else:
                    reasons[part.key] = self.env._("more than before")
            elif part.now < 0:
                reasons[part.key] = self.env._("refunds")
            elif not part.now and before:
                day = format_date(self.env, before)
                reasons[part.key] = self.env._("no order since %(day)s", day=day)
            elif now:
                reasons[part.key] = self.env._("less than before")
        return reasons

    @api.model
    def _digest_last_orders(self, span: Span, ids: list[int]) -> dict:
        """Give of customers the day of the last order before the period, and in it."""
        values = self.env["crm.value.source"]
        day = values._local_sql(span.company, SQL("sale.date_order"))
        border = self._digest_border(span)
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id,
                          max(day) FILTER (WHERE moment < %(border)s),
                          max(day) FILTER (WHERE moment >= %(border)s)
                     FROM (SELECT person.commercial_partner_id AS customer_id,
                                  sale.date_order AS moment, %(day)s::date AS day
                             FROM res_partner AS person
                             JOIN sale_order AS sale ON sale.partner_id = person.id
                            WHERE person.commercial_partner_id = ANY(%(ids)s)
                              AND sale.state = 'sale'
                              AND sale.company_id = %(company)s
                              AND sale.date_order < %(end)s) AS ordered
                 GROUP BY customer_id""",
                day=day,
                border=border,
                ids=ids,
                company=span.company.id,
                end=values._moment(span.company, span.now[1] + timedelta(days=1)),
            )
        )
        return {customer: (before, now) for customer, before, now in rows}

    @api.model
    def _digest_number(self, span: Span, value, kind: str) -> str:
        if kind == "money":
            currency = span.company.currency_id
            # Cents say nothing in a sentence.
            whole = round(float(value))
            return format_amount(self.env, whole, currency, trailing_zeroes=False)
        return formatLang(self.env, float(value), digits=0)

    @api.model
    def _digest_action(self, span: Span, key: str) -> dict | None:
        """Open the documents of both periods, for those who may read them."""
        if key not in OPENED:
            return None
        model, moment, which = OPENED[key]
        if not self.env[model].has_access("read"):
            return None
        values = self.env["crm.value.source"]
        end = values._moment(span.company, span.now[1] + timedelta(days=1))
        domain = (
            Domain(which)
            & Domain("company_id", "in", [span.company.id, False])
            & Domain(moment, ">=", values._moment(span.company, span.before[0]))
            & Domain(moment, "<", end)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._digest_labels()[key][0],
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }

    @api.model
    def _digest_note(self) -> str:
        return self.env._(
            "A customer is lost on the day that is %(days)s days after the last order.",
            days=LOST_DAYS,
        )
