from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .library import PDF, LibraryCase, b64

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


@tagged("post_install", "-at_install")
class TestMaterial(LibraryCase):
    # Status

    def test_user_drafts_and_manager_approves(self):
        material = (
            self.env["crm.material"]
            .with_user(self.user)
            .create({"name": "Prices", "file": b64(PDF), "file_name": "p.pdf"})
        )
        material.action_submit()
        with self.assertRaises(AccessError):
            material.action_approve()
        material.with_user(self.manager).action_approve()
        self.assertRecordValues(
            material.sudo(),
            [{"state": "approved", "approved_by_id": self.manager.id}],
        )

    def test_nobody_approves_by_creating_or_writing(self):
        material = (
            self.env["crm.material"]
            .with_user(self.user)
            .with_context(default_state="approved")
            .create(
                {
                    "name": "Prices",
                    "url": "https://example.com",
                    "state": "approved",
                    "approved_by_id": self.manager.id,
                }
            )
        )
        self.assertRecordValues(material, [{"state": "draft", "approved_by_id": False}])
        with self.assertRaises(AccessError):
            material.state = "approved"
        material.write({"approved_by_id": self.manager.id})
        self.assertFalse(material.approved_by_id)

    def test_only_steps_that_there_are_can_be_taken(self):
        material = self._material("draft").with_user(self.manager)
        with self.assertRaises(UserError):
            material.action_retire()
        material.action_approve()
        with self.assertRaises(UserError):
            material.action_submit()

    def test_approved_content_stays_and_a_new_version_is_a_draft(self):
        old = self._material()
        for vals in ({"file": b64(b"x")}, {"audience": "internal"}, {"lang_id": 1}):
            with self.assertRaises(UserError):
                old.with_user(self.manager).write(vals)
        action = old.with_user(self.colleague).action_new_version()
        new = self.env["crm.material"].browse(action["res_id"])
        self.assertRecordValues(
            new,
            [
                {
                    "name": "Brochure",
                    "state": "draft",
                    "version": 2,
                    "sha256": old.sha256,
                    "user_id": self.colleague.id,
                }
            ],
        )
        self.assertEqual(old.state, "approved")
        new.with_user(self.manager).action_approve()
        self.assertEqual(old.state, "retired")

    def test_two_people_do_not_prepare_the_next_version(self):
        old = self._material()
        old.action_new_version()
        with self.assertRaises(UserError):
            old.with_user(self.colleague).action_new_version()

    def test_file_of_a_material_is_not_replaced_from_outside(self):
        attachment = self._attachment(self._material())
        for user in (self.user, self.manager):
            with self.assertRaises(UserError):
                attachment.with_user(user).raw = b"other"

    def test_material_has_either_a_file_or_a_link(self):
        with self.assertRaises(ValidationError):
            self._material(content=None)
        with self.assertRaises(ValidationError):
            self._material(url="https://example.com", file=b64(PDF))

    def test_only_addresses_on_the_web_are_links(self):
        for url in (
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
            "//evil.example",
            "https://bank.example@evil.example/",
            "https:\\\\evil.example",
            "/web/login",
            " https://example.com",
        ):
            with self.subTest(url), self.assertRaises(ValidationError):
                self._material(url=url)

    def test_very_long_name_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "10000"):
            self._material(name="x" * 10_000)

    def test_name_with_markup_and_emoji_is_kept_as_text(self):
        self.assertEqual(
            self._material(name="<b>Каталог</b> 🎉").name, "<b>Каталог</b> 🎉"
        )

    # Rights

    def test_users_read_what_was_approved_and_their_own(self):
        draft, approved = self._material("draft"), self._material()
        self.assertTrue(draft.name)
        self.assertTrue(approved.with_user(self.colleague).name)
        with self.assertRaises(AccessError):
            draft.with_user(self.colleague).read(["name"])
        self.assertTrue(draft.with_user(self.manager).name)

    def test_users_change_and_delete_their_own_drafts_only(self):
        draft, approved = self._material("draft"), self._material()
        with self.assertRaises(AccessError):
            approved.description = "x"
        with self.assertRaises(AccessError):
            approved.unlink()
        with self.assertRaises(AccessError):
            draft.with_user(self.colleague).description = "x"
        draft.description = "x"
        draft.unlink()
        approved.with_user(self.manager).unlink()

    def test_others_see_nothing(self):
        material = self._material()
        send = self._send(material, self.anna)
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for record in (material, send, self._attachment(material)):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).read(["create_date"])
            with self.assertRaises(AccessError):
                self.env["crm.material.send.wizard"].with_user(user).create({})

    def test_material_of_another_company_is_not_there(self):
        material = self._material(company_id=self.company_2.id)
        self.assertFalse(material.search([("id", "=", material.id)]))
        with self.assertRaises(AccessError):
            material.read(["name"])

    def test_users_read_what_was_sent_and_change_nothing(self):
        send = self._send(self._material(), self.anna).with_user(self.user)
        self.assertEqual(send.with_user(self.colleague).subject, "Brochure")
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                send.with_user(user).opened_count = 5
            with self.assertRaises(AccessError):
                send.with_user(user).copy()
            with self.assertRaises(AccessError):
                send.with_user(user).read(["token"])
        with self.assertRaises(AccessError):
            send.unlink()
        send.with_user(self.manager).unlink()

    def test_what_another_company_sent_is_not_there(self):
        send = self._send(self._material(), self.anna)
        send.company_id = self.company_2
        send.flush_recordset()
        with self.assertRaises(AccessError):
            send.with_user(self.user).read(["subject"])

    # Sending

    def test_each_receiver_gets_links_of_ones_own(self):
        materials = self._material() + self._material(name="Video", url="https://e.com")
        sends = self._send(materials, self.anna + self.jonas)
        self.assertEqual(len(set(sends.mapped("token"))), 4)
        for partner in (self.anna, self.jonas):
            mail = self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])
            self.assertEqual(len(mail), 1)
            for send in sends:
                theirs = send.partner_id == partner
                self.assertEqual(send._link() in mail.body_html, theirs)
            self.assertEqual(mail.recipient_ids, partner)

    def test_it_is_noted_who_sent_what(self):
        send = self._send(self._material(), self.anna)
        self.assertRecordValues(
            send,
            [
                {
                    "partner_id": self.anna.id,
                    "user_id": self.user.id,
                    "subject": "Brochure",
                    "version": 1,
                    "opened_count": 0,
                    "company_id": self.env.company.id,
                }
            ],
        )

    def test_name_of_a_material_is_text_in_the_mail(self):
        send = self._send(
            self._material(name="<img src=x onerror=alert(1)>"), self.anna
        )
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.anna.ids)])
        self.assertIn(send._link(), mail.body_html)
        self.assertNotIn("<img src=x", mail.body_html)

    def test_only_what_is_ready_for_customers_is_sent(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        for vals in (
            {"state": "draft"},
            {"state": "to_approve"},
            {"state": "retired"},
            {"audience": "internal"},
            {"expiry_date": yesterday},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "Take out"):
                self._send(self._material(**vals), self.anna)

    def test_receiver_needs_an_address(self):
        self.jonas.email = False
        with self.assertRaisesRegex(UserError, "Jonas Weber has no valid"):
            self._send(self._material(), self.anna + self.jonas)
        self.assertFalse(self.env["crm.material.send"].search([]))

    def test_receiver_on_the_black_list_is_refused(self):
        self.env["mail.blacklist"]._add(self.anna.email)
        with self.assertRaisesRegex(UserError, "may not get mails"):
            self._send(self._material(), self.anna)

    def test_sender_and_managers_revoke_a_link(self):
        for user in (self.user, self.manager):
            send = self._send(self._material(), self.anna)
            send.with_user(user).action_revoke()
            self.assertTrue(send.date_revoked)
        send = self._send(self._material(), self.anna)
        for user in (self.colleague, self.outsider):
            with self.assertRaises(AccessError):
                send.with_user(user).action_revoke()
        self.assertFalse(send.date_revoked)

    def test_token_is_for_nobody_to_read(self):
        send = self._send(self._material(), self.anna)
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                send.with_user(user).read(["token"])
            with self.assertRaises(AccessError):
                send.with_user(user).search([("token", "=like", "a%")])

    def test_crowd_is_refused(self):
        crowd = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@x.example.com"} for n in range(51)]
        )
        with self.assertRaisesRegex(UserError, "51 receivers"):
            self._send(self._material(), crowd)

    def test_nobody_sends_what_one_may_not_read(self):
        material = self._material(company_id=self.company_2.id)
        with self.assertRaises(AccessError):
            self._send(material, self.anna)

    def test_materials_are_offered_in_the_language_of_the_customer(self):
        spanish = self.env["res.lang"]._activate_lang("es_ES")
        mexican = (
            self.env["res.lang"]
            .with_context(active_test=False)
            .search([("code", "=", "es_MX")])
        )
        german = self.env["res.lang"]._activate_lang("de_DE")
        self.anna.lang = "es_ES"
        wizard = Form(
            self.env["crm.material.send.wizard"]
            .with_user(self.user)
            .with_context(active_model="res.partner", active_ids=self.anna.ids)
        )
        languages = wizard.lang_ids[:]
        self.assertLessEqual({spanish.id, mexican.id}, set(languages.ids))
        self.assertNotIn(german, languages)
        wizard.all_languages = True
        self.assertIn(german.id, wizard.lang_ids[:].ids)

    def test_window_opens_on_the_customer_and_on_the_material(self):
        material = self._material()
        for action, field, expected in (
            (
                self.anna.with_user(self.user).action_send_material(),
                "partner_ids",
                self.anna,
            ),
            (material.action_send(), "material_ids", material),
        ):
            wizard = self.env[action["res_model"]].with_user(self.user)
            values = wizard.with_context(**action["context"]).default_get([field])
            self.assertEqual(values[field], [(6, 0, expected.ids)])

    def test_counts_stand_on_material_and_card(self):
        material = self._material()
        first, _second = self._send(material, self.anna + self.jonas)
        first._record_opening()
        self.env.flush_all()
        self.assertRecordValues(material, [{"sent_count": 2, "opened_count": 1}])
        part = next(
            part
            for part in self.customer.with_user(self.user).crm_card()["parts"]
            if part["key"] == "materials"
        )
        self.assertEqual(part["value"], "1 / 2")

    def test_sent_material_is_not_deleted(self):
        material = self._material()
        self._send(material, self.anna)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "crm_material_send"),
            self.env.cr.savepoint(),
        ):
            material.with_user(self.manager).unlink()


@tagged("post_install", "-at_install")
class TestMaterialRoute(LibraryCase, HttpCase):
    def _open(self, send, headers=None, **kwargs):
        response = self.url_open(
            f"/crm/material/{send.token}",
            headers=BROWSER | (headers or {}),
            allow_redirects=False,
            **kwargs,
        )
        send.invalidate_recordset()
        return response

    def _sent(self, **vals):
        return self._send(self._material(**vals), self.anna)

    def test_link_shows_the_file_and_counts(self):
        send = self._sent()
        now = fields.Datetime.now()
        for times in (1, 2):
            with freeze_time(now + timedelta(minutes=2 * times)):
                response = self._open(send)
            self.assertEqual((response.status_code, response.content), (200, PDF))
            self.assertEqual(send.opened_count, times)
        self.assertLessEqual(send.date_first_opened, send.date_last_opened)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("brochure.pdf", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_reader_gets_no_cookie_and_no_cache_keeps_the_page(self):
        for address in (self._sent().token, "x" * 32):
            response = self.opener.get(
                f"{self.base_url()}/crm/material/{address}",
                headers=BROWSER,
                cookies={},
            )
            self.assertNotIn("Set-Cookie", response.headers)
            self.assertIn("private", response.headers["Cache-Control"])
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_reload_is_no_second_opening(self):
        send = self._sent()
        for _times in range(3):
            self.assertEqual(self._open(send).status_code, 200)
        self.assertEqual(send.opened_count, 1)

    def test_read_in_pieces_is_one_opening(self):
        send = self._sent()
        for part, size in (("bytes=0-9", 10), ("bytes=10-19", 10)):
            response = self._open(send, {"Range": part})
            self.assertEqual((response.status_code, len(response.content)), (206, size))
        response = self._open(send, {"Range": "bytes=999999-"})
        self.assertIn(response.status_code, (200, 416))
        self.assertEqual(send.opened_count, 1)

    def test_revoked_link_opens_nothing(self):
        send, other = self._sent(), self._sent()
        send.with_user(self.user).action_revoke()
        response = self._open(send)
        self.assertEqual(response.status_code, 410)
        self.assertNotIn(PDF, response.content)
        self.assertEqual(send.opened_count, 0)
        self.assertEqual(self._open(other).status_code, 200)

    def test_token_is_taken_as_it_is_or_not_at_all(self):
        token = self._sent().token
        for address in (
            token.swapcase(),
            f"{token}%0A",
            f"%20{token}",
            f"{token}%00",
            token[:-1],
            f"{token}x",
            token[:-1] + "%25",
            token[:-1] + "_" if token[-1] != "_" else token[:-1] + "-",
        ):
            response = self.url_open(f"/crm/material/{address}", headers=BROWSER)
            self.assertEqual(response.status_code, 404, address)
            self.assertNotIn(PDF, response.content)

    def test_drawing_with_scripts_is_saved_and_not_shown(self):
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
        for name in ("drawing.svg", "drawing.png", "drawing.pdf", "drawing.html"):
            response = self._open(self._sent(content=drawing, file_name=name))
            kind = response.headers["Content-Type"]
            self.assertIn("attachment", response.headers["Content-Disposition"], name)
            self.assertNotIn("svg", kind)
            self.assertNotIn("html", kind)
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_page_with_scripts_is_saved_and_not_shown(self):
        response = self._open(self._sent(content=HTML, file_name="x.html"))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertNotIn("html", response.headers["Content-Type"])
        self.assertIn("default-src", response.headers["Content-Security-Policy"])

    def test_link_to_the_web_goes_where_it_was_stored(self):
        send = self._sent(url="https://video.example.com/1?a=b")
        response = self.url_open(
            f"/crm/material/{send.token}?url=https://evil.example&next=//evil.example",
            headers=BROWSER,
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 302)
        self.assertEqual(
            response.headers["Location"], "https://video.example.com/1?a=b"
        )
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        send.invalidate_recordset()
        self.assertEqual(send.opened_count, 1)

    def test_address_that_came_past_the_checks_is_not_followed(self):
        send = self._sent(url="https://video.example.com")
        self.env.cr.execute(
            "UPDATE crm_material SET url = 'javascript:alert(1)' WHERE id = %s",
            [send.material_id.id],
        )
        send.material_id.invalidate_recordset()
        self.assertEqual(self._open(send).status_code, 410)

    def test_wrong_token_gives_a_page_for_people(self):
        self._sent()
        for token in ("x", "x" * 32, "x" * 5000, "%00", "..%2F..%2Fx", "'; DROP", "🎉"):
            response = self.url_open(f"/crm/material/{token}", headers=BROWSER)
            self.assertEqual(response.status_code, 404, token)
            self.assertNotIn("Traceback", response.text)
        response = self.url_open(f"/crm/material/{'x' * 32}", headers=BROWSER)
        self.assertIn("leads nowhere", response.text)

    def test_what_is_no_longer_offered_gives_a_page_for_people(self):
        expired = self._sent(expiry_date=fields.Date.today())
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            response = self._open(expired)
        self.assertEqual(response.status_code, 410)
        self.assertIn("no longer up to date", response.text)
        retired = self._sent()
        retired.material_id.with_user(self.manager).action_retire()
        response = self._open(retired)
        self.assertEqual(response.status_code, 410)
        self.assertEqual(retired.opened_count, 0)

    def test_lost_file_gives_a_page_for_people(self):
        send = self._sent(content=b"will be lost")
        attachment = self._attachment(send.material_id)
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s",
            [attachment.id],
        )
        attachment.invalidate_recordset()
        self.assertEqual(self._open(send).status_code, 410)

    def test_other_methods_are_refused(self):
        send = self._sent()
        with mute_logger("odoo.http"):
            response = self._open(send, data={"a": "b"})
        self.assertEqual(response.status_code, 405)
        self.assertEqual(send.opened_count, 0)

    def test_machines_are_not_counted(self):
        send = self._sent()
        for headers in (
            {"User-Agent": "Googlebot/2.1"},
            {"User-Agent": "curl/8.0"},
            {"User-Agent": ""},
            {"Sec-Purpose": "prefetch;prerender"},
            {"Range": "bytes=10-20"},
        ):
            response = self._open(send, headers)
            self.assertIn(response.status_code, (200, 206), headers)
            self.assertEqual(send.opened_count, 0, headers)

    def test_looking_at_the_head_is_not_counted(self):
        send = self._sent()
        response = self.opener.head(
            f"{self.base_url()}/crm/material/{send.token}", headers=BROWSER
        )
        send.invalidate_recordset()
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertEqual(send.opened_count, 0)

    def test_colleague_who_tries_the_link_is_not_counted(self):
        send = self._sent()
        self.user.password = "crm_user"
        self.authenticate("crm_user", "crm_user")
        self.assertEqual(self._open(send).status_code, 200)
        self.assertEqual(send.opened_count, 0)

    def test_link_opens_one_material_and_nothing_else(self):
        send = self._sent()
        attachment = self._attachment(send.material_id)
        file = f"/web/content/crm.material/{send.material_id.id}/file"
        for path in (
            f"/web/content/{attachment.id}",
            file,
            f"{file}?access_token={send.token}",
        ):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    def test_document_is_not_served_to_strangers_nor_as_a_page(self):
        document = self._document(content=HTML)
        path = f"/web/content/crm.document/{document.id}/file"
        self.assertEqual(self.url_open(path).status_code, 404)
        self.user.password = "crm_user"
        self.authenticate("crm_user", "crm_user")
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("html", response.headers["Content-Type"])
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
