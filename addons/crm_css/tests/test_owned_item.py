from datetime import date, timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .owned_common import OwnedCase


@tagged("post_install", "-at_install")
class TestOwnedItem(OwnedCase):
    def test_item_names_product_and_number(self):
        self.assertEqual(self._create_item().display_name, "Grinder · NK-2024-0017")

    def test_item_is_found_by_its_number_however_it_is_written(self):
        item = self._create_item()
        for text in ("NK-2024-0017", "nk2024 0017", "0017", "Grinder"):
            with self.subTest(text=text):
                found = self.env["crm.owned.item"].name_search(text)
                self.assertIn(item.id, [item_id for item_id, _name in found])

    def test_same_number_of_the_same_customer_stands_once(self):
        self._create_item()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_item(lot_name="nk 2024 0017")

    def test_another_customer_may_have_the_same_number(self):
        self._create_item()
        self.assertTrue(self._create_item(self.talisman))

    def test_nothing_is_owned_in_no_or_a_negative_quantity(self):
        for quantity in (0, -1):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create_item(quantity=quantity)

    def test_address_of_another_customer_is_no_site(self):
        with self.assertRaisesRegex(ValidationError, "no address of Nordlicht"):
            self._create_item(site_id=self.petr.id)

    def test_item_cannot_replace_itself(self):
        item = self._create_item()
        with self.assertRaisesRegex(ValidationError, "circle"):
            item.replaced_by_id = item

    def test_naming_the_successor_makes_it_replaced(self):
        item, other = self._create_item(), self._create_item(lot_name="NK-2")
        item.replaced_by_id = other
        self.assertEqual(item.state, "replaced")

    def test_items_come_by_import(self):
        result = self.env["crm.owned.item"].load(
            ["partner_id", "product_id", "lot_name", "date_bought"],
            [["Nordlicht", "Grinder", "IM-1", "2024-02-29"]],
        )
        item = self.env["crm.owned.item"].browse(result["ids"])
        self.assertEqual(item.warranty_end, date(2026, 2, 28))

    def test_import_of_nonsense_says_what_is_wrong(self):
        result = self.env["crm.owned.item"].load(
            ["partner_id", "product_id", "date_bought"],
            [["Nordlicht", "Grinder", "31.02.2024"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("31.02.2024", result["messages"][0]["message"])

    def test_service_history_and_its_count(self):
        item = self._create_item()
        ticket = self._create_ticket(self.anna, owned_item_id=item.id)
        self.assertEqual((item.ticket_ids, item.ticket_count), (ticket, 1))
        action = item.action_open_tickets()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(found, ticket)

    def test_card_counts_what_is_in_use(self):
        self._create_item()
        self._create_item(lot_name="NK-2", state="retired")
        parts = self.nordlicht.with_user(self.agent).crm_card()["parts"]
        part = next(part for part in parts if part["key"] == "owned_items")
        self.assertEqual(part["value"], "1")

    def test_list_of_items_takes_few_queries(self):
        for number in range(20):
            self._create_item(lot_name=f"Q-{number}")
        items = self.env["crm.owned.item"].with_user(self.agent)
        names = {name: {} for name in ("lot_name", "warranty_end", "ticket_count")}
        names["product_id"] = {"fields": {"display_name": {}}}
        domain = [("partner_id", "=", self.nordlicht.id)]
        items.web_search_read(domain, names)  # warms the caches of rights
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            items.web_search_read(domain, names)


@tagged("post_install", "-at_install")
class TestOwnedFromOrders(OwnedCase):
    """Without stock: the customer owns what was delivered or charged."""

    def test_order_that_is_only_confirmed_brings_nothing(self):
        self.assertFalse(self._items(self._create_order(self.grinder)))

    def test_posted_invoice_brings_the_goods(self):
        order = self._create_order(self.grinder, quantity=3)
        invoice = self._invoice(order)
        self.assertRecordValues(
            self._items(order),
            [
                {
                    "partner_id": self.nordlicht.id,
                    "product_id": self.grinder.id,
                    "quantity": 3,
                    "order_name": order.name,
                    "invoice_name": invoice.name,
                    "date_delivered": invoice.invoice_date,
                    "state": "in_use",
                    "origin": "order",
                }
            ],
        )

    def test_draft_invoice_brings_nothing(self):
        order = self._create_order(self.grinder)
        self._invoice(order, post=False)
        self.assertFalse(self._items(order))

    def test_delivery_noted_by_hand_brings_the_goods_part_by_part(self):
        order = self._create_order(self.grinder, quantity=5)
        order.order_line.qty_delivered = 2
        self.assertEqual(self._items(order).quantity, 2)
        order.order_line.qty_delivered = 5
        self.assertEqual(self._items(order).mapped("quantity"), [5])

    def test_what_is_used_up_and_services_are_not_owned(self):
        service = self._create_product("Visit", type="service")
        order = self._create_order(self.beans, service)
        self._invoice(order)
        self.assertFalse(self._items(order))

    def test_delivered_and_charged_is_one_item(self):
        order = self._create_order(self.grinder)
        self._invoice(order)
        order.order_line.qty_delivered = 1
        order.order_line._sync_owned()
        self.assertEqual(self._items(order).mapped("quantity"), [1])

    def test_database_refuses_a_second_item_of_a_line(self):
        order = self._create_order(self.grinder)
        self._invoice(order)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.owned.item"].create(order.order_line._prepare_owned_vals(1))

    def test_credit_note_retires_and_a_new_invoice_revives(self):
        order = self._create_order(self.grinder)
        invoice = self._invoice(order)
        item = self._items(order)
        invoice._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertEqual((item.state, item.is_given_back), ("retired", True))
        self._invoice(order)
        self.assertEqual((item.state, item.is_given_back), ("in_use", False))

    def test_cancelled_order_retires(self):
        order = self._create_order(self.grinder)
        order.order_line.qty_delivered = 1
        item = self._items(order)
        order._action_cancel()
        self.assertEqual(item.state, "retired")

    def test_item_that_somebody_retired_is_not_revived(self):
        order = self._create_order(self.grinder, quantity=2)
        order.order_line.qty_delivered = 1
        item = self._items(order)
        item.state = "retired"
        order.order_line.qty_delivered = 2
        self.assertEqual((item.state, item.quantity), ("retired", 2))

    def test_other_unit_is_turned_into_that_of_the_product(self):
        order = self._create_order(self.grinder, quantity=2)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.order_line.qty_delivered = 2
        self.assertEqual(self._items(order).quantity, 24)

    def test_salesperson_who_is_no_agent_delivers_without_error(self):
        order = self._create_order(self.grinder)
        order.order_line.with_user(self.seller).qty_delivered = 1
        self.assertEqual(len(self._items(order)), 1)

    def test_accountant_who_is_no_agent_invoices_without_error(self):
        accountant = new_test_user(
            self.env, "css_accountant", groups="account.group_account_invoice"
        )
        order = self._create_order(self.grinder)
        invoice = self._invoice(order, post=False)
        invoice.with_user(accountant).action_post()
        self.assertEqual(len(self._items(order)), 1)


@tagged("post_install", "-at_install")
class TestOwnedPast(OwnedCase):
    def _run(self):
        cron = self.env.ref("crm_css.ir_cron_owned_past")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_job_does_nothing_before_it_is_asked(self):
        order = self._create_order(self.grinder)
        self._invoice(order)
        self._items(order).unlink()
        self._run()
        self.assertFalse(self._items(order))

    def test_what_was_sold_comes_in_and_once_only(self):
        orders = [self._create_order(self.grinder) for _number in range(3)]
        for order in orders:
            self._invoice(order)
            self._items(order).unlink()
        for _time in range(2):
            self.env["crm.owned.item"].with_user(self.manager).action_bring_in_past()
            self._run()
            for order in orders:
                self.assertEqual(len(self._items(order)), 1)

    def test_batches_follow_each_other_to_the_end(self):
        items = self.env["crm.owned.item"]
        order = self._create_order(self.grinder)
        order.order_line.qty_delivered = 1
        self._items(order).unlink()
        items._set_owned_up_to("sale.order.line", 0)
        self.patch(
            type(items), "_owned_waiting", lambda self, name, limit: order.order_line
        )
        self.assertEqual(items._bring_in_batch("sale.order.line"), 1)
        self.assertIsNone(items._owned_up_to("sale.order.line"))

    def test_past_delivery_without_invoice_is_dated_by_its_order(self):
        order = self._create_order(self.grinder)
        order.order_line.qty_delivered = 1
        self._items(order).unlink()
        order.date_order = "2020-02-03 12:00:00"
        order.order_line._sync_owned(past=True)
        self.assertEqual(self._items(order).date_delivered, date(2020, 2, 3))

    def test_only_managers_may_start_it(self):
        with self.assertRaises(AccessError):
            self.env["crm.owned.item"].with_user(self.agent).action_bring_in_past()


@tagged("post_install", "-at_install")
class TestOwnedRights(OwnedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._create_item()
        cls.foreign = cls._create_item(cls.talisman, lot_name="TT-1")

    def test_agent_reads_writes_and_makes_but_does_not_delete(self):
        agent = new_test_user(
            self.env, "css_own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        item = self.own.with_user(agent)
        item.note = "<p>Left of the till</p>"
        made = item.create(
            {"partner_id": self.nordlicht.id, "product_id": self.grinder.id}
        )
        self.assertTrue(made.warranty_end)
        with self.assertRaises(AccessError):
            item.unlink()

    def test_agent_does_not_change_warranties(self):
        with self.assertRaises(AccessError):
            self.own.granted_ids.with_user(self.agent).months = 240
        with self.assertRaises(AccessError):
            self.terms.with_user(self.agent).months = 240

    def test_manager_deletes_items_and_changes_warranties(self):
        self.own.granted_ids.with_user(self.manager).months = 36
        self.assertEqual(self.own.warranty_end, date(2027, 5, 3))
        self.own.with_user(self.manager).unlink()

    def test_salesperson_reads_only(self):
        item = self.own.with_user(self.seller)
        self.assertTrue(item.lot_name)
        with self.assertRaises(AccessError):
            item.lot_name = "X"

    def test_outsider_sees_nothing(self):
        items = self.own.with_user(self.outsider)
        for model in ("crm.owned.item", "crm.owned.warranty", "crm.warranty"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                items.env[model].search([])
        with self.assertRaises(AccessError):
            items.env["crm.coverage.check"].create({"query": "NK-2024-0017"})

    def test_public_visitor_sees_nothing(self):
        with self.assertRaises(AccessError):
            self.own.with_user(self.env.ref("base.public_user")).read(["lot_name"])

    def test_customer_sees_those_of_the_own_company_only(self):
        items = self.env["crm.owned.item"].with_user(self.portal)
        self.assertEqual(items.search([]), self.own)
        granted = items.env["crm.owned.warranty"].search([])
        self.assertEqual(granted.item_id, self.own)
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.portal).read(["lot_name"])

    def test_customer_changes_nothing(self):
        item = self.own.with_user(self.portal)
        with self.assertRaises(AccessError):
            item.state = "retired"
        with self.assertRaises(AccessError):
            item.unlink()
        with self.assertRaises(AccessError):
            item.create({"partner_id": self.anna.id, "product_id": self.grinder.id})

    def test_customer_reads_neither_notes_nor_costs(self):
        for name in ("note", "cost_total"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.own.with_user(self.portal).read([name])

    def test_item_of_another_company_is_hidden(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        item = self._create_item(lot_name="EL-1", company_id=company.id)
        agent = item.with_user(self.agent)
        self.assertFalse(agent.search([("id", "=", item.id)]))
        with self.assertRaises(AccessError):
            agent.read(["lot_name"])
        self.assertFalse(
            item.granted_ids.with_user(self.agent).search(
                [
                    ("item_id", "=", item.id),
                ]
            )
        )

    def test_form_opens_for_agent_and_customer_base(self):
        with Form(self.own.with_user(self.agent)) as form:
            form.date_installed = date(2024, 6, 1)
        self.assertEqual(self.own.date_installed, date(2024, 6, 1))

    def test_forgotten_person_leaves_no_note(self):
        person = self.env["res.partner"].create({"name": "Xaverine Quellmalz"})
        item = self._create_item(
            person, lot_name="XQ-1", note="<p>Xaverine Quellmalz, second floor</p>"
        )
        log = person._forget("letter")
        self.env.invalidate_all()
        self.assertEqual(log.details["left"], {})
        self.assertFalse(item.note)
        self.assertEqual(item.lot_name, "XQ-1")


@tagged("post_install", "-at_install")
class TestWarranty(OwnedCase):
    def test_warranty_is_given_with_the_item(self):
        item = self._create_item()
        self.assertRecordValues(
            item.granted_ids,
            [
                {
                    "warranty_id": self.terms.id,
                    "date_start": date(2024, 5, 3),
                    "date_end": date(2026, 5, 3),
                }
            ],
        )
        self.assertEqual(item.warranty_end, date(2026, 5, 3))

    def test_terms_that_change_later_take_nothing_from_the_customer(self):
        item = self._create_item()
        self.terms.months = 6
        self.assertEqual(item.warranty_end, date(2026, 5, 3))

    def test_leap_day_and_month_end(self):
        for bought, months, end in (
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 29)),
            (date(2024, 8, 31), 6, date(2025, 2, 28)),
            (date(2023, 8, 31), 6, date(2024, 2, 29)),
        ):
            with self.subTest(bought=bought, months=months):
                self.terms.months = months
                item = self._create_item(
                    date_bought=bought, lot_name=f"{bought} {months}"
                )
                self.assertEqual(item.warranty_end, end)

    def test_narrowest_terms_of_each_kind_hold(self):
        category = self.env["product.category"].create({"name": "Machines"})
        inner = category.create({"name": "Grinders", "parent_id": category.id})
        product = self._create_product("Mill", categ_id=inner.id)
        self._create_terms("All", kind="ours", months=3)
        self._create_terms("Machines", kind="ours", months=6, categ_ids=category.ids)
        near = self._create_terms(
            "Grinders", kind="ours", months=4, categ_ids=inner.ids
        )
        self._create_terms("Category", months=60, categ_ids=inner.ids)
        exact = self._create_terms("Mill", product=product, months=12)
        item = self._create_item(product_id=product.id)
        self.assertEqual(item.granted_ids.warranty_id, near | exact)

    def test_terms_for_all_products_and_of_other_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for_all = self._create_terms("All", kind="ours")
        self._create_terms("Elsewhere", company_id=company.id, months=99)
        item = self._create_item(product_id=self.beans.id)
        self.assertEqual(item.granted_ids.warranty_id, for_all)

    def test_counted_from_installation_or_what_is_known(self):
        self.terms.starts_on = "installation"
        item = self._create_item()
        self.assertEqual(item.warranty_end, date(2026, 5, 3))
        item.date_delivered = date(2024, 5, 10)
        self.assertEqual(item.warranty_end, date(2026, 5, 10))
        item.date_installed = date(2024, 6, 30)
        self.assertEqual(item.warranty_end, date(2026, 6, 30))

    def test_counted_from_the_invoice(self):
        self.terms.starts_on = "invoice"
        item = self._create_item(date_invoiced=date(2024, 5, 20))
        self.assertEqual(item.warranty_end, date(2026, 5, 20))

    def test_other_product_brings_its_own_terms(self):
        item = self._create_item()
        item.product_id = self.beans
        self.assertFalse(item.granted_ids)

    def test_no_month_and_a_thousand_years_are_refused(self):
        for months in (0, -12, 12_000):
            with (
                self.subTest(months=months),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create_terms("Nonsense", months=months)

    def test_only_an_extension_is_sold_as_a_product(self):
        with self.assertRaisesRegex(ValidationError, "Extended"):
            self.terms.sold_product_ids = self.beans.product_tmpl_id

    def test_certificate_tells_product_number_and_days(self):
        item = self._create_item()
        self.terms.coverage = "Parts and labour"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_css.warranty_certificate", item.ids
        )
        for text in ("NK-2024-0017", "05/03/2026", "Parts and labour", "Nordlicht"):
            self.assertIn(text, html.decode())


@tagged("post_install", "-at_install")
class TestExtension(OwnedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._create_product("One year more", type="service")
        cls.extended = cls._create_terms(
            "One year more",
            kind="extended",
            months=12,
            sold_product_ids=cls.service.product_tmpl_id.ids,
        )

    def _extensions(self, items):
        return items.granted_ids.filtered(lambda one: one.kind == "extended")

    def test_bought_with_the_product_it_prolongs_its_warranty(self):
        order = self._create_order(self.grinder, self.service)
        self._invoice(order)
        item = self._items(order)
        start = item.granted_ids.filtered(lambda one: one.kind == "maker")
        [extension] = self._extensions(item)
        self.assertEqual(extension.date_start, start.date_end + timedelta(days=1))
        self.assertEqual(item.warranty_end, extension.date_end)

    def test_form_shows_what_is_stored(self):
        item = self._create_item(date_bought=date(2025, 1, 31))
        item.granted_ids.create(
            {
                "item_id": item.id,
                "warranty_id": self.extended.id,
                "date_sold": date(2025, 2, 1),
            }
        )
        self.assertEqual(item.warranty_end, date(2028, 1, 31))
        with Form(item.with_user(self.manager)) as form:
            form.date_delivered = date(2025, 2, 28)
            self.assertEqual(form.warranty_end, date(2028, 2, 28))
        self.assertEqual(item.warranty_end, date(2028, 2, 28))
        check = self.env["crm.coverage.check"].new({"query": item.lot_name})
        self.assertEqual(check.item_ids.warranty_end, date(2028, 2, 28))

    def test_one_extension_prolongs_one_of_two(self):
        other = self._create_product("Mill")
        order = self._create_order(self.grinder, other, self.service)
        self._invoice(order)
        self.assertEqual(len(self._items(order)), 2)
        self.assertEqual(len(self._extensions(self._items(order))), 1)

    def test_sold_later_for_the_item_that_the_line_names(self):
        item = self._create_item(date_bought=date(2024, 8, 31))
        order = self._create_order(self.service, confirm=False)
        order.order_line.owned_item_id = item
        with freeze_time("2025-01-10"):
            order.action_confirm()
        self.assertEqual(item.warranty_end, date(2027, 8, 31))

    def test_sold_from_the_ticket_for_the_item_of_the_ticket(self):
        item = self._create_item(date_bought=date.today())
        ticket = self._create_ticket(self.anna, owned_item_id=item.id)
        self._create_order(self.service, ticket_ids=[Command.link(ticket.id)])
        self.assertEqual(len(self._extensions(item)), 1)

    def test_once_however_often_it_is_looked_at(self):
        order = self._create_order(self.grinder, self.service)
        self._invoice(order)
        order.order_line._sync_owned(past=True)
        self.assertEqual(len(self._extensions(self._items(order))), 1)

    def test_cancelled_order_takes_it_back(self):
        item = self._create_item(date_bought=date.today())
        order = self._create_order(self.service, confirm=False)
        order.order_line.owned_item_id = item
        order.action_confirm()
        self.assertTrue(self._extensions(item))
        order._action_cancel()
        self.assertFalse(self._extensions(item))

    def test_quotation_prolongs_nothing(self):
        item = self._create_item()
        order = self._create_order(self.service, confirm=False)
        order.order_line.owned_item_id = item
        self.assertFalse(self._extensions(item))


@tagged("post_install", "-at_install")
class TestTicketDocuments(OwnedCase):
    """The ERP's own documents from the ticket, and what it cost."""

    def _credit(self, ticket, invoice):
        action = ticket.action_credit_note()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(**action["context"])
            .create(
                {
                    "move_ids": [Command.set(invoice.ids)],
                    "journal_id": invoice.journal_id.id,
                }
            )
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.action_post()
        return note

    def test_new_quotation_is_the_customers_and_tied_to_the_ticket(self):
        ticket = self._create_ticket(self.anna)
        action = ticket.action_new_quotation()
        with Form(self.env["sale.order"].with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, self.anna)
        order = form.record
        self.assertEqual((order.ticket_ids, ticket.sale_order_ids), (ticket, order))

    def test_credit_note_by_the_own_reversal_is_tied_and_costs(self):
        order = self._create_order(self.grinder)
        invoice = self._invoice(order)
        ticket = self._create_ticket(self.anna)
        note = self._credit(ticket, invoice)
        self.assertEqual((note.ticket_id, ticket.credit_note_count), (ticket, 1))
        self.assertEqual(ticket._ticket_costs(), {"Credit notes": 100})
        self.assertEqual(ticket.cost_total, 100)
        self.assertIn("Credit notes", ticket.cost_details)
        self.assertEqual(ticket.action_view_credit_notes()["res_id"], note.id)

    def test_credit_note_proposes_the_invoice_of_the_item(self):
        order = self._create_order(self.grinder)
        invoice = self._invoice(order)
        ticket = self._create_ticket(self.anna, owned_item_id=self._items(order).id)
        context = ticket.action_credit_note()["context"]
        wizard = self.env["account.move.reversal"].with_context(**context).new()
        self.assertEqual(wizard.move_ids._origin, invoice)

    def test_credit_note_asks_for_the_invoice_from_a_ticket_only(self):
        view = self.env["account.move.reversal"].get_view(view_type="form")
        [field] = etree.fromstring(view["arch"]).xpath("//field[@name='move_ids']")
        self.assertEqual(field.get("required"), "ticket_id")
        self.assertEqual(field.get("invisible"), "not ticket_id")

    def test_draft_credit_note_costs_nothing_yet(self):
        ticket = self._create_ticket(self.anna)
        invoice = self._invoice(self._create_order(self.grinder))
        note = self._credit(ticket, invoice)
        note.button_draft()
        self.assertEqual(ticket.cost_total, 0)

    def test_agent_without_the_rights_sees_no_button_and_gets_no_error(self):
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        arch = ticket.get_view(view_type="form")["arch"]
        for name in ("action_new_quotation", "action_credit_note", "cost_total"):
            with self.subTest(name=name):
                self.assertNotIn(name, arch)
        with Form(ticket) as form:
            form.name = "Grinder stops again"
        self.assertEqual(ticket.name, "Grinder stops again")

    def test_agent_without_the_rights_is_refused_on_the_server(self):
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        for method in (ticket.action_new_quotation, ticket.action_credit_note):
            with self.subTest(method=method), self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            ticket.read(["cost_total"])

    def test_who_has_the_rights_sees_the_buttons(self):
        self.agent.group_ids += self.env.ref("account.group_account_invoice")
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman")
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        arch = ticket.get_view(view_type="form")["arch"]
        for name in ("action_new_quotation", "action_credit_note", "cost_total"):
            with self.subTest(name=name):
                self.assertIn(name, arch)

    def test_manager_sees_costs_without_seeing_invoices(self):
        ticket = self._create_ticket(self.anna)
        self._credit(ticket, self._invoice(self._create_order(self.grinder)))
        self.env.invalidate_all()
        self.assertEqual(ticket.with_user(self.manager).cost_total, 100)

    def test_item_adds_up_the_costs_of_its_tickets(self):
        order = self._create_order(self.grinder)
        invoice = self._invoice(order)
        item = self._items(order)
        ticket = self._create_ticket(self.anna, owned_item_id=item.id)
        self._create_ticket(self.anna, owned_item_id=item.id)
        self._credit(ticket, invoice)
        self.assertEqual(item.cost_total, 100)
