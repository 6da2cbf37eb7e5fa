import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import contact_data


@tagged("post_install", "-at_install")
class TestContactData(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        result = doctest.testmod(contact_data)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_phones_that_are_none(self):
        for text in ("", "-", "no phone", "112", "+7", "12345678901234567890", "٠١٢"):
            self.assertIsNone(contact_data.clean_phone(text, "RU"), text)

    def test_one_number_in_many_formats(self):
        for text in (
            "8 (495) 123-45-67", "8-495-1234567", "+7 495 1234567", "007 495 123 45 67",
            "(495) 123 45 67", "84951234567",
        ):  # fmt: skip
            self.assertEqual(
                contact_data.clean_phone(text, "RU"), "+7 495 123-45-67", text
            )

    def test_names_of_any_script(self):
        self.assertEqual(
            contact_data.name_key("李 小龍 🐉"), contact_data.name_key("小龍 李")
        )
        self.assertEqual(contact_data.name_key("🐉"), "")
        self.assertTrue(contact_data.name_key("محمد"))
        self.assertEqual(len(contact_data.name_key("x" * 10_000)), 10_000)
