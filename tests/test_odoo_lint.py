"""Odoo's own linters, on our database: pytest collects the imported classes."""

from contextlib import contextmanager

from odoo.tests import tagged

from odoo.addons.test_lint.tests import test_override_signatures
from odoo.addons.test_lint.tests.test_index import TestIndex
from odoo.addons.test_lint.tests.test_jstranslate import TestJsTranslations
from odoo.addons.test_lint.tests.test_naming import TestNaming
from odoo.addons.test_lint.tests.test_onchange_domains import TestOnchangeDomains
from odoo.addons.test_lint.tests.test_orm_import import TestDunderinit
from odoo.addons.test_lint.tests.test_routes import RoutesLinter

from tools import odoo as suite_tools

__all__ = [
    "RoutesLinter",
    "TestDunderinit",
    "TestIndex",
    "TestJsTranslations",
    "TestNaming",
    "TestOnchangeDomains",
]


@tagged("post_install", "-at_install")
class TestOverrideSignatures(test_override_signatures.TestLintOverrideSignatures):
    """Overrides keep the signature of what they override: ours, for OCA's
    helpdesk_mgmt renames two parameters of the mail gateway."""

    @contextmanager
    def subTest(self, *args, **kwargs):
        with super().subTest(*args, **kwargs):
            try:
                yield
            except TypeError as error:
                ours = suite_tools.suite()
                if any(f"definition in {addon}:" in str(error) for addon in ours):
                    raise
