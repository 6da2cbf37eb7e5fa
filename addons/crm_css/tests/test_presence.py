from unittest.mock import Mock, patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ServiceCase

AGENT = "helpdesk_mgmt.group_helpdesk_user_own"


@tagged("post_install", "-at_install")
class TestPresence(ServiceCase):
    """What goes over the bus, and who may hear it; the two windows are the tour's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limited = new_test_user(cls.env, "css_pres", groups=AGENT)
        cls.ticket = cls._create_ticket(cls.anna, user_id=cls.agent.id)

    def _tell(self, user, *args):
        sent = []

        def send(_bus, channel, event, message):
            sent.append((channel, event, message))

        ticket = self.ticket.with_user(user)
        with patch.object(type(self.env["bus.bus"]), "_sendone", send):
            ticket.tell_presence(*args)
        return sent

    def _channels(self, user, *names):
        socket = self.env["ir.websocket"].with_user(user)
        request = Mock(session=Mock(uid=user.id))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", new=request):
            channels = socket._build_bus_channel_list(list(names))
        return [str(channel) for channel in channels]

    def test_colleague_is_told_over_the_channel_of_the_ticket(self):
        [(channel, event, message)] = self._tell(self.agent, "tab1", "writing", True)
        self.assertEqual(channel, (self.ticket, "presence"))
        self.assertEqual(event, "crm_css.ticket_presence")
        self.assertEqual(message["name"], self.agent.name)
        self.assertEqual((message["state"], message["asks"]), ("writing", True))

    def test_who_may_read_the_ticket_hears_of_it(self):
        name = f"crm_css.ticket_presence_{self.ticket.id}"
        channels = self._channels(self.agent, name, "other")
        self.assertIn(str((self.ticket, "presence")), channels)
        self.assertNotIn(name, channels)
        self.assertIn("other", channels)

    def test_who_may_not_read_the_ticket_neither_hears_nor_tells(self):
        name = f"crm_css.ticket_presence_{self.ticket.id}"
        channels = self._channels(self.limited, name)
        self.assertNotIn(str((self.ticket, "presence")), channels)
        with self.assertRaises(AccessError):
            self._tell(self.limited, "tab1", "here")

    def test_customer_learns_nothing_of_agents(self):
        portal = new_test_user(
            self.env,
            "css_pres_p",
            groups="base.group_portal",
            partner_id=self.ticket.partner_id.id,
            name="Anna Berg",
            email="anna@nordlicht.example",
        )
        name = f"crm_css.ticket_presence_{self.ticket.id}"
        channels = self._channels(portal, name)
        self.assertNotIn(str((self.ticket, "presence")), channels)
        self.assertEqual(self._tell(portal, "tab1", "here"), [])

    def test_nonsense_channels_are_ignored(self):
        prefix = "crm_css.ticket_presence_"
        names = [prefix, f"{prefix}x", f"{prefix}-1", f"{prefix}0", f"{prefix}1e9"]
        channels = self._channels(self.agent, *names)
        self.assertFalse([name for name in channels if "presence" in name])

    def test_nonsense_is_not_told(self):
        for args in (("tab", "flying"), ("x" * 41, "here"), (["tab"], "here")):
            with self.subTest(args=args), self.assertRaises(ValidationError):
                self._tell(self.agent, *args)


@tagged("post_install", "-at_install")
class TestSeen(ServiceCase):
    """A change made in a form that shows what is not true any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(cls.anna)

    def _save(self, seen, **vals):
        ticket = self.ticket.with_user(self.agent)
        return ticket.web_save(vals | {"crm_seen": seen}, {"name": {}})

    def test_change_of_what_was_seen_is_saved(self):
        self._save({"name": "Grinder stops"}, name="Grinder hot")
        self.assertEqual(self.ticket.name, "Grinder hot")

    def test_change_over_a_colleagues_is_refused_with_what_changed(self):
        self.ticket.name = "Grinder burns"
        with self.assertRaisesRegex(UserError, "Title: Grinder burns"):
            self._save({"name": "Grinder stops"}, name="Grinder hot")
        self.assertEqual(self.ticket.name, "Grinder burns")

    def test_colleagues_change_of_something_else_does_no_harm(self):
        self.ticket.priority = "3"
        self._save({"name": "Grinder stops"}, name="Grinder hot")
        self.assertEqual((self.ticket.name, self.ticket.priority), ("Grinder hot", "3"))

    def test_same_change_twice_is_no_conflict(self):
        self.ticket.name = "Grinder hot"
        self._save({"name": "Grinder stops"}, name="Grinder hot")

    def test_relations_dates_and_empty_values_are_compared(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._save(
            {"stage_id": self.ticket.stage_id.id, "user_id": False, "type_id": False},
            stage_id=done.id,
            user_id=self.agent.id,
        )
        self.assertEqual(self.ticket.stage_id, done)
        with self.assertRaises(UserError):
            self._save({"user_id": False}, user_id=False, name="x")
        with self.assertRaises(UserError):
            self._save({"closed_date": False}, closed_date="2026-01-01 10:00:00")

    def test_description_as_the_form_shows_it_is_no_conflict(self):
        shown = str(self.ticket.description)
        self._save({"description": shown}, description="<p>New</p>")
        with self.assertRaises(UserError):
            self._save({"description": shown}, description="<p>Newer</p>")

    def test_unknown_names_are_ignored(self):
        self._save({"nonsense": 1, "tag_ids": [1]}, tag_ids=[Command.clear()])

    def test_who_may_not_write_learns_nothing(self):
        outsider = new_test_user(self.env, "css_seen", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.ticket.with_user(outsider).web_save(
                {"name": "x", "crm_seen": {"name": "guess"}}, {}
            )

    def test_list_and_kanban_save_as_ever(self):
        self.ticket.with_user(self.agent).web_save({"priority": "2"}, {})
        self.assertEqual(self.ticket.priority, "2")


@tagged("post_install", "-at_install")
class TestRelated(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._create_ticket(cls.anna)
        cls.two = cls._create_ticket(cls.nordlicht)
        cls.three = cls._create_ticket(cls.petr)

    def test_both_sides_know_and_both_forget(self):
        self.one.related_ticket_ids = [Command.link(self.two.id)]
        self.assertEqual(self.two.related_ticket_ids, self.one)
        self.two.related_ticket_ids = [Command.unlink(self.one.id)]
        self.assertFalse(self.one.related_ticket_ids)

    def test_set_and_clear(self):
        self.one.related_ticket_ids = [Command.set((self.two | self.three).ids)]
        self.one.related_ticket_ids = [Command.clear()]
        self.assertFalse((self.two | self.three).related_ticket_ids)

    def test_new_ticket_is_known_to_the_other(self):
        ticket = self._create_ticket(
            self.anna, related_ticket_ids=[Command.link(self.two.id)]
        )
        self.assertEqual(self.two.related_ticket_ids, ticket)

    def test_several_at_once_and_nothing_at_all(self):
        both = self.one | self.two
        both.write({"related_ticket_ids": [Command.link(self.three.id)]})
        self.assertEqual(self.three.related_ticket_ids, both)
        both.write({"related_ticket_ids": [], "priority": "3"})
        self.assertEqual(self.one.priority, "3")

    def test_ticket_is_not_related_to_itself(self):
        with self.assertRaises(ValidationError):
            self.one.related_ticket_ids = [Command.link(self.one.id)]

    def test_other_open_tickets_of_the_customer_are_counted_and_opened(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._create_ticket(self.anna, stage_id=done.id)
        one = self.one.with_user(self.agent)
        self.assertEqual(one.other_open_count, 1)
        found = one.search(one.action_open_others()["domain"])
        self.assertEqual(found, self.two)
        self.assertEqual(self.three.with_user(self.agent).other_open_count, 0)

    def test_count_leaves_out_what_one_may_not_see(self):
        limited = new_test_user(self.env, "css_rel", groups=AGENT)
        self.one.user_id = limited
        self.two.user_id = self.agent
        self.assertEqual(self.one.with_user(limited).other_open_count, 0)

    def test_ticket_without_a_customer_has_no_others(self):
        lost = self._create_ticket(self.env["res.partner"])
        self.assertEqual(lost.other_open_count, 0)

    def test_counts_of_many_tickets_take_one_query(self):
        tickets = (self.one | self.two | self.three).with_user(self.agent)
        tickets.mapped("closed")
        tickets.mapped("commercial_partner_id")
        self.env.flush_all()
        tickets.mapped("other_open_count")
        tickets.invalidate_recordset(["other_open_count"])
        with self.assertQueryCount(1):
            tickets.mapped("other_open_count")
