import base64
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .article_common import ArticleCase

EVIL = """
<p onclick="alert(1)" style="position:fixed;color:red">Text</p>
<script>alert(2)</script><style>body {display: none}</style>
<iframe src="https://evil.example"></iframe><object data="x"></object>
<embed src="x"/><meta http-equiv="refresh" content="0"/><base href="//evil.example"/>
<a href="javascript:alert(3)">a</a><a href=" java&#10;script:alert(4)">b</a>
<a href="data:text/html,<script>alert(5)</script>">c</a>
<img src="x" onerror="alert(6)"/><svg onload="alert(7)"><script>alert(8)</script></svg>
<form action="https://evil.example"><input name="password"/></form>
<math><mtext><script>alert(9)</script></mtext></math>
"""


@tagged("post_install", "-at_install")
class TestArticle(ArticleCase):
    def _draft(self, user=None, **vals):
        vals = {"name": "Boiler", "body": "<p>Refill it.</p>"} | vals
        return self.env["crm.article"].with_user(user or self.author).create(vals)

    # From draft to outdated

    def test_article_is_written_reviewed_and_published(self):
        article = self._draft(reviewer_id=self.reviewer.id)
        self.assertRecordValues(
            article,
            [{"state": "draft", "author_id": self.author.id, "audience": "staff"}],
        )
        self.assertRegex(article.number, r"^KB\d{4,}$")
        article.action_submit()
        self.assertEqual(article.activity_ids.user_id, self.reviewer)
        with freeze_time("2026-03-02 08:00:00"):
            article.with_user(self.reviewer).action_publish()
        self.assertEqual(article.state, "published")
        self.assertEqual(str(article.date_published), "2026-03-02 08:00:00")
        self.assertFalse(article.activity_ids)

    def test_agent_does_not_publish(self):
        article = self._draft()
        article.action_submit()
        with self.assertRaisesRegex(AccessError, "Only helpdesk managers"):
            article.action_publish()
        with self.assertRaises(AccessError):
            article.write({"state": "published"})

    def test_article_is_not_made_published(self):
        article = self._draft(
            state="published", number="KB1", date_published="2020-01-01"
        )
        self.assertEqual(article.state, "draft")
        self.assertFalse(article.date_published)
        self.assertNotEqual(article.number, "KB1")
        article = article.with_context(default_state="published").copy()
        self.assertEqual(article.state, "draft")

    def test_draft_is_not_published_without_a_review(self):
        article = self._draft(self.reviewer)
        with self.assertRaisesRegex(UserError, "is Draft, and cannot become Published"):
            article.action_publish()

    def test_unknown_state_is_refused(self):
        with self.assertRaises(UserError):
            self._draft().write({"state": "deleted"})

    def test_article_without_a_text_is_not_published(self):
        article = self._draft(body="<p><br/></p>")
        article.action_submit()
        with self.assertRaisesRegex(UserError, "has no text yet"):
            article.with_user(self.reviewer).action_publish()

    def test_published_article_is_no_longer_its_authors(self):
        article = self._article().with_user(self.author)
        for method in ("action_outdate", "action_review_again"):
            with self.assertRaises(AccessError):
                getattr(article, method)()
        with self.assertRaises(AccessError):
            article.body = "<p>Other</p>"
        with self.assertRaises(AccessError):
            article.unlink()

    def test_form_says_who_may_change_it(self):
        article = self._article()
        draft = self._draft()
        for user, expected in (
            (self.author, [False, True]),
            (self.reviewer, [True, True]),
            (self.outsider, [False]),
        ):
            records = (article + draft).with_user(user)._filtered_access("read")
            self.assertEqual(records.mapped("may_edit"), expected)

    # Rights

    def _readers(self, article):
        self.env.invalidate_all()
        users = (
            self.author, self.colleague, self.reviewer, self.outsider,
            self.partner_company, self.customer, self.public,
        )  # fmt: skip
        names = []
        for user in users:
            own = article.with_user(user)
            found = bool(own.search([("id", "=", article.id)]))
            self.assertEqual(found, own.has_access("read"))
            names += [user.login.removeprefix("css_")] if found else []
        return names

    def test_who_reads_which_state(self):
        agents = ["author", "colleague", "reviewer"]
        for state, expected in (
            ("draft", ["author", "reviewer"]),
            ("review", ["author", "reviewer"]),
            ("published", [*agents, "outsider", "service_partner", "customer"]),
            ("outdated", agents),
        ):
            with self.subTest(state=state):
                self.assertEqual(self._readers(self._article(state=state)), expected)

    def test_who_reads_for_which_audience(self):
        staff = ["author", "colleague", "reviewer", "outsider"]
        for audience, expected in (
            ("staff", staff),
            ("partner", [*staff, "service_partner"]),
            ("customer", [*staff, "service_partner", "customer"]),
        ):
            with self.subTest(audience=audience):
                article = self._article(audience=audience)
                self.assertEqual(self._readers(article), expected)

    def test_stranger_reads_where_the_company_says_so(self):
        article = self._article()
        self.env.company.help_access = "public"
        self.assertIn("public", self._readers(article))
        self.assertNotIn("public", self._readers(self._article(audience="partner")))
        self.assertNotIn("public", self._readers(self._article(state="draft")))

    def test_expired_article_is_not_for_customers_before_the_job_has_run(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        readers = self._readers(self._article(valid_until=yesterday))
        self.assertEqual(readers, ["author", "colleague", "reviewer", "outsider"])

    def test_nobody_but_agents_writes(self):
        article = self._article(state="draft")
        for user in (self.outsider, self.customer, self.partner_company, self.public):
            with self.subTest(user=user.login):
                own = self.env["crm.article"].with_user(user)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(own.has_access(operation))
                with self.assertRaises(AccessError):
                    article.with_user(user).write({"name": "Mine"})

    def test_draft_of_a_colleague_is_closed(self):
        draft = self._draft().with_user(self.colleague)
        for act in (
            lambda: draft.read(["name"]),
            lambda: draft.write({"name": "Mine"}),
            draft.unlink,
            draft.action_propose_change,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_writes_in_the_name_of_another(self):
        with self.assertRaises(AccessError):
            self._draft(author_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self._draft().write({"author_id": self.colleague.id})

    def test_article_of_another_company_is_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        article = self._article(company_id=other.id)
        self.assertEqual(self._readers(article), [])

    def test_customer_does_not_see_who_wrote_it_or_for_whom(self):
        article = self._article().with_user(self.customer)
        for name in (
            "author_id", "reviewer_id", "keywords", "ticket_ids", "ticket_id", "masked",
            "version_ids", "attachment_ids", "view_count", "search_body",
        ):  # fmt: skip
            with self.subTest(name), self.assertRaises(AccessError):
                article.read([name])
        self.assertEqual(article.read(["name"])[0]["name"], "The grinder runs hot")

    def test_comments_on_an_article_are_for_colleagues(self):
        article = self._article()
        message = article.with_user(self.colleague).message_post(
            body="Secret", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        message.notification_ids.unlink()
        found = (
            self.env["mail.message"]
            .with_user(self.customer)
            .search([("model", "=", "crm.article"), ("res_id", "=", article.id)])
        )
        self.assertFalse(found)
        self.assertFalse(message.with_user(self.customer).has_access("read"))
        with self.assertRaises(AccessError):
            article.with_user(self.customer).message_post(body="Spam")
        self.assertTrue(message.with_user(self.outsider).has_access("read"))

    def test_other_models_are_for_agents(self):
        for name in (
            "crm.article.version", "crm.article.feedback", "crm.article.view",
            "crm.article.search", "crm.article.gap",
        ):  # fmt: skip
            for user in (self.outsider, self.customer, self.public):
                self.assertFalse(self.env[name].with_user(user).has_access("read"))
            own = self.env[name].with_user(self.author)
            self.assertTrue(own.has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(own.has_access(operation), name)

    def test_categories_are_seen_by_their_articles(self):
        one, two, three = self.env["crm.article.category"].create(
            [{"name": "One"}, {"name": "Two"}, {"name": "Three"}]
        )
        self._article(category_id=one.id)
        self._article(category_id=two.id, audience="partner")
        self._article(category_id=three.id, audience="staff")
        ids = (one + two + three).ids
        for user, expected in (
            (self.outsider, ids),
            (self.partner_company, ids[:2]),
            (self.customer, ids[:1]),
        ):
            categories = one.with_user(user).search([("id", "in", ids)])
            self.assertEqual(set(categories.ids), set(expected))
            self.assertFalse(categories.has_access("write"))

    def test_category_does_not_lie_within_itself(self):
        outer, inner = self.env["crm.article.category"].create(
            [{"name": "Machines"}, {"name": "Care"}]
        )
        inner.parent_id = outer
        self.assertEqual(inner.display_name, "Machines / Care")
        with self.assertRaises(UserError):
            outer.parent_id = inner

    # What is written

    def test_scripts_frames_and_forms_are_taken_out(self):
        for body in (EVIL, self._draft(body=EVIL).version_ids.body):
            kept = str(self._draft(body=body).body).lower()
            for word in (
                "alert", "script", "iframe", "object", "embed", "meta", "base",
                "onerror", "onload", "onclick", "position", "form", "input", "display",
            ):  # fmt: skip
                self.assertNotIn(word, kept)
            self.assertIn("text", kept)
            self.assertIn("color:red", kept.replace(" ", ""))

    def test_title_of_any_letters_is_kept_and_too_long_a_one_refused(self):
        for name in ("=HYPERLINK()", "'; DROP", "{{7*7}}", "🙂", "مطحنة", "Ö" * 250):
            self.assertEqual(self._draft(name=name).name, name)
        with self.assertRaisesRegex(ValidationError, "at most 250"):
            self._draft(name="x" * 251)

    def test_text_with_huge_pictures_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "too long"):
            self._draft(body=f"<p>{'x' * 1_000_001}</p>")

    def test_address_is_made_of_the_title(self):
        article = self._article("Кофемолка: что делать?")
        self.assertEqual(article._path(), f"/help/kofemolka-chto-delat-{article.id}")
        self.assertEqual(self._article("!?")._path().count("-"), 0)

    # Versions

    def test_each_text_that_was_published_is_kept(self):
        article = self._article(body="<p>One</p>")
        reviewed = article.with_user(self.reviewer)
        reviewed.body = "<p>Two</p>"
        reviewed.body = "<p>Three</p>"
        reviewed.keywords = "other"
        article.invalidate_recordset(["version_ids"])
        self.assertEqual(
            [(version.body, version.user_id) for version in article.version_ids],
            [
                ("<p>Three</p>", self.reviewer),
                ("<p>Two</p>", self.reviewer),
                ("<p>One</p>", self.env.user),
            ],
        )

    def test_saves_of_one_sitting_make_one_version_of_a_draft(self):
        with freeze_time("2026-03-02 08:00:00"):
            draft = self._draft(body="<p>One</p>")
        with freeze_time("2026-03-02 08:30:00"):
            draft.body = "<p>Two</p>"
        self.assertEqual(draft.version_ids.mapped("body"), ["<p>Two</p>"])
        with freeze_time("2026-03-02 10:00:00"):
            draft.body = "<p>Three</p>"
        self.assertEqual(len(draft.version_ids), 2)

    def test_version_is_brought_back_and_what_stood_there_stays(self):
        article = self._article(body="<p>One</p>").with_user(self.reviewer)
        article.body = "<p>Two</p>"
        article.version_ids.sorted("id")[0].action_restore()
        self.assertEqual(article.body, "<p>One</p>")
        article.invalidate_recordset(["version_ids"])
        bodies = article.version_ids.mapped("body")
        self.assertEqual(bodies, ["<p>One</p>", "<p>Two</p>", "<p>One</p>"])

    def test_versions_are_for_author_and_reviewers(self):
        version = self._article().version_ids
        for user, may in (
            (self.author, True), (self.reviewer, True), (self.colleague, False),
        ):  # fmt: skip
            self.assertEqual(version.with_user(user).has_access("read"), may)
        with self.assertRaises(AccessError):
            version.with_user(self.author).action_restore()

    # Changes and translations

    def test_proposed_change_goes_into_the_article_once_it_is_published(self):
        article = self._article(body="<p>Old</p>", keywords="a")
        action = article.with_user(self.colleague).action_propose_change()
        change = self.env["crm.article"].browse(action["res_id"])
        change.with_user(self.colleague).write(
            {"body": "<p>New</p>", "keywords": "b", "name": "Better"}
        )
        self.assertEqual(article.body, "<p>Old</p>")
        self.assertEqual(
            article.with_user(self.colleague).action_propose_change(), action
        )
        change.with_user(self.colleague).action_submit()
        change.with_user(self.reviewer).action_publish()
        self.assertFalse(change.exists())
        self.assertRecordValues(
            article,
            [{"name": "Better", "body": "<p>New</p>", "keywords": "b",
              "state": "published", "author_id": self.author.id}],
        )  # fmt: skip
        self.assertIn(self.colleague.name, article.message_ids[0].body)

    def test_agent_does_not_change_a_published_article_by_proposing(self):
        article = self._article()
        change = article.with_user(self.colleague).copy({"revises_id": article.id})
        change.action_submit()
        with self.assertRaises(AccessError):
            change.action_publish()
        self.assertTrue(change.exists())

    def test_translation_knows_when_the_original_was_changed(self):
        with freeze_time("2026-03-02 08:00:00"):
            article = self._article()
            action = article.with_user(self.author).action_translate()
            translation = self.env["crm.article"].browse(action["res_id"])
            translation.lang_id = self.spanish
        self.assertEqual(translation.source_id, article)
        self.assertFalse(translation.is_behind)
        with freeze_time("2026-03-03 08:00:00"):
            article.body = "<p>Changed</p>"
        self.assertTrue(translation.is_behind)
        behind = self.env["crm.article"].search([("is_behind", "=", True)])
        self.assertIn(translation, behind)
        self.assertNotIn(article, behind)

    def test_there_is_one_translation_into_a_language(self):
        article = self._article()
        vals = {"source_id": article.id, "lang_id": self.spanish.id}
        self._article(**vals)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._article(**vals)

    def test_translation_of_a_translation_is_refused(self):
        article = self._article()
        translation = self._article(source_id=article.id, lang_id=self.spanish.id)
        with self.assertRaises(ValidationError):
            self._article(source_id=translation.id)
        with self.assertRaises(ValidationError):
            article.source_id = article
        action = translation.with_user(self.author).action_translate()
        self.assertEqual(
            self.env["crm.article"].browse(action["res_id"]).source_id, article
        )

    def test_reader_sees_the_other_languages_that_are_published(self):
        article = self._article()
        spanish = self._article(source_id=article.id, lang_id=self.spanish.id)
        self._article(source_id=article.id, lang_id=self.russian.id, state="draft")
        for one, other in ((article, spanish), (spanish, article)):
            self.assertEqual(one.with_user(self.customer)._in_other_languages(), other)

    # Files

    def _file(self, user=None, **vals):
        vals = {"name": "manual.txt", "datas": base64.b64encode(b"Manual")} | vals
        return self.env["ir.attachment"].with_user(user or self.author).create(vals)

    def test_file_that_was_uploaded_before_saving_belongs_to_the_article(self):
        file = self._file()
        draft = self._draft(attachment_ids=[Command.link(file.id)])
        self.assertEqual((file.res_model, file.res_id), ("crm.article", draft.id))
        self.assertTrue(file.with_user(self.reviewer).has_access("read"))
        self.assertFalse(file.with_user(self.colleague).has_access("read"))

    def test_file_of_another_record_does_not_become_the_articles(self):
        ticket = self._create_ticket(self.petr)
        foreign = self._file(self.agent, res_model=ticket._name, res_id=ticket.id)
        draft = self._draft(self.agent, attachment_ids=[Command.link(foreign.id)])
        self.assertEqual(foreign.res_model, "helpdesk.ticket")
        self.assertEqual(draft.attachment_ids, foreign)

    # What has expired

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_css.crm_article_cron_outdate").method_direct_trigger()
        self.env.invalidate_all()

    def test_job_takes_off_what_has_expired_once(self):
        today = fields.Date.today()
        expired = self._article(valid_until=today - timedelta(days=3))
        last_day = self._article(valid_until=today)
        draft = self._article(valid_until=today - timedelta(days=3), state="draft")
        for _run in range(2):
            self._run_cron()
            self.assertEqual(expired.state, "outdated")
            self.assertEqual(expired.activity_ids.user_id, self.author)
            self.assertEqual(len(expired.activity_ids), 1)
            self.assertEqual(last_day.state, "published")
            self.assertEqual(draft.state, "draft")

    def test_expired_article_of_who_left_is_told_to_the_other(self):
        expired = self._article(
            valid_until=fields.Date.today() - timedelta(days=1),
            reviewer_id=self.reviewer.id,
        )
        self.reviewer.active = False
        self._run_cron()
        self.assertEqual(expired.activity_ids.user_id, self.author)

    # Work-off list, menus, forgetting

    def test_list_to_review_has_what_waits(self):
        today = fields.Date.today()
        waiting = (
            self._article(state="review")
            + self._article(state="outdated")
            + self._article(valid_until=today + timedelta(days=10))
        )
        self._article(valid_until=today + timedelta(days=100))
        self._article(state="draft")
        action = self.env.ref("crm_css.crm_article_action_review")
        domain = self.env["ir.actions.act_window"]._for_xml_id(action.xml_id)["domain"]
        found = (
            self.env["crm.article"].with_user(self.reviewer).search(safe_eval(domain))
        )
        self.assertEqual(set(found), set(waiting))

    def test_menus_open_for_each_role(self):
        menu = self.env.ref("crm_css.crm_css_menu_knowledge")
        limited = new_test_user(
            self.env, "css_team", groups="helpdesk_mgmt.group_helpdesk_user_team"
        )
        for user in (self.author, limited, self.agent, self.reviewer):
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertIn(menu.id, seen)
            for child in menu.child_id:
                self.assertIn(child.id, seen)
                records = self.env[child.action.res_model].with_user(user)
                views = [
                    *child.action.views,
                    (child.action.search_view_id.id, "search"),
                ]
                records.get_views(views)
                records.search_read([], limit=1)
        seen = self.env["ir.ui.menu"].with_user(self.outsider)._visible_menu_ids()
        self.assertNotIn(menu.id, seen)

    def test_person_named_in_articles_and_questions_is_forgotten(self):
        name = "Xaverine Quellmalz"
        person = self.env["res.partner"].create(
            {"name": name, "email": "xaverine@quellmalz.example.com"}
        )
        article = self._article(
            f"{name} asks", body=f"<p>{name} wrote</p>", keywords=f"by {name}"
        )
        asked = self.env["crm.article.search"]._note(f"where is {name}", 0, "customer")
        log = person._forget("letter")
        self.env.invalidate_all()
        self.assertEqual(log.details["left"], {})
        texts = [
            article.name, article.body, article.keywords, article.search_body,
            article.search_latin, article.version_ids.body, asked.terms,
        ]  # fmt: skip
        self.assertNotIn("quellmalz", " ".join(map(str, texts)).lower())
        self.assertFalse(self._find("quellmalz"))
