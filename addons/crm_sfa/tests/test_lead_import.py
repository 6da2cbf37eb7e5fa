import base64
import io
import tracemalloc
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import crm_lead_import, crm_lead_import_run
from ..tools import lead_sheet
from .leads_common import LeadsCase

HEAD = "Name;Company;E-mail;Phone\n"
ANNA = "Ute Kern;Kern Kaffee;ute@kern.example.com;030 901820\n"


@tagged("post_install", "-at_install")
class TestLeadImport(LeadsCase):
    # What becomes of good rows

    def test_row_becomes_a_lead_with_clean_phone_in_a_new_campaign(self):
        record = self._import(HEAD + ANNA, name="Fair in May.csv")
        lead = self._leads_of(record)
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Kern Kaffee – Ute Kern",
                    "contact_name": "Ute Kern",
                    "phone": "+49 30 901820",
                    "phone_sanitized": "+4930901820",
                    "email_normalized": "ute@kern.example.com",
                    "team_id": self.team.id,
                    "won_status": "pending",
                    "email_domain_criterion": "@kern.example.com",
                }
            ],
        )
        self.assertEqual(record.campaign_id.title, "Fair in May")
        self.assertEqual(record.campaign_id.crm_channel, "sheet")
        self.assertEqual((record.state, record.created_count), ("done", 1))
        self.assertEqual(lead.create_uid, self.manager)
        self.assertTrue(lead.stage_id)

    def test_lead_is_as_odoo_would_have_made_it(self):
        bulk = self._leads_of(self._import(HEAD + ANNA, is_assigned=False))
        vals = {
            name: bulk[name]
            for name in ("name", "contact_name", "partner_name", "email_from", "phone")
        }
        usual = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .create(
                vals
                | {
                    "user_id": False,
                    "team_id": self.team.id,
                    "campaign_id": bulk.campaign_id.id,
                    "type": bulk.type,
                    "company_id": bulk.company_id.id,
                }
            )
        )
        self.env.flush_all()
        # What follows later, and who had what other addons compute written.
        odds = {"probability", "automated_probability", "prorated_revenue", "write_uid"}
        for name, field in self.env["crm.lead"]._fields.items():
            if field.store and field.column_type and name not in {"id", *odds}:
                one, other = bulk[name], usual[name]
                if field.type == "datetime" and one:
                    one, other = bool(one), bool(other)
                self.assertEqual(one or False, other or False, name)

    def test_leads_are_assigned_with_a_reason(self):
        self.of_colleague.assignment_optout = True
        record = self._import(HEAD + ANNA)
        lead = self._leads_of(record)
        self.assertEqual(lead.user_id, self.seller)
        self.assertEqual(lead.assign_log_ids.kind, "import")
        self.assertIn("Sam Seller", record.row_ids.message)
        self.assertIn(self.seller.partner_id, lead.message_partner_ids)
        self.assertEqual(record.assigned_count, 1)

    def test_filter_of_a_seller_holds_in_an_import(self):
        self.of_seller.assignment_domain = "[('contact_name', '=', 'Ute Kern')]"
        self.of_colleague.assignment_weight = 0
        other = "Jan Ost;Ost;jan@ost.example.com;\n"
        record = self._import(HEAD + ANNA + other)
        self.assertEqual(self._leads_of(record).mapped("user_id.name"), ["Sam Seller"])
        self.assertEqual(record.assigned_count, 1)

    def test_leads_wait_where_they_are_not_to_be_assigned(self):
        record = self._import(HEAD + ANNA, is_assigned=False)
        self.assertFalse(self._leads_of(record).user_id)

    def test_row_without_room_says_so(self):
        self.members.assignment_max = 0
        record = self._import(HEAD + ANNA)
        self.assertFalse(self._leads_of(record).user_id)
        self.assertIn("as many open leads as allowed", record.row_ids.message)

    def test_all_columns_are_read(self):
        trade = self.env["res.partner.industry"].search([], limit=1)
        head = "Имя;Страна;Язык;Отрасль;Сумма;Срок;Индекс;Город;Примечание\n"
        row = f"Иван;Germany;en_US;{trade.name};1 234,50;31.03.2026;10115;Berlin;<b>x\n"
        lead = self._leads_of(self._import(head + row))
        self.assertRecordValues(
            lead,
            [
                {
                    "country_id": self.env.ref("base.de").id,
                    "industry_id": trade.id,
                    "expected_revenue": 1234.5,
                    "date_deadline": fields.Date.to_date("2026-03-31"),
                    "zip": "10115",
                    "city": "Berlin",
                }
            ],
        )
        self.assertEqual(lead.lang_id.code, "en_US")
        self.assertIn("&lt;b&gt;x", lead.description)

    def test_list_of_phones_alone_will_do(self):
        record = self._import("Телефон\n030 901820\n030 901821\n")
        self.assertEqual(record.created_count, 2)

    # Doubles

    def test_open_lead_is_not_made_twice(self):
        known = self._create_lead(email_from="ute@kern.example.com", partner_id=False)
        record = self._import(HEAD + ANNA)
        self.assertRecordValues(
            record.row_ids, [{"state": "double", "lead_id": known.id}]
        )
        self.assertFalse(self._leads_of(record))

    def test_open_lead_is_made_again_where_one_wants_it(self):
        self._create_lead(email_from="ute@kern.example.com", partner_id=False)
        record = self._import(HEAD + ANNA, on_double="keep")
        self.assertEqual(record.created_count, 1)

    def test_second_row_of_one_person_names_the_first(self):
        again = "Kern, Ute;;;+49 30 90 18 20\n"
        record = self._import(HEAD + ANNA + again)
        self.assertEqual(record.row_ids.mapped("state"), ["created", "double"])
        self.assertIn("row 2", record.row_ids[1].message)
        self.assertEqual(*record.row_ids.mapped("lead_id.id") * 2)

    def test_known_contact_is_linked(self):
        row = "Anna Berg;Nordlicht;anna.berg@nordlicht.example.com;\n"
        record = self._import(HEAD + row)
        self.assertRecordValues(
            record.row_ids, [{"state": "linked", "partner_id": self.anna.id}]
        )
        self.assertEqual(self._leads_of(record).partner_id, self.anna)
        self.assertEqual(self.anna.email, "anna.berg@nordlicht.example.com")

    # Files as people make them

    def test_separators_and_encodings_are_recognised(self):
        rows = [
            ["Имя", "Компания", "Почта"],
            ["Пётр", "Ткань, нить", "p@t.example.com"],
        ]
        for separator, encoding in (
            (";", "cp1251"),
            ("\t", "utf-8-sig"),
            ("|", "utf-8"),
            (",", "utf-16"),
        ):
            lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]
            data = "\r\n".join(lines).encode(encoding)
            record = self._create_import(data)
            self.assertEqual(
                self._targets(record), ["contact_name", "partner_name", "email_from"]
            )
            self.assertIn("Пётр", record.column_ids[0].sample)

    def test_spanish_letters_of_windows_are_read(self):
        record = self._import(
            "Nombre;Teléfono\nJosé Núñez;030 901820\n".encode("cp1252")
        )
        self.assertEqual(self._leads_of(record).contact_name, "José Núñez")

    def test_encoding_can_be_corrected(self):
        record = self._create_import("Name;X\nЯ;1\n".encode("cp1251"))
        record.encoding = "cp1251"
        self.assertEqual(record.column_ids[0].sample, "Я")

    def test_two_headers_and_merged_titles(self):
        data = self._xlsx(
            [
                ["Fair in Berlin 2026"],
                ["Contact", None, "Company"],
                ["Name", "Phone", "Company", "City"],
                ["Ute Kern", "030 901820", "Kern", "Berlin"],
                ["Name", "Phone", "Company", "City"],
                ["Jan Ost", "030 901821", "Ost", "Bonn"],
            ],
            merge=["A1:D1", "A2:B2"],
        )
        record = self._import(data, name="fair.xlsx")
        self.assertEqual(record.header_row, 3)
        # The headers that stand there once more are no lead.
        self.assertEqual(
            self._leads_of(record).mapped("contact_name"), ["Ute Kern", "Jan Ost"]
        )

    def test_cell_merged_over_rows_holds_for_each(self):
        data = self._xlsx(
            [
                ["Company", "Name", "Phone"],
                ["Kern", "Ute", "030 901820"],
                [None, "Jan", "030 901821"],
                ["Ost", "Ida", "030 901822"],
            ],
            merge=["A2:A3"],
        )
        record = self._import(data, name="m.xlsx")
        self.assertEqual(
            self._leads_of(record).mapped("partner_name"), ["Kern", "Kern", "Ost"]
        )

    def test_wrong_columns_are_asked_for(self):
        record = self._create_import("A;B\n1;2\n")
        self.assertEqual(self._targets(record), [False, False])
        with self.assertRaisesRegex(UserError, "which column"):
            record.action_start()
        record.column_ids[0].target = "contact_name"
        record.action_start()
        self.assertEqual(record.state, "done")

    def test_two_columns_for_one_thing_are_refused(self):
        record = self._create_import("Name;Other\nA;B\n")
        record.column_ids.target = "contact_name"
        with self.assertRaisesRegex(UserError, "Name, Other"):
            record.action_start()

    def test_row_with_more_cells_than_columns_is_bad(self):
        record = self._import("Name;Phone\nUte;030 901820;and;more\n")
        self.assertIn("more cells", record.row_ids.message)

    def test_formula_as_text_is_bad_and_as_a_value_is_read(self):
        data = self._xlsx(
            [["Name", "Phone"], ['=HYPERLINK("http://x";"Ute")', "030 901820"]]
        )
        record = self._import(data, name="f.xlsx")
        # Its value was never reckoned, so there is only a phone.
        self.assertEqual(record.row_ids.state, "created")
        record = self._import('Name;Phone\n"=A1&B1";030 901829\n')
        self.assertIn("is a formula", record.row_ids.message)
        record = self._import('Name;Phone\n="Jan";"=""030 901828"""\n')
        self.assertEqual(self._leads_of(record).phone, "+49 30 901828")

    def test_error_of_the_spreadsheet_is_bad(self):
        record = self._import("Name;Phone\n#REF!;030 901820\n")
        self.assertIn("error of the spreadsheet", record.row_ids.message)

    def test_dates_in_three_formats_and_none(self):
        rows = "A;2026-03-31\nB;31.03.2026\nC;31/03/2026\nD;30.02.2026\nE;46112\n"
        record = self._import("Name;Fecha\n" + rows)
        days = set(self._leads_of(record).mapped("date_deadline"))
        self.assertEqual(days, {fields.Date.to_date("2026-03-31")})
        self.assertIn("30.02.2026” is no date", record.row_ids[3].message)

    def test_month_before_day_is_noticed(self):
        record = self._import("Name;Date\nA;03/04/2026\nB;03/31/2026\n")
        self.assertEqual(
            self._leads_of(record)[0].date_deadline, fields.Date.to_date("2026-03-04")
        )

    def test_unknown_country_is_told_and_the_lead_is_made(self):
        record = self._import("Name;Country\nUte;Atlantis\n")
        self.assertEqual(record.created_count, 1)
        self.assertIn("“Atlantis” is unknown", record.row_ids.message)

    def test_old_excel_broken_empty_and_unclosed_files_are_told(self):
        for data, text in (
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "old Excel"),
            (b"PK\x03\x04 nonsense", "damaged"),
            (b" \n;\n", "empty"),
        ):
            record = self._create_import(data)
            self.assertIn(text, record.problem)
            with self.assertRaisesRegex(UserError, text):
                record.action_start()

    def test_unclosed_quote_stops_with_the_row(self):
        rows = "".join(f"Ute {i};{i}\n" for i in range(60))
        record = self._create_import("Name;Note\n" + rows + 'Jan;"' + "x" * 140_000)
        record.action_start()
        self.assertEqual(record.state, "failed")
        self.assertIn("row 62", record.problem)

    def test_archive_that_swells_is_refused(self):
        data = self._xlsx([["Name"], ["Ute"]])
        with patch.object(lead_sheet, "MOST_UNPACKED", 10):
            self.assertIn("too large", self._create_import(data).problem)

    # Bad rows, and the second try

    def test_bad_rows_come_back_as_a_file_that_can_be_mended(self):
        bad = "=1+1;Ost;jan@ost.example.com;\nIda;West;ida@@west;\nEva;Süd;;+49 1\n"
        record = self._import(HEAD + ANNA + bad)
        self.assertEqual((record.created_count, record.bad_count), (1, 3))
        data = base64.b64decode(record.bad_file)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(
            rows[0], ("Name", "Company", "E-mail", "Phone", "What is wrong")
        )
        self.assertEqual(rows[1][0], "'=1+1")  # no formula when it is opened
        self.assertEqual(rows[3][3], "'+49 1")
        self.assertIn("“ida@@west” is no mail address", rows[2][4])
        again = self._create_import(data, name="again.xlsx")
        self.assertEqual(self._targets(again)[:2], ["contact_name", "partner_name"])
        again.action_start()
        self.assertEqual(again.bad_count, 3)

    @mute_logger("odoo.sql_db")
    def test_row_that_the_database_refuses_does_not_take_others_along(self):
        create, refusal = type(self.env["crm.lead"])._create_bulk, "Evil is refused."

        def refuse(leads, vals_list):
            if any(vals.get("contact_name") == "Evil" for vals in vals_list):
                raise UserError(refusal)
            return create(leads, vals_list)

        rows = "".join(f"P{i};;p{i}@x{i}.example.com;\n" for i in range(20))
        with patch.object(type(self.env["crm.lead"]), "_create_bulk", refuse):
            record = self._import(HEAD + rows + "Evil;;evil@x.example.com;\n")
        self.assertEqual((record.created_count, record.bad_count), (20, 1))
        self.assertIn("Evil is refused", record.row_ids[-1].message)
        logged = self.env["crm.lead.assign.log"].search_count(
            [("lead_id", "in", self._leads_of(record).ids)]
        )
        self.assertEqual(logged, 20)

    # Long files: by the job, in parts

    def _long(self, count, bad_every=20, **vals):
        rows = "".join(
            f"P{i};F{i};p{i}@f{i}.example.com;"
            + ("nonsense\n" if i % bad_every == 0 else f"030 {900000 + i}\n")
            for i in range(count)
        )
        return self._create_import(HEAD + rows, **vals)

    def _run_cron(self):
        cron = self.env.ref("crm_sfa.crm_lead_import_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_long_file_is_done_by_the_job(self):
        record = self._long(400)
        record.action_start()
        self.assertEqual((record.state, record.created_count), ("running", 0))
        with patch.object(crm_lead_import_run, "BATCH", 150):
            self._run_cron()
        self.assertRecordValues(
            record,
            [{"state": "done", "created_count": 380, "bad_count": 20, "progress": 100}],
        )
        self._run_cron()  # once more does nothing
        self.assertEqual(len(self._leads_of(record)), 380)

    def test_stopped_import_goes_on_where_it_was(self):
        record = self._long(90)
        with patch.object(crm_lead_import, "AT_ONCE", 10):
            record.action_start()
        with patch.object(crm_lead_import_run, "BATCH", 30):
            # The time is over after the first part.
            self.assertFalse(record._as_importer()._work(lambda done: 0))
            self.assertEqual(len(self._leads_of(record)), 28)
            record.action_stop()
            self._run_cron()
            self.assertEqual(record.done_row, 31)
            record.action_resume()
            self._run_cron()
        self.assertEqual(record.state, "done")
        self.assertEqual(len(self._leads_of(record)), 85)
        numbers = record.row_ids.mapped("number")
        self.assertEqual(numbers, list(range(2, 92)))

    def test_running_import_is_not_deleted(self):
        record = self._create_import(HEAD + ANNA)
        record.state = "running"
        with self.assertRaisesRegex(UserError, "Stop it first"):
            record.unlink()

    def test_import_of_somebody_who_lost_the_right_fails_and_says_so(self):
        record = self._long(20)
        record.state = "running"
        self.manager.group_ids = self.env.ref("base.group_user")
        with mute_logger("odoo.addons.base.models.ir_rule"):
            self._run_cron()
        self.assertEqual(record.sudo().state, "failed")
        self.assertIn("not allowed", record.sudo().problem)

    def test_queries_do_not_grow_with_the_rows(self):
        def queries(count, start):
            rows = "".join(
                f"Q{i};G{i};q{i}@g{i}.example.com;030 {700000 + i}\n"
                for i in range(start, start + count)
            )
            record = self._create_import(HEAD + rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_start()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(10, 0)
        few, many = queries(20, 100), queries(280, 1000)
        self.assertLessEqual(many, few + 15)

    def test_reading_keeps_one_row_in_memory(self):
        data = ("Name;Phone\n" + "Ute Kern;030 901820\n" * 100_000).encode()
        for _line in lead_sheet.read(data[:5000]):
            pass
        tracemalloc.start()
        count = sum(1 for _line in lead_sheet.read(data, "utf-8", ";"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(count, 100_001)
        # The bytes are wrapped; the rows are not kept.
        self.assertLess(peak, len(data) + 2_000_000)

    def test_files_go_after_a_month(self):
        record = self._import(HEAD + "=1;;;\n" + ANNA)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead_import SET write_date = now() - interval '40 days'"
            " WHERE id = %s",
            [record.id],
        )
        record.invalidate_recordset()
        self.env["crm.lead.import"]._gc_files()
        self.assertFalse(record.file or record.bad_file or record.row_ids[0].cells)
        self.assertEqual(len(record.row_ids), 2)
