import doctest

from odoo.tests import BaseCase, tagged

from ..tools import contact_hours, contact_plan


@tagged("post_install", "-at_install")
class TestContactTools(BaseCase):
    def test_the_examples_of_the_tools_hold(self):
        for module in (contact_hours, contact_plan):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3)
            self.assertEqual(result.failed, 0)
