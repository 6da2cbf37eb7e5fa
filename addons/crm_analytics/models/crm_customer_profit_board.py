from odoo import api, models
from odoo.tools import format_amount

from ..tools.profit import INCOME, heaviest, percent, shares, steps, unusual


class CrmCustomerProfit(models.Model):
    """A customer's profit as a waterfall, and in words why it is what it is."""

    _inherit = "crm.customer.profit"

    @api.readonly
    def read_waterfall(self) -> dict:
        """Give what the page of a customer's profit shows, in one call.

        :return: ``bars`` from the income down to the profit (``key``, ``label``,
            ``amount``, ``start``, ``end``, ``before``; ``is_total``; ``can_open``: the
            reader may read such documents), ``why`` (sentences), ``before`` (the period
            that it is compared with) and ``not_counted``
        """
        self.ensure_one()
        self.check_access("read")
        run = self.run_id
        return {
            "currency_id": self.currency_id.id,
            "before": run.compare_id.display_name or "",
            "bars": self._bars(),
            "why": self._why(),
            "not_counted": run.not_counted,
        }

    def _amounts(self) -> dict[str, float]:
        """Give the amounts by source, in the order of the waterfall."""
        self.ensure_one()
        sources = self._profit_sources()

        def place(line):
            # What an addon told that is there no more comes last.
            known = line.source in sources
            number = sources[line.source].sequence if known else 1000
            return (line.side != INCOME, number, line.source)

        found = {}
        for line in self.line_ids.sorted(place):
            found[line.source] = found.get(line.source, 0) + line.amount
        return found

    def _bars(self) -> list[dict]:
        amounts, before = self._amounts(), self._before()
        sources = self._profit_sources()
        labels = self.env["crm.customer.profit.line"]._labels()
        sides = {line.source: line.side for line in self.line_ids}
        bars = [
            {
                "key": code,
                "label": labels.get(code, code),
                "amount": amount,
                "start": start,
                "end": end,
                "before": before.get(code, 0),
                "is_total": False,
                "can_open": code in sources
                and self.env[sources[code].model].has_access("read"),
            }
            for (code, amount), (start, end) in zip(
                amounts.items(), steps(list(amounts.values())), strict=True
            )
        ]
        of_income = [bar for bar in bars if sides[bar["key"]] == INCOME]
        others = [bar for bar in bars if sides[bar["key"]] != INCOME]
        compared = self.compare_id
        totals = [
            self._total("net", self.env._("Net income"), self.income, compared.income),
            self._total("profit", self.env._("Profit"), self.profit, compared.profit),
        ]
        return [*of_income, totals[0], *others, totals[1]]

    def _before(self) -> dict[str, float]:
        return self.compare_id._amounts() if self.compare_id else {}

    def _total(self, key: str, label: str, amount: float, before: float) -> dict:
        return {
            "key": key,
            "label": label,
            "amount": amount,
            "start": 0,
            "end": amount,
            "before": before,
            "is_total": True,
            "can_open": False,
        }

    def _why(self) -> list[str]:
        """Say what is unusual about this customer, the heaviest first."""
        amounts = self._amounts()
        gross = sum(
            line.amount
            for line in self.line_ids
            if line.side == INCOME and line.amount > 0
        )
        if gross <= 0:
            return self._why_without_income(amounts)
        labels = self.env["crm.customer.profit.line"]._labels()
        texts = [
            self.env._(
                "%(what)s: %(share)s of the income; usual is %(usual)s.",
                what=labels.get(one.source, one.source),
                share=percent(one.share),
                usual=percent(one.usual),
            )
            for one in unusual(shares(amounts, gross), self.run_id.usual_shares or {})
        ]
        if self.income < 0:
            texts.insert(0, self.env._("More was refunded than was bought."))
        if texts:
            return texts
        if self.profit < 0:
            return [self.env._("No cost stands out; together they are too much.")]
        return [self.env._("Each cost takes about what is usual, or less.")]

    def _why_without_income(self, amounts: dict[str, float]) -> list[str]:
        labels = self.env["crm.customer.profit.line"]._labels()
        texts = [self.env._("Nothing was bought in this period.")]
        for code in heaviest(amounts):
            cost = format_amount(self.env, -amounts[code], self.currency_id)
            texts.append(
                self.env._(
                    "%(what)s: %(cost)s.", what=labels.get(code, code), cost=cost
                )
            )
        return texts
