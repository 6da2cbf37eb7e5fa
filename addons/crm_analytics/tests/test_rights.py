from odoo.tests import new_test_user, tagged

from .common import AnalyticsCase

OPERATIONS = ("read", "write", "create", "unlink")
READ = ("read",)
ALL = OPERATIONS
# What readers and managers may do. Figures are written by computations only; a manager
# says what is computed, and deletes it.
RIGHTS = {
    "crm.analysis": (READ, ALL),
    "crm.analysis.act": (ALL, ALL),
    "crm.analysis.result": (READ, READ),
    "crm.analysis.run": (READ, ("read", "write", "unlink")),
    "crm.cluster": (READ, ("read", "write")),
    "crm.cluster.member": (READ, READ),
    "crm.cluster.run": (READ, ALL),
    "crm.customer.month": (READ, READ),
    "crm.customer.profit": (READ, READ),
    "crm.customer.profit.line": (READ, READ),
    "crm.demand.line": (READ, READ),
    "crm.demand.run": (READ, ALL),
    "crm.demand.series": (READ, READ),
    "crm.distribution": (READ, READ),
    "crm.funnel": (READ, READ),
    "crm.lifetime.result": (READ, READ),
    "crm.lifetime.run": (READ, ALL),
    "crm.profit.run": (READ, ALL),
    "crm.report.schedule": (READ, ALL),
    "crm.report.sending": ((), READ),
    "crm.sale.month": (READ, READ),
}


@tagged("post_install", "-at_install")
class TestRights(AnalyticsCase):
    """Whole models; single records are tested with each of them."""

    def _rights(self, user) -> dict[str, tuple[str, ...]]:
        rights = {}
        for name, model in self.env.registry.items():
            if model._original_module == "crm_analytics" and not model._abstract:
                records = self.env[name].with_user(user)
                rights[name] = tuple(op for op in OPERATIONS if records.has_access(op))
        return rights

    def test_readers_read_what_was_computed(self):
        expected = {name: of[0] for name, of in RIGHTS.items()}
        self.assertEqual(self._rights(self.reader), expected)

    def test_managers_say_what_is_computed(self):
        expected = {name: of[1] for name, of in RIGHTS.items()}
        self.assertEqual(self._rights(self.manager), expected)

    def test_others_may_do_nothing(self):
        own = "sales_team.group_sale_salesman"
        agent = "helpdesk_mgmt.group_helpdesk_user"
        for login, group in (
            ("rights_seller", own),
            ("rights_agent", agent),
            ("rights_marketer", "mass_mailing.group_mass_mailing_user"),
            ("rights_portal", "base.group_portal"),
        ):
            user = new_test_user(self.env, login, groups=group)
            with self.subTest(group=group):
                self.assertFalse(any(self._rights(user).values()))

    def test_computations_of_other_companies_are_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        span = {"date_from": "2025-01-01", "date_to": "2025-12-31"}
        for name in RIGHTS:
            model = self.env[name]
            if "tries" not in model._fields:
                continue
            vals = span | {"company_id": other.id}
            if name == "crm.analysis.run":
                analysis = {"name": "Foreign", "company_id": other.id}
                vals["analysis_id"] = self.env["crm.analysis"].create(analysis).id
            job = model.create(vals)
            with self.subTest(model=name):
                for user in self.reader | self.manager:
                    self.assertFalse(job.with_user(user).has_access("read"))
