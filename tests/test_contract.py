"""What every model, menu, view and source of the time line of the suite keeps to.

Indexes, signatures and names are checked by Odoo's own linters in ``test_odoo_lint``.
"""

from odoo import http
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.crm_base.tools.timeline import SLOTS

from tools.odoo import suite

OPERATIONS = ("read", "write", "create", "unlink")
# Models of the suite that are open beyond its groups; record rules narrow each.
EMPLOYEE = {"crm.article": ["read"], "crm.article.category": ["read"]}
PUBLIC = EMPLOYEE
PORTAL = EMPLOYEE | {
    "crm.deal.registration": ["read"],
    "crm.owned.item": ["read"],
    "crm.owned.warranty": ["read"],
}
# Tables that only methods read and write.
CLOSED = {"crm.duplicate.key"}


class ContractCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")

    def _models(self):
        """Give the models that the suite's addons define."""
        models = (self.env[name] for name in sorted(self.env.registry))
        return [model for model in models if model._original_module in suite()]

    def _records(self, model):
        """Give the records of a model, archived ones too, that the suite's data made.

        One of another addon that the suite changes still belongs to that addon.
        """
        domain = [("model", "=", model), ("module", "in", suite())]
        ids = self.env["ir.model.data"].search(domain).mapped("res_id")
        return self.env[model].with_context(active_test=False).browse(ids)


@tagged("post_install", "-at_install")
class TestModels(ContractCase):
    def test_every_model_says_what_it_is(self):
        for model in self._models():
            with self.subTest(model=model._name):
                self.assertNotIn(model._description, {None, "", model._name})

    def test_every_model_has_access_lines(self):
        for model in self._models():
            if not model._abstract:
                with self.subTest(model=model._name):
                    domain = [("model_id.model", "=", model._name)]
                    self.assertTrue(self.env["ir.model.access"].search(domain))

    def test_no_model_is_open_to_everybody(self):
        names = [model._name for model in self._models()]
        domain = [("model_id.model", "in", names), ("group_id", "=", False)]
        lines = self.env["ir.model.access"].with_context(active_test=False)
        self.assertFalse(lines.search(domain).mapped("name"))

    def test_every_access_line_names_a_group(self):
        lines = self._records("ir.model.access")
        self.assertTrue(lines)
        self.assertFalse(lines.filtered(lambda line: not line.group_id).mapped("name"))

    def test_every_model_of_a_company_has_a_rule_for_everybody(self):
        for model in self._models():
            if model._auto and not model._abstract and "company_id" in model._fields:
                with self.subTest(model=model._name):
                    domain = [
                        ("model_id.model", "=", model._name),
                        ("global", "=", True),
                    ]
                    rules = self.env["ir.rule"].search(domain)
                    forced = [rule.domain_force for rule in rules]
                    self.assertTrue(any("company_ids" in text for text in forced))

    def test_every_rule_holds_for_somebody(self):
        # A rule without a group that is not about companies binds managers too.
        for rule in self._records("ir.rule"):
            with self.subTest(rule=rule.name):
                self.assertTrue(rule.groups or "company_ids" in rule.domain_force)


@tagged("post_install", "-at_install")
class TestOutsiders(ContractCase):
    """Whole models; what single records allow is tested with each of them."""

    def _open(self, user) -> dict[str, list[str]]:
        """Give what somebody may do with models of the suite."""
        found = {}
        for model in self._models():
            records = model.with_user(user)
            rights = [name for name in OPERATIONS if records.has_access(name)]
            if rights and not model._abstract:
                found[model._name] = rights
        return found

    def test_an_employee_without_the_suite_may_do_nothing(self):
        employee = new_test_user(self.env, "contract_user", groups="base.group_user")
        self.assertEqual(self._open(employee), EMPLOYEE)

    def test_customers_and_strangers_read_what_their_pages_show(self):
        portal = new_test_user(self.env, "contract_portal", groups="base.group_portal")
        self.assertEqual(self._open(portal), PORTAL)
        self.assertEqual(self._open(self.env.ref("base.public_user")), PUBLIC)

    def test_the_administrator_may_read_all(self):
        readable = self._open(self.admin)
        closed = {
            model._name
            for model in self._models()
            if not model._abstract and "read" not in readable.get(model._name, ())
        }
        self.assertEqual(closed, CLOSED)


@tagged("post_install", "-at_install")
class TestWizards(ContractCase):
    def test_what_a_wizard_computes_it_computes_with_the_rights_of_its_user(self):
        """Odoo computes what is stored with all rights; who makes a wizard names its
        records himself, and would be told of any."""
        for model in self._models():
            for field in model._fields.values() if model._transient else ():
                if field.compute and field.store and not field.related:
                    with self.subTest(model=model._name, field=field.name):
                        self.assertFalse(field.compute_sudo)


@tagged("post_install", "-at_install")
class TestMenusAndViews(ContractCase):
    def _load(self, action):
        """Load all views of a window action as the administrator."""
        views = [*action.views, (action.search_view_id.id, "search")]
        options = {"action_id": action.id, "toolbar": True, "load_filters": True}
        self.env[action.res_model].with_user(self.admin).get_views(views, options)

    def test_every_menu_leads_somewhere(self):
        for menu in self._records("ir.ui.menu"):
            with self.subTest(menu=menu.complete_name):
                self.assertTrue(menu.action or menu.child_id)
                self.assertTrue(not menu.action or menu.action.exists())

    def test_every_menu_is_there_for_the_administrator(self):
        seen = self.env["ir.ui.menu"].with_user(self.admin)._visible_menu_ids()
        hidden = self._records("ir.ui.menu").filtered(lambda menu: menu.id not in seen)
        self.assertFalse(hidden.mapped("complete_name"))

    def test_the_views_behind_every_menu_load(self):
        for menu in self._records("ir.ui.menu"):
            if menu.action and menu.action._name == "ir.actions.act_window":
                with self.subTest(menu=menu.complete_name):
                    self._load(menu.action)

    def test_the_views_of_every_action_load(self):
        for action in self._records("ir.actions.act_window"):
            with self.subTest(action=action.xml_id):
                self._load(action)

    def test_every_view_is_valid(self):
        views = self._records("ir.ui.view")
        self.assertTrue(views)
        for view in views:
            with self.subTest(view=view.xml_id):
                view._check_xml()


@tagged("post_install", "-at_install")
class TestControllers(ContractCase):
    def test_no_controller_grafts_one_tree_on_another(self):
        """Odoo binds a route to each top class with its own heirs. A class with two
        such ancestors binds the routes of the second without that one's other heirs,
        whose pages then lack what those add."""
        for addon in suite():
            for controller in self._controllers(f"odoo.addons.{addon}."):
                tops = [c for c in controller.__mro__ if http.Controller in c.__bases__]
                with self.subTest(controller=controller):
                    self.assertEqual(len(tops), 1, tops)

    def _controllers(self, prefix):
        found, waiting = set(), [http.Controller]
        while waiting:
            heirs = waiting.pop().__subclasses__()
            waiting += heirs
            found |= {heir for heir in heirs if heir.__module__.startswith(prefix)}
        return found


def for_each_source(test):
    """Run a test of one source of the time line for all of them."""

    def run(self):
        for source in self.timeline._timeline_sources():
            with self.subTest(slot=source.slot, model=source.model):
                test(self, source)

    return run


@tagged("post_install", "-at_install")
class TestTimelineSources(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.timeline = cls.env["crm.timeline"]

    def _field(self, source, path):
        """Walk a path from a source's model; give the stored field at its end."""
        *steps, last = path.split(".")
        model = self.env[source.model]
        for step in steps:
            self.assertEqual(model._fields[step].type, "many2one", path)
            model = self.env[model._fields[step].comodel_name]
        self.assertTrue(model._fields[last].store, path)
        return model._fields[last]

    def _assert_leads_to(self, source, path, model):
        if path:
            self.assertEqual(self._field(source, path).comodel_name, model)

    def _assert_known(self, source, name, value, is_field):
        known = self.timeline._fields[name].get_values(self.env)
        given = [value] if value else []
        if is_field:
            given = self._field(source, value).get_values(self.env)
        self.assertLessEqual(set(given), set(known))

    def test_every_source_has_a_slot_of_its_own(self):
        slots = [source.slot for source in self.timeline._timeline_sources()]
        self.assertEqual(len(slots), len(set(slots)))
        self.assertLess(max(slots), SLOTS)

    @for_each_source
    def test_every_source_reads_a_model_that_is_there(self, source):
        self.assertIn(source.model, self.env)

    @for_each_source
    def test_every_source_dates_its_contacts(self, source):
        field = self._field(source, source.date)
        self.assertIn(field.type, {"date", "datetime"})

    @for_each_source
    def test_every_source_names_a_person(self, source):
        field = self._field(source, source.partner)
        if field.type != "many2one_reference":
            self._assert_leads_to(source, source.partner, "res.partner")

    @for_each_source
    def test_the_employee_of_a_source_is_a_user(self, source):
        self._assert_leads_to(source, source.user, "res.users")

    @for_each_source
    def test_the_company_of_a_source_is_one(self, source):
        self._assert_leads_to(source, source.company, "res.company")

    @for_each_source
    def test_every_document_has_a_subject(self, source):
        document = source.model
        if source.document:
            document = self._field(source, source.document).comodel_name
        self.assertTrue(source.subject)
        self.assertLessEqual(set(source.subject), set(self.env[document]._fields))

    @for_each_source
    def test_every_guard_names_a_model_and_an_id(self, source):
        document = self.env[self.timeline._document_model(source)]
        types = [document._fields[name].type for name in source.guard]
        allowed = ([], ["char", "integer"], ["char", "many2one_reference"])
        self.assertIn(types, allowed)

    @for_each_source
    def test_every_domain_fits_its_model(self, source):
        Domain(list(source.domain)).validate(self.env[source.model])
        document = self.env[self.timeline._document_model(source)]
        Domain(list(source.reader)).validate(document)

    @for_each_source
    def test_every_text_can_be_searched(self, source):
        document = self.env[self.timeline._document_model(source)]
        for name in source.texts:
            self.assertIn(document._fields[name].type, ("char", "text", "html"))
            self.assertTrue(document._fields[name].store, name)

    @for_each_source
    def test_every_kind_is_known(self, source):
        self._assert_known(source, "kind", source.kind, source.kind_field)

    @for_each_source
    def test_every_direction_is_known(self, source):
        is_field = source.direction_field
        self._assert_known(source, "direction", source.direction, is_field)

    def test_every_kind_has_an_icon(self):
        kinds = self.timeline._fields["kind"].get_values(self.env)
        self.assertLessEqual(set(kinds), set(self.timeline._kind_icons()))

    def test_every_guarded_model_is_there(self):
        for name in self.timeline._guarded_models():
            self.assertIn(name, self.env)

    def test_all_sources_can_be_read_at_once(self):
        self.timeline.with_user(self.admin).search([], limit=1).mapped("subject")
