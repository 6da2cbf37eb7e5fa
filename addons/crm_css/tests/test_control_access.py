from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_complaint import ComplaintCase

MODELS = (
    "crm.complaint",
    "crm.complaint.cause",
    "crm.complaint.answer",
    "crm.feedback",
    "crm.scorecard",
    "crm.scorecard.criterion",
    "crm.scorecard.review",
    "crm.scorecard.review.line",
    "crm.service.report",
)
OWN = "helpdesk_mgmt.group_helpdesk_user_own"


@tagged("post_install", "-at_install")
class TestControlAccess(ComplaintCase):
    def test_who_is_no_agent_has_no_access_to_any_model(self):
        for group in ("base.group_user", "base.group_portal", "base.group_public",
                      "crm_base.crm_base_group_user"):  # fmt: skip
            user = new_test_user(self.env, f"x{group}", groups=group)
            for model in MODELS:
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(group=group, model=model, operation=operation):
                        records = self.env[model].with_user(user)
                        self.assertFalse(records.has_access(operation))

    def test_agent_configures_nothing(self):
        for model in (
            "crm.complaint.cause",
            "crm.scorecard",
            "crm.scorecard.criterion",
        ):
            records = self.env[model].with_user(self.agent)
            self.assertTrue(records.has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation))

    def test_manager_configures_all(self):
        for model in (
            "crm.complaint.cause",
            "crm.scorecard",
            "crm.scorecard.criterion",
        ):
            records = self.env[model].with_user(self.manager)
            for operation in ("read", "write", "create", "unlink"):
                self.assertTrue(records.has_access(operation))

    def test_complaint_is_seen_with_its_ticket_only(self):
        limited = new_test_user(self.env, "css_limited", groups=OWN)
        complaint = self._complain(ticket_id=self.ticket.id).with_user(limited)
        self.assertFalse(complaint.search([("id", "=", complaint.id)]))
        for act in (lambda: complaint.read(["name"]), complaint.action_start):
            with self.assertRaises(AccessError):
                act()
        self.ticket.user_id = limited
        self.env.invalidate_all()
        complaint.action_start()

    def test_complaint_on_a_ticket_that_one_may_not_see_is_refused(self):
        limited = new_test_user(self.env, "css_limited", groups=OWN)
        with self.assertRaises(AccessError):
            self.env["crm.complaint"].with_user(limited).create(
                {
                    "name": "x",
                    "ticket_id": self.ticket.id,
                    "partner_id": self.anna.id,
                    "user_id": self.agent.id,
                }
            )

    def test_complaint_without_a_ticket_is_that_of_owner_author_and_team(self):
        limited = new_test_user(self.env, "css_limited", groups=OWN)
        others = self._complain(user_id=self.agent.id).with_user(limited)
        self.assertFalse(others.search([("id", "=", others.id)]))
        mine = others.create({"name": "x", "partner_id": self.anna.id})
        self.assertTrue(mine.search([("id", "=", mine.id)]))
        member = new_test_user(
            self.env, "css_member", groups="helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team.user_ids |= member
        others.sudo().team_id = self.team
        self.env.invalidate_all()
        self.assertTrue(others.with_user(member).search([("id", "=", others.id)]))

    def test_search_by_a_hidden_complaint_finds_nothing(self):
        limited = new_test_user(self.env, "css_limited", groups=OWN)
        self._complain(ticket_id=self.ticket.id, name="Secret")
        found = self.env["crm.complaint"].with_user(limited)
        self.assertFalse(found._read_group([("name", "=", "Secret")], ["state"]))
        self.assertFalse(found.name_search("Secret"))

    def test_agent_deletes_no_complaint(self):
        complaint = self._complain()
        with self.assertRaises(AccessError):
            complaint.with_user(self.agent).unlink()
        complaint.with_user(self.manager).unlink()

    def test_manager_of_another_company_sees_none(self):
        company = self.env["res.company"].create({"name": "Other"})
        far = new_test_user(
            self.env, "css_far", groups="helpdesk_mgmt.group_helpdesk_manager",
            company_id=company.id, company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        complaint = self._complain().with_user(far)
        card = self.env["crm.scorecard"].create({"name": "Ours"}).with_user(far)
        for record in (complaint, card):
            self.assertFalse(record.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                record.read(["name"])

    def test_customer_sees_the_ticket_and_no_complaint_of_it(self):
        portal = new_test_user(
            self.env, "css_portal", groups="base.group_portal", partner_id=self.anna.id
        )
        self._complain(ticket_id=self.ticket.id)
        ticket = self.ticket.with_user(portal)
        self.assertEqual(ticket.complaint_count, 0)
        with self.assertRaises(AccessError):
            ticket.complaint_ids.read(["name"])
