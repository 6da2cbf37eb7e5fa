from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class ServiceCase(BaseCommon):
    """A team with a mail address, an agent, and three customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "css_agent", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        domain = cls.env["mail.alias.domain"].create(
            {
                "name": "suite.example.com",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
                "default_from": "notifications",
            }
        )
        cls.env.company.alias_domain_id = domain
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Support",
                "alias_name": "support",
                "alias_domain_id": domain.id,
                "alias_contact": "everyone",
                "user_ids": [(6, 0, cls.agent.ids)],
            }
        )
        cls.nordlicht = cls._create_company("Nordlicht", "Anna Berg", "anna.berg")
        cls.anna = cls.nordlicht.child_ids
        cls.talisman = cls._create_company("Talisman", "Пётр Иванов", "p.ivanov")
        cls.petr = cls.talisman.child_ids
        cls.olivar = cls._create_company("Olivar", "Lucía Fernández", "lucia")
        cls.lucia = cls.olivar.child_ids

    @classmethod
    def _create_company(cls, company, person, mailbox):
        email = f"{mailbox}@{company.lower()}.example.com"
        child = (0, 0, {"name": person, "email": email})
        return cls.env["res.partner"].create(
            {"name": company, "is_company": True, "child_ids": [child]}
        )

    @classmethod
    def _create_ticket(cls, partner, **vals):
        vals = {
            "name": "Grinder stops",
            "description": "<p>It stops.</p>",
            "partner_id": partner.id,
            "team_id": cls.team.id,
        } | vals
        return cls.env["helpdesk.ticket"].create(vals)
