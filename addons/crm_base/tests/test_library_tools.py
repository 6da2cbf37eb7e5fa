import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import file_name, rate_limit, web_link


@tagged("post_install", "-at_install")
class TestLibraryTools(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in ((file_name, 9), (rate_limit, 5), (web_link, 6)):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)
