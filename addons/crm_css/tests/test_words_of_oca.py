import re

import polib

from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.crm_css import _post_init_hook

from .common import ServiceCase

ADDONS = (
    "contract",
    "contract_line_successor",
    "contract_sale",
    "contract_termination",
    "helpdesk_mgmt",
    "helpdesk_mgmt_rating",
    "helpdesk_mgmt_sale",
    "helpdesk_product",
    "helpdesk_ticket_related",
    "helpdesk_type",
)
LANGUAGES = {"es": "es_ES", "ru": "ru_RU"}
# What stands in the code is read from the folder of its own addon only.
IN_DATABASE = ("model:", "model_terms:")


def _entries(path):
    try:
        return [entry for entry in polib.pofile(file_path(path)) if not entry.obsolete]
    except FileNotFoundError:
        return []


def _terms(entries):
    """Give each pair of a place in the database and the English that stands there."""
    return {
        (place, entry.msgid)
        for entry in entries
        for place, _line in entry.occurrences
        if place.startswith(IN_DATABASE)
    }


def _wanted():
    """Give the terms of OCA's addons, by addon."""
    return {addon: _terms(_entries(f"{addon}/i18n/{addon}.pot")) for addon in ADDONS}


@tagged("post_install", "-at_install")
class TestWordsOfOca(ServiceCase):
    """What comes from OCA's addons is in the language of who reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGUAGES.values():
            cls.env["res.lang"]._activate_lang(lang)
        # One after the other, as the addons are installed.
        for addon in ("contract", "helpdesk_mgmt", "crm_css"):
            cls._load(addon)

    @classmethod
    def _load(cls, addon):
        modules = cls.env["ir.module.module"]
        modules._load_module_terms([addon], list(LANGUAGES.values()))

    def _assert_name(self, xmlid, russian, spanish):
        record = self.env.ref(xmlid)
        self.assertEqual(record.with_context(lang="ru_RU").name, russian)
        self.assertEqual(record.with_context(lang="es_ES").name, spanish)

    def _label(self, model, field, lang):
        return self.env[model].with_context(lang=lang).fields_get([field])[field]

    def _form(self, lang):
        tickets = self.env["helpdesk.ticket"].with_context(lang=lang)
        view = self.env.ref("helpdesk_mgmt.ticket_view_form")
        return tickets.get_view(view.id, "form")["arch"]

    def test_fields_have_labels(self):
        for model, field, russian, spanish in (
            ("helpdesk.ticket", "team_id", "Команда", "Equipo"),
            ("helpdesk.ticket", "product_id", "Товар", "Producto"),
            (
                "contract.line",
                "is_auto_renew",
                "Автопродление",
                "Renovación automática",
            ),
        ):
            for lang, text in (("ru_RU", russian), ("es_ES", spanish)):
                with self.subTest(field=field, lang=lang):
                    self.assertEqual(self._label(model, field, lang)["string"], text)

    def test_choices_and_help_are_read(self):
        for lang, text in (
            ("ru_RU", "Скоро закончится"),
            ("es_ES", "Próxima a terminar"),
        ):
            label = self._label("contract.line", "state", lang)
            self.assertEqual(dict(label["selection"])["upcoming-close"], text)
        label = self._label("helpdesk.ticket", "sequence", "ru_RU")
        self.assertEqual(label["help"], "Порядок в списке обращений.")

    def test_menus_are_read(self):
        main = "helpdesk_mgmt.helpdesk_ticket_main_menu"
        self._assert_name(main, "Служба поддержки", "Servicio de asistencia")
        products = "helpdesk_product.action_menu_view_products"
        self._assert_name(products, "Товары", "Productos")

    def test_stages_are_read(self):
        stage = "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        self._assert_name(stage, "В работе", "En progreso")

    def test_the_ticket_form_is_read(self):
        self.assertIn('string="Назначить мне"', self._form("ru_RU"))
        self.assertIn("дубликат обращения", self._form("ru_RU"))
        self.assertIn('string="Asignar a mí"', self._form("es_ES"))

    def test_one_word_is_two_where_it_means_two(self):
        self.assertIn('string="Открыть"', self._form("ru_RU"))
        view = self.env.ref("helpdesk_mgmt.helpdesk_ticket_view_search")
        arch = view.with_context(lang="ru_RU").arch
        self.assertIn('string="Открытые"', arch)

    def test_mails_are_read(self):
        template = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        ticket = self._create_ticket(self.petr, user_id=self.agent.id)
        template = template.with_context(lang="ru_RU")
        (text,) = template._render_field("body_html", ticket.ids).values()
        self.assertIn("закрыто.", text)
        self.assertIn(self.agent.name, text)
        (text,) = template._render_field("subject", ticket.ids).values()
        self.assertEqual(text, f"Обращение {ticket.number} закрыто.")

    def test_what_oca_has_later_takes_nothing_away(self):
        self._load("helpdesk_mgmt")
        main = "helpdesk_mgmt.helpdesk_ticket_main_menu"
        self._assert_name(main, "Служба поддержки", "Servicio de asistencia")
        self.assertEqual(
            self._label("helpdesk.ticket", "team_id", "ru_RU")["string"], "Команда"
        )

    def test_what_oca_guesses_gives_way(self):
        menu = self.env.ref("contract.menu_contract_contract_supplier")
        menu = menu.with_context(lang="ru_RU")
        own = {"ru_RU": "Наше слово"}
        field = self.env.ref("contract.field_contract_contract__pricelist_id")
        field.update_field_translations("field_description", own)
        _post_init_hook(self.env)
        self.assertEqual(menu.name, "Договоры с поставщиками")
        label = self._label("contract.contract", "invoice_count", "ru_RU")
        self.assertEqual(label["string"], "Число счетов")
        label = self._label("contract.contract", "pricelist_id", "ru_RU")
        self.assertEqual(label["string"], "Наше слово")

    def test_only_contract_guesses(self):
        for addon in set(ADDONS) - {"contract"}:
            for language in LANGUAGES:
                own = _entries(f"{addon}/i18n/{language}.po")
                self.assertFalse([entry.msgid for entry in own if entry.fuzzy], addon)

    def test_no_term_lacks_a_translation(self):
        for language in LANGUAGES:
            extra = _terms(_entries(f"crm_css/i18n_extra/{language}.po"))
            for addon, terms in _wanted().items():
                own = _entries(f"{addon}/i18n/{language}.po")
                known = {entry.msgid for entry in own if entry.translated()}
                lacks = {(p, s) for p, s in terms - extra if s not in known}
                with self.subTest(addon=addon, language=language):
                    self.assertEqual(lacks, set())

    def test_no_translation_is_left_over(self):
        wanted = set().union(*_wanted().values())
        for language in LANGUAGES:
            entries = _entries(f"crm_css/i18n_extra/{language}.po")
            with self.subTest(language=language):
                self.assertTrue(entries)
                self.assertEqual(_terms(entries) - wanted, set())
                self.assertTrue(all(entry.translated() for entry in entries))

    def test_terms_name_their_addon(self):
        for language in LANGUAGES:
            for entry in _entries(f"crm_css/i18n_extra/{language}.po"):
                for place, _line in entry.occurrences:
                    addon = re.search(r":(\w+)\.[^:]*$", place)[1]
                    self.assertEqual(entry.comment, f"module: {addon}")
