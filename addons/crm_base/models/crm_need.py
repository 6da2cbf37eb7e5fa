from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("want", "Wants"),
    ("question", "Asks"),
    ("complaint", "Complains"),
    ("idea", "Has an idea"),
]


class CrmNeed(models.Model):
    """What a customer asked for, wants or complains of, and what it is worth."""

    _name = "crm.need"
    _description = "Customer Need"
    _inherit = ["crm.matter.mixin"]
    _order = "amount desc, id desc"

    name = fields.Char("Need", help="What the customer needs, in one line.")
    kind = fields.Selection(
        KINDS, required=True, default="want", index=True, tracking=True
    )
    topic_id = fields.Many2one(
        "crm.need.topic",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Needs of one topic are counted and added up together.",
    )
    amount = fields.Monetary(
        "Worth",
        currency_field="currency_id",
        tracking=True,
        help="What it brings if the need is met, as far as one can tell.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    state = fields.Selection(
        [("open", "Open"), ("met", "Met"), ("refused", "Refused")],
        required=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    date_closed = fields.Date("Closed On", compute="_compute_date_closed", store=True)
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    reference = fields.Reference(
        "_selection_reference",
        "Came Up In",
        compute="_compute_reference",
        inverse="_inverse_reference",
        help="The document in which the need came up.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "What a need is worth cannot be less than zero."
    )
    _reference_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for need in self:
            need.currency_id = (need.company_id or self.env.company).currency_id

    @api.depends("state")
    def _compute_date_closed(self):
        today = fields.Date.context_today(self)
        for need in self:
            need.date_closed = need.state != "open" and (need.date_closed or today)

    @api.depends("res_model", "res_id")
    def _compute_reference(self):
        # A document may be gone, and its model too, with the addon that brought it.
        known = self._reference_models()
        for need in self:
            is_known = need.res_id and need.res_model in known
            need.reference = is_known and f"{need.res_model},{need.res_id}"

    def _inverse_reference(self):
        for need in self:
            document = need.reference
            need.res_model = document and document._name
            need.res_id = document and document.id

    @api.model
    def _selection_reference(self):
        # Names of kinds of documents are no secret.
        models_sudo = self.env["ir.model"].sudo()
        return [
            (name, models_sudo._get(name).name) for name in self._reference_models()
        ]

    @api.constrains("res_model")
    def _check_res_model(self):
        known = {False, *self._reference_models()}
        for need in self:
            if need.res_model not in known:
                raise ValidationError(
                    self.env._(
                        "A need cannot refer to a document of the type %(model)s.",
                        model=need.res_model,
                    )
                )

    @api.model
    def _reference_models(self) -> list[str]:
        """Name the documents in which a need can come up; addons add theirs."""
        return ["crm.interaction"]

    @api.model
    def _contact_depends(self):
        return ("reference",)

    def _contact(self):
        contact = super()._contact()
        document = self.reference
        return document if document and document._name == contact._name else contact
