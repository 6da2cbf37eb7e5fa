from odoo.tests import tagged

from .common import CrmCase

HEADER = "Company or person;Mail;Telephone;Country;City\n"
FIELDS = ["name", "email", "phone", "country_id", "city"]
GOOD = [
    (
        "ООО Талисман;OFFICE@Talisman.Example.COM;8 (495) 123-45-67;"
        "Russian Federation;Москва"
    ),
    "Café Müller;;030 / 90 18 20;Germany;Berlin",
    "Olivar del Sur S.L.; hola@olivar.example.com ;+34954123456;;",
    "Lucía Fernández;lucia@olivar.example.com;0034 954 12 34 57;Spain;Sevilla",
]


@tagged("post_install", "-at_install")
class TestImport(CrmCase):
    def _import(self, rows):
        """Import a spreadsheet as the web client does."""
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": (HEADER + "\n".join(rows)).encode("utf-8-sig"),
                "file_type": "text/csv",
                "file_name": "customers.csv",
            }
        )
        options = {
            "has_headers": True,
            "separator": ";",
            "quoting": '"',
            "encoding": "utf-8-sig",
        }
        before = self.env["res.partner"].search_count([])
        result = wizard.execute_import(FIELDS, FIELDS, options)
        self.added = self.env["res.partner"].search_count([]) - before
        return result

    def _reasons(self, result):
        return [
            (problem["record"], problem["message"]) for problem in result["messages"]
        ]

    def test_mixed_formats_come_in_clean(self):
        result = self._import(GOOD)
        self.assertFalse(result["messages"])
        self.assertRecordValues(
            self.env["res.partner"].browse(result["ids"]),
            [
                {"email": "office@talisman.example.com", "phone": "+7 495 123-45-67"},
                {"email": False, "phone": "+49 30 901820"},
                {"email": "hola@olivar.example.com", "phone": "+34 954 12 34 56"},
                {"email": "lucia@olivar.example.com", "phone": "+34 954 12 34 57"},
            ],
        )

    def test_bad_rows_are_named_and_nothing_comes_in(self):
        bad = [
            *GOOD,
            "Two At Signs;anna@@example.com;;Germany;Berlin",
            ";nameless@example.com;;;",
            "No Phone;;call the office;Germany;",
        ]
        reasons = self._reasons(self._import(bad))
        self.assertEqual([row for row, _reason in reasons], [6, 7, 8])
        self.assertIn("anna@@example.com", reasons[0][1])
        self.assertIn("name", reasons[1][1])
        self.assertIn("call the office", reasons[2][1])
        self.assertFalse(self.added)

    def test_double_in_the_file_names_the_first_row(self):
        double = ["OLIVAR DEL SUR s.l.;Hola@Olivar.example.com;;;"]
        reasons = self._reasons(self._import(GOOD + double))
        self.assertEqual([row for row, _reason in reasons], [6])
        self.assertIn("row 4", reasons[0][1])
        self.assertFalse(self.added)

    def test_double_of_a_known_contact_names_it(self):
        reasons = self._reasons(self._import(["Berg Anna;ANNA@n.example.com;;;"]))
        self.assertEqual(len(reasons), 1)
        self.assertIn("Anna Berg", reasons[0][1])

    def test_same_mail_but_another_person_is_no_double(self):
        result = self._import(["Otto Neu;anna@n.example.com;;;"])
        self.assertFalse(result["messages"])
        self.assertEqual(self.added, 1)

    def test_other_ways_in_are_left_alone(self):
        partner = self.env["res.partner"].create(
            {"name": "By hand", "phone": "ask Anna"}
        )
        self.assertEqual(partner.phone, "ask Anna")
        loaded = self.env["res.partner"].load(
            ["name", "phone"], [["By load", "ask Anna"]]
        )
        self.assertTrue(loaded["ids"])
