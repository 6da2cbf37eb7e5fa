import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import file_name, web_link


@tagged("post_install", "-at_install")
class TestLibraryTools(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in ((file_name, 9), (web_link, 6)):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)
