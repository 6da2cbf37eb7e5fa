"""Every menu that a role sees opens in the browser, in each of its views."""

import json
import logging
import re
from pathlib import Path

from odoo.tests import HttpCase, tagged

SCRIPT = Path(__file__).with_name("open_menus.js")
# Shows an empty page, as a client action does whose template went wrong.
BLANK = """
const {Component, xml} = odoo.loader.modules.get("@odoo/owl");
class Blank extends Component {
    static template = xml`<div/>`;
    static props = ["*"];
}
const {registry} = odoo.loader.modules.get("@web/core/registry");
registry.category("actions").add("blank", Blank);
"""

# The browser's log repeats the script, and what a crash has to say a thousand times.
logging.getLogger(__name__).setLevel(logging.CRITICAL)


class MenusCase(HttpCase):
    def _menus_of(self, login):
        """Give the ids of the menus that a user sees, one for each action."""
        user = self.env["res.users"].search([("login", "=", login)])
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        by_action = {
            (menu["action_model"], menu["action_id"]): menu["xmlid"]
            for key, menu in menus.items()
            if key != "root" and menu["action_id"] and not self._leads_away(menu)
        }
        return list(by_action.values())

    def _leads_away(self, menu):
        """Tell whether a menu opens another site."""
        if menu["action_model"] != "ir.actions.act_url":
            return False
        action = self.env["ir.actions.act_url"].browse(menu["action_id"])
        return action.url.startswith("https://")

    def _complaints(self, login, menus, prelude=""):
        """Open menus as a user; give what the browser complains of."""
        found = []
        while menus:
            complaint = self._first_complaint(login, menus, prelude)
            found += [complaint] if complaint else []
            place = re.match(r"\[([\w.]+)", complaint)
            menus = menus[menus.index(place[1]) + 1 :] if place else []
        return found

    def _first_complaint(self, login, menus, prelude):
        code = f"{prelude}\n{SCRIPT.read_text()}\nvoid openMenus({json.dumps(menus)});"
        try:
            self.browser_js(
                "/odoo",
                code,
                "odoo.isReady === true",
                login=login,
                timeout=600,
                success_signal="all menus opened",
            )
        except AssertionError as error:
            return str(error).rpartition('" failed\n\n')[2]
        return ""


@tagged("post_install", "-at_install")
class TestMenus(MenusCase):
    def _assert_all_open(self, login):
        user = self.env["res.users"].search([("login", "=", login)])
        user.tour_enabled = False
        menus = self._menus_of(login)
        self.assertGreater(len(menus), 10)
        if complaints := self._complaints(login, menus):
            self.fail("\n\n".join(complaints))

    def test_admin_opens_every_menu(self):
        self._assert_all_open("admin")

    def test_agent_opens_every_menu(self):
        self._assert_all_open("agent")

    def test_salesperson_opens_every_menu(self):
        self._assert_all_open("salesperson")

    def test_marketer_opens_every_menu(self):
        self._assert_all_open("marketer")


@tagged("post_install", "-at_install")
class TestBrokenMenus(MenusCase):
    """The test of the menus finds what it must find."""

    def _make_menu(self, name, action):
        action = f"{action._name},{action.id}"
        menu = self.env["ir.ui.menu"].create({"name": name, "action": action})
        data = {"module": "test", "name": name, "model": menu._name, "res_id": menu.id}
        self.env["ir.model.data"].create(data)
        return f"test.{name}"

    def _make_client_action(self, tag):
        return self.env["ir.actions.client"].create({"name": tag, "tag": tag})

    def _make_window(self, **vals):
        vals = {"name": "Test", "res_model": "res.partner", "view_mode": "list"} | vals
        return self.env["ir.actions.act_window"].create(vals)

    def _make_kanban(self, card):
        arch = f'<kanban><templates><t t-name="card">{card}</t></templates></kanban>'
        vals = {"model": "res.partner", "type": "kanban", "arch": arch}
        view = self.env["ir.ui.view"].create(vals)
        return self._make_window(view_mode="kanban", view_id=view.id)

    def test_every_menu_that_does_not_open_is_told(self):
        actions = {
            "fine": self._make_window(view_mode="list,kanban"),
            "blank": self._make_client_action("blank"),
            "crash": self._make_kanban('<t t-out="record.nope.value"/>'),
            "fine_too": self._make_kanban('<field name="name"/>'),
            "refused": self._make_window(domain="[('nope', '=', 1)]"),
        }
        menus = [self._make_menu(name, action) for name, action in actions.items()]
        blank, crash, refused = self._complaints("admin", menus, BLANK)
        self.assertEqual(blank, "[test.blank] white screen")
        self.assertRegex(crash, r"^\[test\.crash\] OwlError")
        self.assertIn("reading 'value'", crash)
        self.assertRegex(refused, r"^\[test\.refused\] .*res\.partner\.nope")
