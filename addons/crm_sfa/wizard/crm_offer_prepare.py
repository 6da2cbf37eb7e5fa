from odoo import api, fields, models

from ..tools.offer import Usual


class CrmOfferPrepare(models.TransientModel):
    """What the rules propose to one customer, with the reasons, before it is made."""

    _name = "crm.offer.prepare"
    _description = "Prepare an Offer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    lead_id = fields.Many2one("crm.lead", "Deal")
    company_id = fields.Many2one("res.company", required=True)
    pricelist_id = fields.Many2one("product.pricelist", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    sale_order_template_id = fields.Many2one(
        "sale.order.template", "Quotation Template", readonly=True
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", "Payment Terms", readonly=True
    )
    validity_days = fields.Integer("Valid for Days", readonly=True)
    reasons = fields.Html("Why", readonly=True)
    line_ids = fields.One2many("crm.offer.prepare.line", "prepare_id", "Usual Products")

    @api.model
    def _open(self, partner, lead=None) -> dict:
        partner.check_access("read")
        company = (lead and lead.company_id) or self.env.company
        customer = partner.commercial_partner_id
        wizard = self.with_company(company).create(
            self._prepare_preview_vals(partner, customer, company, lead)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Prepare offer: %(name)s", name=customer.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_preview_vals(self, partner, customer, company, lead) -> dict:
        rules = self.env["crm.offer.rule"]
        plan = rules._plans(customer, company)[customer.id]
        rules._check_plan(plan, customer, company)
        basket = rules._plan_basket(plan, customer, company)
        basket, left_out = rules._offered(basket, company)
        pricelist = rules._plan_pricelist(plan, customer, company)
        template, terms = plan["sale_order_template_id"], plan["payment_term_id"]
        own_terms = customer.with_company(company).property_payment_term_id
        return {
            "partner_id": partner.id,
            "lead_id": lead.id if lead else False,
            "company_id": company.id,
            "pricelist_id": pricelist.id,
            "currency_id": (pricelist.currency_id or company.currency_id).id,
            "sale_order_template_id": template.value.id if template else False,
            "payment_term_id": terms.value.id if terms else own_terms.id,
            "validity_days": plan["validity_days"].value
            if plan["validity_days"]
            else 0,
            "reasons": rules._plan_reasons(plan, left_out),
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "product_id": one.product,
                        "uom_id": one.uom,
                        "quantity": one.quantity,
                        "orders": one.orders,
                    },
                )
                for one in basket
            ],
        }

    def action_make(self) -> dict:
        """Make the draft. The rules are asked again: what the user was shown is not
        what decides."""
        self.ensure_one()
        rules, company = self.env["crm.offer.rule"], self.company_id
        customer = self.partner_id.commercial_partner_id
        plan = rules._plans(customer, company)[customer.id]
        rules._check_plan(plan, customer, company)
        basket = [
            Usual(line.product_id.id, line.uom_id.id, line.quantity, line.orders)
            for line in self.line_ids
            if line.quantity > 0
        ]
        basket, left_out = rules._offered(basket, company)
        customer = self.partner_id if not self.lead_id else customer
        order = rules._make_offer(plan, customer, company, basket, self.lead_id)
        order._message_log(body=rules._plan_reasons(plan, left_out))
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }
