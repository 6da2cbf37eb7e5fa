from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# So many contacts are written at once; a list of more is no list.
MOST = 20_000


class CrmAnalysisAct(models.TransientModel):
    """What is done with the customers of a cell, or with those chosen in a list."""

    _name = "crm.analysis.act"
    _description = "Act on Analysed Customers"

    domain = fields.Char(required=True, default=lambda self: self._default_domain())
    count = fields.Integer("Customers", compute="_compute_count")
    turnover = fields.Monetary(compute="_compute_count")
    of_company_id = fields.Many2one("res.company", "Company", compute="_compute_count")
    currency_id = fields.Many2one(related="of_company_id.currency_id")
    kind = fields.Selection(
        [
            ("tag", "Give them a tag"),
            ("call", "Put them on a call list"),
            ("pricelist", "Give them a price list"),
            ("policy", "Put them under a contact policy"),
            ("mailing", "Write them a mailing"),
        ],
        "What to Do",
        required=True,
        default="tag",
    )
    tag_id = fields.Many2one("res.partner.category")
    list_id = fields.Many2one(
        "crm.call.list",
        "Call List",
        domain="[('state', '!=', 'done'), ('company_id', '=', of_company_id)]",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price List",
        domain="[('company_id', 'in', (of_company_id, False))]",
    )
    policy_id = fields.Many2one(
        "crm.contact.policy",
        "Contact Policy",
        domain="[('category_ids', '!=', False), ('company_id', '=', of_company_id)]",
        help="Only policies that go by tags: the customers get the first of them.",
    )

    @api.model
    def _default_domain(self) -> str:
        return repr([("id", "in", self.env.context.get("active_ids", []))])

    @api.depends("domain")
    def _compute_count(self):
        for record in self:
            rows = self.env["crm.analysis.result"]._read_group(
                record._domain(), ["run_id"], ["__count", "turnover:sum"]
            )
            record.count = sum(row[1] for row in rows)
            record.turnover = sum(row[2] for row in rows)
            record.of_company_id = rows[0][0].company_id if rows else self.env.company

    def _domain(self) -> Domain:
        return Domain(literal_eval(self.domain))

    def action_do(self):
        """Do it with the user's own rights."""
        self.ensure_one()
        results = self.env["crm.analysis.result"].search_fetch(
            self._domain(), ["partner_id"], limit=MOST + 1
        )
        partners = results.partner_id.with_company(self.of_company_id)
        if not partners:
            raise UserError(self.env._("There is nobody among them any more."))
        if len(results) > MOST and self.kind != "mailing":
            raise UserError(
                self.env._(
                    "More than %(most)s customers at once. Choose fewer.", most=MOST
                )
            )
        return getattr(self, f"_do_{self.kind}")(partners)

    def _needed(self, name: str):
        if not self[name]:
            raise UserError(
                self.env._(
                    "Choose a %(what)s first.",
                    what=self._fields[name]._description_string(self.env).lower(),
                )
            )
        return self[name]

    def _do_tag(self, partners):
        tag = self._needed("tag_id")
        partners.write({"category_id": [(4, tag.id)]})
        message = self.env._(
            "%(count)s customers have the tag “%(name)s”.",
            count=len(partners),
            name=tag.name,
        )
        return self._told(message)

    def _do_call(self, partners):
        call_list = self._needed("list_id")
        return call_list._told(call_list._add(partners))

    def _do_pricelist(self, partners):
        pricelist = self._needed("pricelist_id")
        partners.write({"property_product_pricelist": pricelist.id})
        message = self.env._(
            "%(count)s customers have the price list “%(name)s”.",
            count=len(partners),
            name=pricelist.name,
        )
        return self._told(message)

    def _do_policy(self, partners):
        policy = self._needed("policy_id")
        partners.write({"category_id": [(4, policy.category_ids[:1].id)]})
        message = self.env._(
            "%(count)s customers have the tag “%(tag)s”, by which “%(policy)s” goes. A"
            " policy that stands before it still wins.",
            count=len(partners),
            tag=policy.category_ids[:1].name,
            policy=policy.name,
        )
        return self._told(message)

    def _do_mailing(self, partners):
        del partners  # the condition is kept, not who meets it today
        condition = [("analysis_result_ids", "any", list(self._domain()))]
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr(condition),
            },
        }

    def _told(self, message: str) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
