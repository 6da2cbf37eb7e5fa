"""Whoever may not read a record learns nothing of it and changes nothing, whatever he
calls: methods without arguments are reached from outside, with any id."""

import inspect
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, tagged

from tools.odoo import suite

LOOKED_AT = 200
# Shorter texts stand anywhere.
SHORTEST = 5
WRITES = ("INSERT", "UPDATE", "DELETE")


@tagged("post_install", "-at_install")
class TestStrangers(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = tuple(f"odoo.addons.{addon}." for addon in suite())

    def _models(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            # Reports show each reader rows of his own.
            if model._auto and not model._transient:
                yield model

    def _methods(self, model):
        """Give the names of what our addons let be called without arguments."""
        for name in dir(type(model)):
            method = getattr(type(model), name)
            if name.startswith("_") or not inspect.isfunction(method):
                continue
            first, *others = inspect.signature(method).parameters.values()
            asks = [one for one in others if one.default is one.empty]
            is_ours = any(
                name in vars(part) and part.__module__.startswith(self.ours)
                for part in type(model).__mro__
            )
            closed = getattr(method, "_api_private", False)
            if is_ours and first.name == "self" and not asks and not closed:
                yield name

    def _hidden(self, model, user):
        everything = model.sudo().with_context(active_test=False)
        found = everything.search([], limit=LOOKED_AT)
        seen = model.with_user(user).browse(found.ids)._filtered_access("read")
        return found.browse((found - seen.sudo()).ids[-1:])

    def _secrets(self, record) -> set[str]:
        """Give the texts of a record, and the names of what it is about."""
        values = [record.sudo().display_name]
        for field in record._fields.values():
            if field.store and field.type in ("char", "text", "html"):
                values.append(record.sudo()[field.name])
            elif field.store and field.name in ("user_id", "partner_id"):
                values.append(record.sudo()[field.name].display_name)
        texts = {str(value) for value in values if value}
        return {text for text in texts if len(text) >= SHORTEST}

    @contextmanager
    def _writes(self):
        """Collect the statements that write, and take them back."""
        written, execute = [], Cursor.execute

        def spy(cr, query, *args, **kwargs):
            text = str(getattr(query, "code", query)).strip()
            written.extend([text] if text.upper().startswith(WRITES) else [])
            return execute(cr, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            with patch.object(Cursor, "execute", spy):
                yield written
            self.env.clear()
            savepoint.rollback()

    def _told(self, record, name: str) -> str | None:
        """Give what the caller hears; None where the request is refused as a whole."""
        try:
            told = str(getattr(record, name)())
            record.env.flush_all()
        except (AccessError, MissingError):
            return None
        except UserError as error:
            return str(error)
        return told

    def _assert_stranger(self, user):
        for model in self._models():
            names = list(self._methods(model))
            hidden = self._hidden(model, user) if names else model
            if not hidden:
                continue
            secrets = self._secrets(hidden)
            theirs = hidden.with_user(user).sudo(False).with_context(lang="en_US")
            for name in names:
                with self.subTest(model=model._name, method=name, user=user.login):
                    with self._writes() as written:
                        told = self._told(theirs, name)
                    if told is not None:
                        self.assertFalse(written)
                        self.assertFalse([one for one in secrets if one in told])

    def test_a_customer_learns_and_changes_nothing_of_others(self):
        self._assert_stranger(self._named("customer"))

    def test_a_salesperson_learns_and_changes_nothing_of_colleagues(self):
        self._assert_stranger(self._named("salesperson"))

    def _named(self, login: str):
        return self.env["res.users"].search([("login", "=", login)])
