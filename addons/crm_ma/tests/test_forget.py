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
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": "<p>Come.</p>",
            }
        )
        trace = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": person.id,
                "email": MAIL,
                "failure_reason": f"{MAIL} does not exist",
            }
        )
        self.env["mailing.contact"].create({"name": NAME, "email": MAIL})
        link = self.env["link.tracker"].create({"url": "https://n.example.com"})
        click = self.env["link.tracker.click"].create(
            {"link_id": link.id, "mailing_trace_id": trace.id, "ip": "203.0.113.77"}
        )
        log = person._forget("letter")
        self.env.invalidate_all()
        # The whole database was searched.
        self.assertEqual(log.details["left"], {})
        self.assertTrue(trace.exists())
        self.assertFalse(trace.email or click.ip)
