from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class CrmCase(BaseCommon):
    """A company with two people, a user of the suite, a colleague and a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "crm_base.crm_base_group_user"
        cls.user = new_test_user(cls.env, "crm_user", groups=group)
        cls.colleague = new_test_user(cls.env, "crm_colleague", groups=group)
        cls.manager = new_test_user(
            cls.env, "crm_manager", groups="crm_base.crm_base_group_manager"
        )
        cls.outsider = new_test_user(cls.env, "crm_outsider", groups="base.group_user")
        cls.customer, cls.stranger = cls.env["res.partner"].create(
            [
                {"name": "Nordlicht", "is_company": True, "value_class": "a"},
                {"name": "Olivar", "is_company": True},
            ]
        )
        cls.anna, cls.jonas = cls.env["res.partner"].create(
            [
                {
                    "name": "Anna Berg",
                    "parent_id": cls.customer.id,
                    "email": "anna@n.example.com",
                },
                {"name": "Jonas Weber", "parent_id": cls.customer.id},
            ]
        )

    @classmethod
    def _note(cls, partner, name, **vals):
        """Note a contact, by default a call of the user."""
        vals = {"partner_id": partner.id, "name": name, "user_id": cls.user.id} | vals
        return cls.env["crm.interaction"].create(vals)

    def _rows(self, partner, user=None, **filters):
        """Read the first page of a time line as a user of the suite."""
        timeline = self.env["crm.timeline"].with_user(user or self.user)
        return timeline.read_page(partner.id, filters)["rows"]

    def _subjects(self, partner, user=None, **filters):
        return [row["subject"] for row in self._rows(partner, user, **filters)]
