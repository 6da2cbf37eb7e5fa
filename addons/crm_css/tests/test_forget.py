from odoo.tests import tagged

from odoo.addons.base.tests.common import BaseCommon

NAME = "Xaverine Quellmalz"
MAIL = "xaverine@quellmalz.example.com"
PHONE = "+49 30 7771234"


@tagged("post_install", "-at_install")
class TestForget(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": NAME, "email": MAIL, "phone": PHONE}
        )

    def test_nothing_of_the_person_is_left(self):
        person = self.person
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": f"{NAME} asks",
                "description": f"<p>{NAME}, {PHONE}</p>",
                "partner_id": person.id,
                "partner_name": NAME,
                "partner_email": MAIL,
            }
        )
        stranger = self.env["helpdesk.ticket"].create(
            {
                "name": "Unknown sender",
                "description": "<p>Hello</p>",
                "partner_name": NAME,
                "partner_email": f'"{NAME}" <{MAIL}>',
            }
        )
        ticket.message_post(body=f"Dear {NAME}", partner_ids=person.ids)
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": ticket.id,
                "partner_id": person.id,
                "feedback": f"{NAME} was here",
                "rating": 5,
                "consumed": True,
            }
        )
        log = person._forget("letter")
        self.env.invalidate_all()
        # The whole database was searched.
        self.assertEqual(log.details["left"], {})
        self.assertTrue(ticket.exists() and stranger.exists())
        self.assertEqual(ticket.partner_id, person)
        self.assertIn("Forgotten person", ticket.partner_name)
