from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .contract_common import ContractCase


@tagged("post_install", "-at_install")
class TestServiceContract(ContractCase):
    def assertState(self, contract, state, day):
        with freeze_time(day):
            contract.invalidate_recordset(["service_state"])
            self.assertEqual(contract.service_state, state)
            found = contract.search([("service_state", "=", state)])
            self.assertIn(contract, found)
            others = contract.search(
                [("service_state", "!=", state), ("is_service", "=", True)]
            )
            self.assertNotIn(contract, others)

    # Life

    def test_a_contract_is_drafted_offered_and_signed(self):
        contract = self._contract(signed=False)
        self.assertState(contract, "draft", "2026-03-01")
        contract.action_offer()
        self.assertState(contract, "offered", "2026-03-01")
        contract.action_redraft()
        self.assertState(contract, "draft", "2026-03-01")
        contract.action_sign()
        self.assertState(contract, "running", "2026-03-01")

    def test_a_signed_contract_is_not_signed_again(self):
        with self.assertRaisesRegex(UserError, "another step"):
            self._contract().action_sign()

    def test_state_follows_from_the_dates(self):
        contract = self._contract()
        self.assertState(contract, "planned", "2025-12-31")
        self.assertState(contract, "running", "2026-01-01")
        self.assertState(contract, "running", "2026-12-31")
        self.assertState(contract, "expired", "2027-01-01")

    def test_notice_runs_until_its_day_and_then_the_contract_has_ended(self):
        contract = self._contract()
        contract.write({"is_terminated": True, "terminate_date": date(2026, 6, 30)})
        self.assertState(contract, "notice", "2026-06-30")
        self.assertState(contract, "ended", "2026-07-01")

    def test_an_open_contract_does_not_expire(self):
        contract = self._contract(term_interval=0)
        self.assertFalse(contract.service_end)
        self.assertState(contract, "running", "2050-01-01")

    def test_renewed_ahead_until_the_new_period_begins(self):
        contract = self._contract()
        contract.renewal_count = 1
        self.assertEqual(contract.service_end, date(2027, 12, 31))
        self.assertState(contract, "renewed", "2026-12-31")
        self.assertState(contract, "running", "2027-01-01")

    def test_other_contracts_have_no_service_state(self):
        contract = self._contract(is_service=False, signed=False)
        self.assertFalse(contract.service_state)

    # Dates

    def test_dates_follow_from_the_terms(self):
        contract = self._contract(
            service_start=date(2025, 1, 31),
            term_interval=1,
            term_unit="month",
            notice_interval=1,
            notice_unit="week",
            minimum_interval=2,
            minimum_unit="year",
        )
        self.assertRecordValues(
            contract,
            [
                {
                    "first_end": date(2025, 2, 28),
                    "service_end": date(2025, 2, 28),
                    "notice_date": date(2025, 2, 21),
                    "minimum_end": date(2027, 1, 30),
                }
            ],
        )

    def test_a_typed_end_stays(self):
        with Form(
            self.env["contract.contract"].with_context(default_is_service=True),
            "crm_css.contract_contract_view_form_service",
        ) as form:
            form.name = "Until June"
            form.partner_id = self.nordlicht
            form.service_start = date(2026, 1, 15)
            form.first_end = date(2026, 6, 30)
        contract = form.record
        contract.renewal_count = 1
        self.assertEqual(contract.first_end, date(2026, 6, 30))
        self.assertEqual(contract.service_end, date(2027, 6, 30))

    def test_an_end_before_the_start_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            self._contract(first_end=date(2025, 12, 1))

    def test_the_year_9999_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Check the first day"):
            self._contract(service_start=date(9990, 1, 1))

    def test_the_year_1900_is_computed(self):
        contract = self._contract(service_start=date(1900, 2, 28))
        self.assertEqual(contract.service_end, date(1901, 2, 27))

    def test_a_negative_term_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Notice Period"):
            self._contract(notice_interval=-1)

    def test_an_endless_term_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "First Term"):
            self._contract(term_interval=10**8)

    def test_tacit_renewal_needs_an_end(self):
        with self.assertRaisesRegex(ValidationError, "renewed tacitly"):
            self._contract(renewal_kind="tacit", term_interval=0)

    def test_signing_needs_a_first_day(self):
        contract = self._contract(signed=False)
        contract.service_start = False
        with self.assertRaisesRegex(UserError, "first day"):
            contract.action_sign()

    # Termination

    def _terminate(self, contract, user, **vals):
        wizard = self.env["contract.contract.terminate"].with_user(user)
        action = contract.with_user(user).action_terminate_contract()
        reason = self.env["contract.terminate.reason"].create({"name": "Too dear"})
        vals = {"terminate_reason_id": reason.id, "terminate_comment": "-"} | vals
        record = wizard.with_context(**action["context"]).create(vals)
        record.terminate_contract()

    def test_manager_of_service_terminates_without_being_an_accountant(self):
        contract = self._contract(contract_line_ids=[self._line()])
        self.assertFalse(self.manager.has_group("account.group_account_invoice"))
        with freeze_time("2026-03-01"):
            self._terminate(contract, self.manager)
        self.assertTrue(contract.is_terminated)
        self.assertEqual(contract.terminate_date, date(2026, 12, 31))
        self.assertEqual(contract.contract_line_ids.date_end, date(2026, 12, 31))
        self.assertIn("Too dear", contract.message_ids[0].body)
        self.assertEqual(contract.message_ids[0].author_id, self.manager.partner_id)

    def test_the_suggested_end_respects_the_notice_period(self):
        contract = self._contract(
            renewal_kind="tacit", notice_interval=3, notice_unit="month"
        )
        with freeze_time("2026-10-01"):
            self._terminate(contract, self.manager)
        self.assertEqual(contract.terminate_date, date(2027, 12, 31))

    def test_agents_do_not_terminate(self):
        contract = self._contract()
        with self.assertRaises(AccessError):
            self._terminate(contract, self.agent)
        with self.assertRaises(UserError):
            contract.with_user(self.agent)._terminate_contract(
                self.env["contract.terminate.reason"].create({"name": "-"}),
                "-",
                date(2026, 3, 1),
            )

    def test_manager_of_service_does_not_terminate_other_contracts(self):
        contract = self._contract(is_service=False, signed=False)
        with self.assertRaises(UserError):
            contract.with_user(self.manager).sudo()._terminate_contract(
                self.env["contract.terminate.reason"].create({"name": "-"}),
                "-",
                date(2026, 3, 1),
            )

    def test_notice_can_be_taken_back(self):
        contract = self._contract()
        with freeze_time("2026-03-01"):
            self._terminate(contract, self.manager)
            contract.with_user(self.manager).action_cancel_contract_termination()
        self.assertState(contract, "running", "2026-03-02")

    # On the customer

    def test_customer_opens_his_service_contracts(self):
        contract = self._contract()
        anna = self.anna.with_user(self.agent)
        self.assertEqual(anna.service_contract_count, 1)
        action = anna.action_open_service_contracts()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]),
                         contract)  # fmt: skip

    def test_card_counts_running_contracts(self):
        with freeze_time("2026-03-01"):
            self._contract()
            card = self.anna.with_user(self.agent).crm_card()
        parts = {part["key"]: part["value"] for part in card["parts"]}
        self.assertEqual(parts["contracts"], "1")
        self.assertFalse([one for one in card["warnings"] if "contract" in one["key"]])

    def _warnings(self, user=None):
        card = self.anna.with_user(user or self.agent).crm_card()
        return [one["text"] for one in card["warnings"] if one["key"] == "contract_due"]

    def test_card_warns_thirty_days_before_the_end(self):
        contract = self._contract()
        with freeze_time("2026-11-30"):
            contract._refresh_watch()
            self.assertFalse(self._warnings())
        with freeze_time("2026-12-01"):
            self.assertIn("ends on 12/31/2026", self._warnings()[0])
        with freeze_time("2027-01-05"):
            self.assertIn("expired on 12/31/2026", self._warnings()[0])

    def test_card_is_silent_once_somebody_has_decided(self):
        contract = self._contract()
        with freeze_time("2026-12-15"):
            contract._refresh_watch()
            self.assertTrue(self._warnings())
            contract.renewal_count = 1
            self.assertFalse(self._warnings())

    def test_card_does_not_warn_of_what_goes_on_by_itself(self):
        with freeze_time("2026-12-15"):
            self._contract(renewal_kind="tacit")
            self.assertFalse(self._warnings())

    def test_card_tells_contracts_only_to_those_who_may_read_them(self):
        self.seller.group_ids = self.env.ref("crm_base.crm_base_group_user")
        with freeze_time("2026-12-15"):
            self._contract()
            card = self.anna.with_user(self.seller).crm_card()
            self.assertFalse(self._warnings(self.seller))
        self.assertNotIn("contracts", [part["key"] for part in card["parts"]])

    def test_card_stays_within_its_queries(self):
        with freeze_time("2026-12-15"):
            for number in range(5):
                self._contract(name=f"Contract {number}")
            anna = self.anna.with_user(self.agent)
            anna.crm_card()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(25):
                anna.crm_card()

    def test_start_stands_on_the_time_line(self):
        contract = self._contract(self.anna)
        page = self.env["crm.timeline"].with_user(self.agent).read_page(self.anna.id)
        rows = [row for row in page["rows"] if row["kind"] == "contract"]
        self.assertEqual([row["subject"] for row in rows], [contract.display_name])

    def test_stand_in_is_told_of_contracts_to_decide(self):
        self.env["crm.stand.in"].search([]).action_cancel()
        with freeze_time("2026-12-15"):
            contract = self._contract()
            record = self.env["crm.stand.in"].create(
                {
                    "user_id": self.agent.id,
                    "stand_in_id": self.manager.id,
                    "date_from": date(2026, 12, 15),
                    "date_to": date(2027, 1, 10),
                }
            )
            record.action_confirm()
        self.assertIn(contract.name, record.brief)

    def test_forgetting_a_person_takes_the_name_out_of_contracts(self):
        person = self.env["res.partner"].create(
            {"name": "Xaverine Quellmalz", "parent_id": self.nordlicht.id}
        )
        contract = self._contract(
            name="Gold for Xaverine Quellmalz",
            coverage="Call Xaverine Quellmalz first",
            contract_line_ids=[self._line(name="Visits at Xaverine Quellmalz")],
        )
        use = self._book(contract, 1, note="With Xaverine Quellmalz")
        log = person._forget("letter")
        self.env.invalidate_all()
        self.assertEqual(log.details["left"], {})
        self.assertNotIn("Quellmalz", f"{contract.name} {contract.coverage} {use.note}")
