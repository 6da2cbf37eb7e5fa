from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import AnalyticsCase


class BoardTourCase(HttpCase, AnalyticsCase):
    """Two customers ordered last year, one of them this year too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        year = cls.values._today(cls.company).year
        cls._create_order(cls.olivar, f"{year - 1}-03-01", 300)
        cls._create_order(cls.talisman, f"{year - 1}-04-01", 200)
        cls._create_order(cls.talisman, f"{year}-01-01", 100)
        cls.olivar.territory_id = cls.env["crm.territory"].create({"name": "North"})
        cls.company._make_months()
        cls.manager.write(
            {
                "password": cls.manager.login,
                "group_ids": [
                    Command.link(cls.env.ref("sales_team.group_sale_manager").id)
                ],
            }
        )

    def _tour(self):
        self.start_tour(
            "/odoo/management-board", "crm_analytics_board", login=self.manager.login
        )


@tagged("post_install", "-at_install")
class TestBoardTour(BoardTourCase):
    def test_a_manager_limits_the_board_drills_and_comes_back(self):
        self._tour()


@tagged("post_install", "-at_install")
class TestBoardTourPhone(BoardTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_manager_does_the_same_on_a_phone(self):
        self._tour()
