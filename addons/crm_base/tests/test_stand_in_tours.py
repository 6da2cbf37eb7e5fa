from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import CrmCase

PATH = "/odoo/action-crm_base.crm_stand_in_action"


class StandInTourCase(HttpCase, CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.password = "crm_user"
        cls.colleague.password = "crm_colleague"
        cls.note = cls._note(cls.anna, "Tour note")
        cls.note.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=cls.user.id,
            summary="Answer",
            date_deadline=fields.Date.today(),
        )

    def _carry_on(self):
        self.start_tour(PATH, "crm_base_stand_in_covering", login="crm_colleague")
        self.assertEqual(self.note.name, "Tour note, answered")
        self.assertEqual(self.note.write_uid, self.colleague)


@tagged("post_install", "-at_install")
class TestStandInTour(StandInTourCase):
    def test_user_sets_a_stand_in_who_carries_on(self):
        now = fields.Datetime.now()
        self.env["calendar.event"].create(
            {
                "name": "Tour review",
                "start": now,
                "stop": now,
                "user_id": self.user.id,
                "partner_ids": [Command.set(self.anna.ids)],
            }
        )
        self.start_tour(PATH, "crm_base_stand_in_away", login="crm_user")
        self._carry_on()


@tagged("post_install", "-at_install")
class TestStandInTourOnPhone(StandInTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_stand_in_carries_on_from_the_phone(self):
        stand_in = self.env["crm.stand.in"].with_user(self.user)
        stand_in.create({"stand_in_id": self.colleague.id}).action_confirm()
        self._carry_on()
