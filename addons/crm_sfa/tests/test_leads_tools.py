import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import inquiry_form, lead_assign, lead_row, lead_sheet


@tagged("post_install", "-at_install")
class TestLeadsTools(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in (
            (inquiry_form, 2),
            (lead_assign, 18),
            (lead_row, 5),
            (lead_sheet, 24),
        ):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)
