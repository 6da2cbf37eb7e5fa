from odoo.tests import new_test_user

from .common import ServiceCase


class ArticleCase(ServiceCase):
    """Those who write, review and read articles, and those who may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = "helpdesk_mgmt.group_helpdesk_user_own"
        cls.author = new_test_user(cls.env, "css_author", groups=own)
        cls.colleague = new_test_user(cls.env, "css_colleague", groups=own)
        cls.reviewer = new_test_user(
            cls.env, "css_reviewer", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.outsider = new_test_user(cls.env, "css_outsider", groups="base.group_user")
        cls.customer = new_test_user(
            cls.env,
            "css_customer",
            groups="base.group_portal",
            partner_id=cls.anna.id,
            name=cls.anna.name,
            email=cls.anna.email,
        )
        cls.partner_company = new_test_user(
            cls.env,
            "css_service_partner",
            groups="base.group_portal",
            partner_id=cls.lucia.id,
            name=cls.lucia.name,
            email=cls.lucia.email,
        )
        cls.env["crm.territory"].create(
            {
                "name": "Served by partners",
                "service_partner_id": cls.lucia.commercial_partner_id.id,
            }
        )
        cls.public = cls.env.ref("base.public_user")
        cls.spanish = cls.env["res.lang"]._activate_lang("es_ES")
        cls.russian = cls.env["res.lang"]._activate_lang("ru_RU")
        cls.english = cls.env.ref("base.lang_en")
        cls.env.company.help_access = "login"

    @classmethod
    def _article(cls, name="The grinder runs hot", **vals):
        """Make an article, published for customers if nothing else is said."""
        vals = {
            "name": name,
            "body": "<p>Let it cool down.</p>",
            "lang_id": cls.english.id,
            "audience": "customer",
            "state": "published",
            "author_id": cls.author.id,
        } | vals
        return cls.env["crm.article"].create(vals)

    def _find(self, text, user=None, **kwargs):
        articles = self.env["crm.article"].with_user(user or self.colleague)
        return articles._find(text, **kwargs)
