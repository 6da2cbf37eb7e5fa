import base64
import doctest
import io
import zipfile
from email.message import EmailMessage

from odoo.tests import tagged

from ..tools import incoming_mail, ticket_form
from .mail_common import MailCase

MEGABYTE = 1024 * 1024


@tagged("post_install", "-at_install")
class TestMailBroken(MailCase):
    """Whatever comes in: a ticket is made, nothing is lost, nothing runs."""

    def _raw(self, body, content_type="text/plain; charset=utf-8", **headers):
        """Make the bytes of a mail by hand, for what no library would make."""
        type(self).mail_count += 1
        lines = {
            "From": f"Anna Berg <{self.anna_mail}>",
            "To": "support@suite.example.com",
            "Subject": "Grinder stops",
            "Message-ID": f"<raw{self.mail_count}@outside.example.com>",
            "MIME-Version": "1.0",
            "Content-Type": content_type,
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        body = body if isinstance(body, bytes) else body.encode()
        return head.encode("utf-8", "surrogateescape") + b"\r\n" + body

    def _assert_ticket(self, mail, text=None):
        ticket = self._receive(mail)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.partner_id, self.anna)
        if text:
            self.assertIn(text, ticket.description)
        return ticket

    def _with_file(self, name, content, maintype="application", subtype="octet-stream"):
        mail = self._mail()
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
        ticket = self._assert_ticket(mail, "It stops.")
        return ticket.message_ids.attachment_ids

    def test_the_examples_of_the_tools_hold(self):
        for module in (incoming_mail, ticket_form):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3)
            self.assertEqual(result.failed, 0)

    # Broken

    def test_multipart_without_a_boundary(self):
        self._assert_ticket(self._raw("It stops.", "multipart/mixed"))

    def test_multipart_that_never_ends(self):
        body = "--x\r\nContent-Type: text/plain\r\n\r\nIt stops."
        self._assert_ticket(self._raw(body, 'multipart/mixed; boundary="x"'), "stops")

    def test_text_that_is_not_in_the_charset_it_names(self):
        body = "Кофемолка".encode("koi8-r")
        self._assert_ticket(self._raw(body, "text/plain; charset=utf-8"))

    def test_charset_that_nobody_knows(self):
        self._assert_ticket(
            self._raw("It stops.", "text/plain; charset=x-none"), "stops"
        )

    def test_base64_that_is_none(self):
        headers = {"Content_Transfer_Encoding": "base64"}
        self._assert_ticket(self._raw("%%% no base64 %%%", **headers))

    def test_no_message_id(self):
        first = self._assert_ticket(self._raw("One", Message_ID=None))
        second = self._assert_ticket(self._raw("Two", Message_ID=None))
        ids = (first | second).message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(set(ids.mapped("message_id"))), 2)

    def test_no_subject_and_no_text(self):
        ticket = self._assert_ticket(self._raw("", Subject=None))
        self.assertEqual(ticket.name, "No Subject")
        self.assertIn("no text", ticket.description)

    def test_no_sender(self):
        ticket = self._receive(self._raw("It stops.", From=None))
        self.assertEqual(len(ticket), 1)
        self.assertFalse(ticket.partner_id)

    def test_zero_bytes(self):
        self._assert_ticket(self._raw(b"It\x00 stops."), "It stops.")
        self._assert_ticket(self._raw(b"<p>It\x00 stops</p>", "text/html"), "It")

    def test_html_that_is_only_a_comment(self):
        self._assert_ticket(self._raw("<!-- -->", "text/html; charset=utf-8"))

    def test_html_with_scripts_is_made_harmless(self):
        html = (
            "<p onclick='x()'>It stops<script>x()</script>"
            "<img src=x onerror=x()><a href='javascript:x()'>a</a>"
            "<svg onload=x()></svg><iframe src='//evil'></iframe></p>"
        )
        ticket = self._assert_ticket(self._raw(html, "text/html"), "It stops")
        for text in (ticket.description, ticket.message_ids[-1:].body):
            for bad in ("script", "onerror", "onclick", "onload", "iframe"):
                self.assertNotIn(bad, text)

    def test_subject_of_ten_thousand_letters_in_many_lines(self):
        ticket = self._assert_ticket(self._mail(subject="Grinder " + "x" * 10_000))
        self.assertLessEqual(len(ticket.name), 250)

    def test_hundreds_of_recipients_become_no_followers(self):
        people = [f"p{number}@crowd.example.com" for number in range(500)]
        self.env["res.partner"].create(
            [{"name": mail, "email": mail} for mail in people[:30]]
        )
        ticket = self._assert_ticket(self._mail(Cc=", ".join(people)))
        self.assertLessEqual(len(ticket.message_partner_ids), 1)
        self.assertFalse(ticket.email_cc)

    def test_mail_in_a_mail_fifty_deep(self):
        inner = self._mail(text="The innermost.")
        for _level in range(50):
            outer = self._mail()
            outer.add_attachment(inner)
            inner = outer
        self._assert_ticket(inner, "It stops.")

    def test_multipart_fifty_deep(self):
        part = EmailMessage()
        part.set_content("It stops.")
        for _level in range(50):
            outer = EmailMessage()
            outer.make_mixed()
            outer.attach(part)
            part = outer
        for name in ("From", "To", "Subject", "Message-ID"):
            part[name] = self._mail()[name]
        self._assert_ticket(part, "It stops.")

    def test_mail_of_a_thousand_levels_neither_crashes_nor_blocks(self):
        kind = "Content-Type: multipart/mixed; boundary"
        levels = "".join(
            f'--b{level}\r\n{kind}="b{level + 1}"\r\n\r\n' for level in range(1000)
        )
        ticket = self._receive(self._raw(levels, 'multipart/mixed; boundary="b0"'))
        self.assertEqual(ticket.partner_id, self.anna)
        self.assertIn("attached", ticket.description)
        self.assertEqual(ticket.message_ids.attachment_ids.name, "mail.eml")

    # Files

    def test_winmail_dat_is_kept(self):
        file = self._with_file(
            "winmail.dat", b"\x78\x9f\x3e\x22" * 9, subtype="ms-tnef"
        )
        self.assertEqual(file.name, "winmail.dat")

    def test_invitation_makes_a_ticket(self):
        mail = self._mail()
        mail.add_alternative(
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n",
            subtype="calendar",
            params={"method": "REQUEST"},
        )
        self._assert_ticket(mail, "It stops.")

    def test_mail_of_25_megabytes_makes_a_ticket(self):
        content = b"\xff\xd8" * (9 * MEGABYTE)  # a third more by base64
        file = self._with_file("photo.jpg.bin", content)
        self.assertEqual(file.file_size, len(content))

    def test_zip_bomb_is_stored_as_it_came(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("bomb", b"\0" * (50 * MEGABYTE))
        packed = buffer.getvalue()
        self.assertLess(len(packed), MEGABYTE)
        file = self._with_file("bomb.zip", packed, subtype="zip")
        self.assertEqual(file.raw, packed)
        self.assertFalse(file.index_content and len(file.index_content) > 1000)

    def test_picture_that_would_unpack_to_gigabytes_is_stored(self):
        huge = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\xff\xff" * 2
        huge += b"\x08\x02\x00\x00\x00" + b"\x00" * 12
        file = self._with_file("huge.png", huge, "image", "png")
        self.assertEqual(file.raw, huge)

    def test_file_that_is_a_script_never_runs(self):
        script = b"<html><script>alert(document.domain)</script></html>"
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
        for name, content, kind in (
            ("invoice.pdf", script, "pdf"),
            ("page.html", script, "html"),
            ("image.svg", svg, "svg+xml"),
            ("page.xhtml", script, "xhtml+xml"),
        ):
            with self.subTest(name=name):
                file = self._with_file(name, content, "application", kind)
                self.assertNotIn("html", file.mimetype)
                self.assertNotIn("svg", file.mimetype)

    def test_file_name_that_deceives_is_cleaned(self):
        for name, clean in (
            ("../../etc/passwd", "passwd"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("x" * 5000 + ".pdf", None),
        ):
            file = self._with_file(name, b"content")
            self.assertEqual(file.name, clean or file.name)
            self.assertLessEqual(len(file.name), 120)

    def test_picture_in_the_text_is_shown_in_the_text(self):
        pixel = base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        mail = self._mail()
        mail.add_alternative('<p>See <img src="cid:one"></p>', subtype="html")
        mail.get_payload()[1].add_related(
            pixel, "image", "png", cid="<one>", filename="a:b.png"
        )
        ticket = self._assert_ticket(mail)
        self.assertIn("/web/image/", ticket.message_ids[-1:].body)

    # Load

    def test_queries_of_a_mail_do_not_grow_with_the_mails_before(self):
        def count(number):
            before = self.env.cr.sql_log_count
            self._receive(self._mail(f"Somebody <s{number}@many.example.com>"))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for number in range(5):
            count(number)
        early = count(5)
        for number in range(6, 30):
            count(number)
        self.assertLessEqual(count(30), early + 2)
