import doctest

from odoo.tests import BaseCase, tagged

from ..tools import serial, warranty


@tagged("post_install", "-at_install")
class TestOwnedTools(BaseCase):
    def test_the_examples_of_the_tools_hold(self):
        for module in (serial, warranty):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3)
            self.assertEqual(result.failed, 0)

    def test_a_text_of_20_mb_of_brackets_is_searched_at_once(self):
        self.assertEqual(serial.serial_keys("<" * 20_000_000), set())
