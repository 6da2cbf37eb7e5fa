from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_NAME = 500


class CrmMatterMixin(models.AbstractModel):
    """Something that came up with a customer and stays open until it is settled.

    Where it came up in a noted contact, it takes customer, owner, company and day from
    there, so that only its name has to be typed.
    """

    _name = "crm.matter.mixin"
    _description = "Matter Open with a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.stand.in.mixin"]
    _check_company_auto = True
    # Who may read it may also comment it: the answer is often a colleague's.
    _mail_post_access = "read"

    name = fields.Char(required=True, tracking=True)
    description = fields.Text("Details", tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer's Company",
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        help="Who sees to it.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )

    # A compute for each field: of fields that share one, what is typed into the first
    # would keep the others from being filled.

    @api.depends(lambda self: self._contact_depends())
    def _compute_partner_id(self):
        for matter in self:
            matter.partner_id = matter.partner_id or matter._contact().partner_id

    @api.depends(lambda self: self._contact_depends())
    def _compute_user_id(self):
        for matter in self:
            owner = matter.user_id or matter._contact().user_id
            matter.user_id = owner or self.env.user

    @api.depends(lambda self: self._contact_depends())
    def _compute_company_id(self):
        for matter in self:
            company = matter.company_id or matter._contact().company_id
            matter.company_id = company or self.env.company

    @api.depends(lambda self: self._contact_depends())
    def _compute_date(self):
        for matter in self:
            matter.date = matter.date or matter._day_of(matter._contact())

    @api.constrains("name")
    def _check_name(self):
        for matter in self:
            if len(matter.name) > MAX_NAME:
                raise ValidationError(
                    self.env._(
                        "“%(start)s…” is %(count)s characters long. Say it in one line"
                        " of at most %(most)s and put the rest into the details.",
                        start=matter.name[:40],
                        count=len(matter.name),
                        most=MAX_NAME,
                    )
                )

    @api.model
    def _contact_depends(self) -> tuple[str, ...]:
        """Name the fields that :meth:`_contact` reads."""
        return ()

    def _contact(self):
        """Give the noted contact in which this came up, if there is one."""
        return self.env["crm.interaction"]

    def _day_of(self, contact):
        if not contact.date:
            return fields.Date.context_today(self)
        return fields.Datetime.context_timestamp(self, contact.date).date()
