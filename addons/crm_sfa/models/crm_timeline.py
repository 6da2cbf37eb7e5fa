from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(
        selection_add=[
            ("lead", "Opportunity"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("invoice", "Invoice"),
        ]
    )

    @api.model
    def _timeline_sources(self):
        common = {"partner": "partner_id", "user": "user_id", "company": "company_id"}
        order = common | {
            "model": "sale.order",
            "date": "date_order",
            "subject": ("name",),
            "amount": "amount_total",
            "texts": ("name", "client_order_ref", "note"),
        }
        return [
            *super()._timeline_sources(),
            Source(
                slot=12,
                kind="quotation",
                direction="out",
                domain=(("state", "in", ("draft", "sent")),),
                **order,
            ),
            Source(
                slot=13,
                kind="order",
                direction="in",
                domain=(("state", "=", "sale"),),
                **order,
            ),
            Source(
                slot=14,
                model="account.move",
                kind="invoice",
                direction="out",
                date="invoice_date",
                partner="partner_id",
                user="invoice_user_id",
                company="company_id",
                subject=("name",),
                amount="amount_total",
                texts=("name", "ref", "narration"),
                domain=(
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ),
            ),
            Source(
                slot=15,
                model="crm.lead",
                kind="lead",
                direction="in",
                date="create_date",
                subject=("name",),
                texts=("name", "description"),
                **common,
            ),
        ]

    @api.model
    def _guarded_models(self):
        return [*super()._guarded_models(), "crm.lead", "sale.order", "account.move"]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {
            "lead": "fa-star-o",
            "quotation": "fa-file-o",
            "order": "fa-shopping-cart",
            "invoice": "fa-money",
        }
