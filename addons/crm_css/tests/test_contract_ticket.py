from datetime import date
from unittest.mock import patch

from odoo.tests import Form, freeze_time, tagged

from ..tools.entitlement import Cover, Source
from .contract_common import ContractCase

TODAY = "2026-03-10 10:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTicketContract(ContractCase):
    """Which contract a ticket finds by itself."""

    def _ticket_of(self, partner=None, **vals):
        return self._create_ticket(partner or self.anna, **vals)

    def test_ticket_finds_the_running_contract(self):
        contract = self._contract()
        self.assertEqual(self._ticket_of().contract_id, contract)
        self.assertEqual(self._ticket_of().service_level_id, self.gold)

    def test_the_company_itself_is_covered_too(self):
        contract = self._contract(self.anna)
        self.assertEqual(self._ticket_of(self.nordlicht).contract_id, contract)

    def test_another_customer_is_not_covered(self):
        self._contract()
        self.assertFalse(self._ticket_of(self.petr).contract_id)

    def test_neither_drafts_nor_ended_nor_future_contracts_cover(self):
        self._contract(signed=False)
        self._contract(service_start=date(2026, 3, 11))
        self._contract(service_start=date(2025, 3, 10))  # until yesterday
        ended = self._contract()
        ended.write({"is_terminated": True, "terminate_date": date(2026, 3, 9)})
        self._contract(is_service=False, signed=False)
        self.assertFalse(self._ticket_of().contract_id)

    def test_the_last_day_is_covered(self):
        contract = self._contract(service_start=date(2025, 3, 11))
        self.assertEqual(self._ticket_of().contract_id, contract)

    def test_notice_covers_until_its_day(self):
        contract = self._contract()
        contract.write({"is_terminated": True, "terminate_date": date(2026, 3, 10)})
        self.assertEqual(self._ticket_of().contract_id, contract)

    def test_only_named_people_are_covered(self):
        contract = self._contract(covered_partner_ids=self.anna)
        self.assertEqual(self._ticket_of().contract_id, contract)
        self.assertFalse(self._ticket_of(self.nordlicht).contract_id)

    def test_only_named_products_are_covered(self):
        contract = self._contract(covered_product_ids=self.hour)
        covered = self._ticket_of(product_id=self.hour.id)
        self.assertEqual(covered.contract_id, contract)
        self.assertFalse(self._ticket_of(product_id=self.visit.id).contract_id)

    def test_a_ticket_without_a_product_is_covered(self):
        contract = self._contract(covered_product_ids=self.hour)
        self.assertEqual(self._ticket_of().contract_id, contract)

    def test_only_the_territory_and_its_parts_are_covered(self):
        north, south = self.env["crm.territory"].create(
            [{"name": "North"}, {"name": "South"}]
        )
        coast = north.create({"name": "Coast", "parent_id": north.id})
        contract = self._contract(territory_id=north.id)
        self.assertEqual(self._ticket_of(territory_id=coast.id).contract_id, contract)
        self.assertFalse(self._ticket_of(territory_id=south.id).contract_id)

    def test_contract_of_another_company_does_not_cover(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._contract(company_id=other.id)
        self.assertFalse(self._ticket_of().contract_id)

    def test_the_best_level_wins_and_then_the_last_end(self):
        self._contract(service_level_id=self.silver.id, term_interval=5)
        self._contract()
        longer = self._contract(service_start=date(2026, 2, 1))
        self._contract(service_level_id=False, term_interval=0)
        self.assertEqual(self._ticket_of().contract_id, longer)

    def test_ticket_follows_its_product(self):
        contract = self._contract(covered_product_ids=self.hour)
        ticket = self._ticket_of()
        ticket.product_id = self.visit
        self.assertFalse(ticket.contract_id)
        ticket.product_id = self.hour
        self.assertEqual(ticket.contract_id, contract)

    def test_form_shows_the_contract_before_saving(self):
        contract = self._contract()
        with Form(self.env["helpdesk.ticket"].with_user(self.agent)) as form:
            form.name = "Grinder"
            form.description = "<p>It stops.</p>"
            form.partner_id = self.anna
            self.assertEqual(form.contract_id, contract)
        self.assertFalse(form.record.is_contract_chosen)

    # Chosen by hand

    def test_a_choice_by_hand_stays(self):
        self._contract()
        silver = self._contract(service_level_id=self.silver.id)
        ticket = self._ticket_of()
        ticket.with_user(self.agent).contract_id = silver
        self._contract(service_level_id=self.gold.id)
        ticket.product_id = self.hour
        self._run_cron("contract_contract_cron_keep")
        self.assertEqual(ticket.contract_id, silver)

    def test_no_contract_by_hand_stays_too(self):
        self._contract()
        ticket = self._ticket_of(contract_id=False)
        self.assertFalse(ticket.contract_id)
        ticket.product_id = self.hour
        self._run_cron("contract_contract_cron_keep")
        self.assertFalse(ticket.contract_id)

    def test_choosing_what_is_found_lets_it_follow_again(self):
        gold, silver = self._contract(), self._contract(service_level_id=self.silver.id)
        ticket = self._ticket_of(contract_id=silver.id)
        ticket.contract_id = gold
        gold.covered_product_ids = self.visit
        ticket.product_id = self.hour
        self.assertEqual(ticket.contract_id, silver)

    # Following

    def test_open_tickets_follow_a_contract_that_is_signed(self):
        ticket = self._ticket_of()
        contract = self._contract(signed=False)
        self.assertFalse(ticket.contract_id)
        contract.action_sign()
        self.assertEqual(ticket.contract_id, contract)

    def test_open_tickets_follow_a_change_of_coverage(self):
        contract = self._contract()
        ticket = self._ticket_of()
        contract.covered_partner_ids = self.nordlicht
        self.assertFalse(ticket.contract_id)

    def test_open_tickets_leave_a_contract_of_another_customer(self):
        contract = self._contract()
        ticket = self._ticket_of()
        contract.partner_id = self.talisman
        self.assertFalse(ticket.contract_id)

    def test_closed_tickets_keep_theirs(self):
        contract = self._contract()
        ticket = self._ticket_of()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        contract.covered_partner_ids = self.nordlicht
        self._run_cron("contract_contract_cron_keep")
        self.assertEqual(ticket.contract_id, contract)

    def test_open_tickets_follow_a_contract_that_begins_by_the_day(self):
        contract = self._contract(service_start=date(2026, 3, 12))
        ticket = self._ticket_of()
        self.assertFalse(ticket.contract_id)
        with freeze_time("2026-03-15"):  # the job ran three days late
            self._run_cron("contract_contract_cron_keep")
        self.assertEqual(ticket.contract_id, contract)

    def test_what_was_covered_when_it_came_stays_covered(self):
        contract = self._contract(service_start=date(2025, 3, 11))
        ticket = self._ticket_of()
        with freeze_time("2026-03-20"):
            self._run_cron("contract_contract_cron_keep")
            self.assertEqual(ticket.contract_id, contract)
            self.assertIn("no longer running", ticket.entitlement_hint)

    def test_the_sweep_costs_the_same_for_many_tickets(self):
        self._contract()
        self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Ticket {number}",
                    "description": "-",
                    "partner_id": self.anna.id,
                    "team_id": self.team.id,
                }
                for number in range(30)
            ]
        )
        sweep = self.env["helpdesk.ticket"]._follow_all_contracts
        sweep()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            sweep()

    # The hint

    def test_hint_tells_level_end_and_what_is_left(self):
        contract = self._contract()
        ticket = self._ticket_of()
        self._book(contract, 3.5)
        self.assertEqual(
            ticket.with_user(self.agent).entitlement_hint,
            "Gold until 12/31/2026: 6.5 of 10 h left",
        )
        self.assertEqual(ticket.entitlement_mood, "success")

    def test_hint_tells_that_nothing_covers(self):
        ticket = self._ticket_of()
        self.assertEqual(ticket.entitlement_hint, "No contract covers this")
        self.assertEqual(ticket.entitlement_mood, "warning")

    def test_hint_is_red_where_all_is_used_up(self):
        contract = self._contract()
        ticket = self._ticket_of()
        self._book(contract, 10)
        self.assertEqual(ticket.entitlement_mood, "danger")

    def test_other_sources_add_their_word(self):
        ticket = self._ticket_of()
        told = {ticket.id: Cover(True, "Warranty until 2028")}
        with patch.object(
            type(ticket),
            "_entitlement_sources",
            lambda _self: [Source("warranty", lambda _tickets: told)],
        ):
            self.assertEqual(ticket.entitlement_hint, "Warranty until 2028")
            self.assertEqual(ticket.entitlement_mood, "success")
