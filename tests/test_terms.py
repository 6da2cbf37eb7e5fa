"""The templates of the translations are those that the code and the data make."""

import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from tools.odoo import suite
from tools.settings import ADDONS


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    def _assert_current(self, addon):
        buffer = io.BytesIO()
        trans_export(None, [addon], buffer, "po", self.env)
        terms = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        path = ADDONS / addon / "i18n" / f"{addon}.pot"
        known = {entry.msgid for entry in polib.pofile(path.read_text("utf-8"))}
        if terms != known:
            self.fail(
                f"{path.name} lacks {sorted(terms - known)} and still has"
                f" {sorted(known - terms)}: run `make terms`."
            )

    def test_every_template_is_current(self):
        for addon in suite():
            with self.subTest(addon=addon):
                self._assert_current(addon)
