from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CrmCase

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(CrmCase):
    """Whole models; what single records allow is tested with each of them."""

    def _rights(self, model, user):
        records = self.env[model].with_user(user)
        return [name for name in OPERATIONS if records.has_access(name)]

    def test_customers_do_not_read_what_we_note_of_them(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        for record in (portal.partner_id, self.customer, self.env.company):
            seen = record.with_user(portal)
            self.assertTrue(seen.read(["name"]))
            ours = [
                name
                for name, field in record._fields.items()
                if set(field._modules) & {"crm_base", "crm_base_holidays"}
            ]
            self.assertTrue(ours)
            for name in ours:
                with self.subTest(field=name), self.assertRaises(AccessError):
                    seen.read([name])

    def test_rules_of_territories_are_read_by_users_and_changed_by_managers(self):
        self.assertEqual(self._rights("crm.territory.rule", self.user), ["read"])
        self.assertEqual(
            self._rights("crm.territory.rule", self.manager), list(OPERATIONS)
        )

    def test_journal_of_merges_is_for_administrators(self):
        for user in (self.user, self.manager):
            self.assertEqual(self._rights("crm.merge.journal", user), [])
        admin = self.env.ref("base.user_admin")
        self.assertEqual(self._rights("crm.merge.journal", admin), ["read"])
