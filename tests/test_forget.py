"""Every model of the suite that knows people says what becomes of them."""

from odoo.tests import TransactionCase, tagged

from tools.odoo import suite

TEXTS = {"char", "text", "html"}
# It holds the number of the person, and nothing that anybody wrote.
WITHOUT_PERSONAL_DATA = {"crm.forget.log"}


@tagged("post_install", "-at_install")
class TestForgetContract(TransactionCase):
    def test_every_model_with_a_person_and_a_text_is_declared(self):
        person = self.env["res.partner"].create({"name": "Xaverine Quellmalz"})
        declared = {part.model for part in person._forget_env()._forget_parts()}
        self.assertFalse(self._models_of_people() - declared - WITHOUT_PERSONAL_DATA)

    def _models_of_people(self):
        models = (self.env[name] for name in self.env.registry)
        return {
            model._name
            for model in models
            if model._original_module in suite()
            and model._auto
            and not model._abstract
            and not model._transient
            and self._has_person(model)
            and self._has_text(model)
        }

    def _has_person(self, model):
        return any(
            field.store
            and field.type == "many2one"
            and field.comodel_name == "res.partner"
            for field in model._fields.values()
        )

    def _has_text(self, model):
        return any(
            field.store and field.type in TEXTS and not field.related
            for field in model._fields.values()
        )
