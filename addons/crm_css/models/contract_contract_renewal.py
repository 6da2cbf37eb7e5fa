import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare, format_amount, format_date

from ..tools.contract_terms import Period, times_invoiced

_logger = logging.getLogger(__name__)
DAY = timedelta(days=1)


class ContractContract(models.Model):
    """Renewal: by an order of the customer, or tacitly where nobody gave notice.

    The same contract goes on with one more period, so that tickets, documents, the
    customer's link and the ledger stay together. What changes in price gets a successor
    line of `contract_line_successor`, which keeps the old price for what was invoiced.
    """

    _inherit = "contract.contract"

    def action_renew(self) -> dict:
        """Make the quotation for the next period, or open the one that is there."""
        self.ensure_one()
        self.check_access("write")
        self._check_may_renew()
        order_sudo = self._renewal_order()
        if not order_sudo.with_user(self.env.user).has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "Quotation %(name)s is with sales.", name=order_sudo.name
                    ),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order_sudo.id,
            "views": [(False, "form")],
        }

    def _check_may_renew(self):
        name = self.display_name
        if self.service_state not in ("running", "renewed", "expired"):
            raise UserError(
                self.env._(
                    "Only a running or expired contract is renewed, and “%(name)s” is"
                    " not one. If notice was given, take it back first.",
                    name=name,
                )
            )
        if not self.service_end or not self._span("renewal"):
            raise UserError(
                self.env._(
                    "“%(name)s” has no end, or it is not said for how long it is"
                    " renewed. Fill in both.",
                    name=name,
                )
            )

    def _renewal_order(self):
        """Give the open quotation for the next period; there is one at most."""
        self._take_turn()
        contract_sudo = self.sudo()  # managers of service need not be sellers
        order_sudo = contract_sudo.order_ids.filtered(
            lambda order: (
                order.contract_purpose == "renewal"
                and order.contract_period == self.renewal_count + 1
                and order.state in ("draft", "sent")
            )
        )[:1]
        if order_sudo:
            return order_sudo
        return contract_sudo._make_renewal_order()

    def _make_renewal_order(self):
        """Make the quotation for the next period; addons add what goes with it."""
        orders = self.env["sale.order"].with_company(self.company_id)
        order = orders.create(self._prepare_renewal_order_vals())
        self._tell_price_changes(order)
        return order

    def _next_period(self) -> Period:
        return self._terms().period(self.renewal_count + 1)

    def _prepare_renewal_order_vals(self) -> dict:
        """Give the quotation for the next period, at the prices in force today."""
        period = self._next_period()
        lines = self._lines_to_renew()
        note = self.env._(
            "Renewal of “%(name)s” from %(start)s to %(end)s",
            name=self.display_name,
            start=format_date(self.env, period.start),
            end=format_date(self.env, period.end),
        )
        head = {"display_type": "line_note", "name": note}
        return self._prepare_order_vals("renewal") | {
            "contract_period": self.renewal_count + 1,
            "order_line": [
                fields.Command.create(vals)
                for vals in (
                    head,
                    *(self._prepare_renewal_line_vals(line, period) for line in lines),
                )
            ],
        }

    def _lines_to_renew(self):
        """Give the positions that run until the end of the contract."""
        return self.contract_line_ids.filtered(
            lambda line: (
                not line.display_type
                and not line.is_canceled
                and not line.successor_contract_line_id
                and (not line.date_end or line.date_end >= self.service_end)
            )
        )

    def _prepare_renewal_line_vals(self, line, period: Period) -> dict:
        if not line.product_id:
            raise UserError(
                self.env._(
                    "“%(line)s” has no product, so no price list knows its price."
                    " Choose one under Prices, then renew.",
                    line=line.name,
                )
            )
        times = times_invoiced(
            period,
            lambda number: (
                period.start
                + line.get_relative_delta(
                    line.recurring_rule_type, line.recurring_interval * number
                )
            ),
        )
        vals = {
            "product_id": line.product_id.id,
            "product_uom_qty": line.quantity * times,
            "service_contract_line_id": line.id,
            "contract_times": times,
            "contract_old_price": line.price_unit,
        }
        if line.uom_id:
            vals["product_uom_id"] = line.uom_id.id
        if line.discount:
            vals["discount"] = line.discount  # a condition, not a price
        return vals

    def _tell_price_changes(self, order):
        """Put on record what becomes dearer or cheaper, in the quotation's currency."""
        words = [
            self.env._(
                "%(line)s: %(old)s until now, %(new)s from then on (%(change)+.1f %%)",
                line=line.product_id.display_name,
                old=format_amount(self.env, line.contract_old_price, order.currency_id),
                new=format_amount(self.env, line.price_unit, order.currency_id),
                change=line.contract_price_change,
            )
            for line in order.order_line
            if line.service_contract_line_id
            and float_compare(line.price_unit, line.contract_old_price, 2)
        ]
        same = self.env._("All prices stay as they are.")
        body = Markup("<br/>").join(words) if words else same
        title = self.env._("Renewal offered: %(order)s", order=order.name)
        for document in (self, order):
            document._message_log(body=Markup("%s<br/>%s") % (title, body))

    def _renew_by_order(self, order):
        """Let the contract go on for one more period, at the prices of the order."""
        self.ensure_one()
        self._take_turn()
        if order.contract_period != self.renewal_count + 1:
            raise UserError(
                self.env._(
                    "The contract “%(name)s” was renewed already for this period."
                    " Cancel this quotation.",
                    name=self.display_name,
                )
            )
        if self.is_terminated:
            raise UserError(
                self.env._(
                    "Notice was given for the contract “%(name)s”. Take the notice"
                    " back before it is renewed.",
                    name=self.display_name,
                )
            )
        lines, old_end = self._lines_to_renew(), self.service_end
        self.renewal_count += 1
        agreed = order.order_line.grouped("service_contract_line_id")
        for line in lines:
            self._renew_line(line, agreed.get(line), old_end)
        self._message_log(
            body=Markup("%s %s")
            % (
                self.env._(
                    "Renewed until %(date)s by",
                    date=format_date(self.env, self.service_end),
                ),
                order._get_html_link(),
            )
        )

    def _renew_line(self, line, order_line, old_end):
        """Prolong a position; where its price changes, let a new one follow it."""
        stop = max(old_end, line.last_date_invoiced or old_end)
        goes_on = not line.date_end or line.date_end > stop
        if not order_line:  # the customer did not want it any more
            if goes_on:
                line.stop(stop, post_message=False)
            return
        order_line = order_line[:1]
        terms = {
            "quantity": order_line.product_uom_qty / (order_line.contract_times or 1),
            "price_unit": order_line.price_unit,
            "discount": order_line.discount,
        }
        new_end = line.date_end and self.service_end
        if not any(float_compare(line[key], terms[key], 4) for key in terms):
            if new_end:
                line._renew_extend_line(new_end)
            return
        if goes_on:
            line.stop(stop, post_message=False)
        start = max(stop, line.date_end) + DAY
        if new_end and start > new_end:
            return
        successor = line.plan_successor(start, new_end, False, post_message=False)
        price = terms.pop("price_unit")
        successor.write(terms | {"automatic_price": False, "specific_price": price})

    @api.model
    def _tacit_domain(self) -> Domain:
        """Tell which contracts nobody can end any more at the end of their period."""
        signed = Domain("is_service", "=", True) & Domain("service_step", "=", "signed")
        tacit = Domain("renewal_kind", "=", "tacit") & Domain(
            "renewal_interval", ">", 0
        )
        return signed & tacit & Domain("notice_date", "<", "today")

    def _goes_on_tacitly(self) -> bool:
        due = bool(self.filtered_domain(self._tacit_domain()))
        later = not self.is_terminated or self.terminate_date > self.service_end
        return due and later

    @api.model
    def _cron_keep(self):
        """Renew tacitly, then bring deadlines and open tickets in line with the day."""
        commit = self.env["ir.cron"]._commit_progress
        due = self.search(self._tacit_domain())
        commit(remaining=len(due) + 1)
        for contract in due:
            try:
                with self.env.cr.savepoint():
                    locked = contract.try_lock_for_update()
                    if locked and locked._goes_on_tacitly():
                        locked._renew_tacitly()
            except Exception:  # of any kind: one contract holds up no other
                # Told in the log, and tried again the next night.
                _logger.exception("Contract %s is renewed later", contract.id)
            if not commit(1):
                return
        self._refresh_watch()
        self.env["helpdesk.ticket"]._follow_all_contracts()
        commit(1)

    def _renew_tacitly(self):
        """Prolong the contract by as many periods as nobody gave notice for."""
        self.ensure_one()
        lines, old_end = self._lines_to_renew(), self.service_end
        while self._goes_on_tacitly():
            self.renewal_count += 1
        for line in lines.filtered("date_end"):
            line._renew_extend_line(self.service_end)
        self._message_log(
            body=self.env._(
                "Renewed tacitly until %(end)s: nobody gave notice for %(old)s.",
                end=format_date(self.env, self.service_end),
                old=format_date(self.env, old_end),
            )
        )
