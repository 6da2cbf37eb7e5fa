from odoo import api, fields, models
from odoo.exceptions import ValidationError

RULES = [
    ("opt_in", "Only who agreed"),
    ("opt_out", "Everybody who did not refuse"),
]


class CrmConsentPurpose(models.Model):
    """What somebody is contacted for, and whether that needs consent."""

    _name = "crm.consent.purpose"
    _description = "Purpose of Contact"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="The word by which programs ask. It cannot be changed where it came with"
        " the suite.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rule = fields.Selection(
        RULES,
        "May Be Contacted",
        required=True,
        default="opt_in",
        help="Whom you may contact for this purpose in all of your companies.",
    )
    company_rule = fields.Selection(
        RULES,
        "In This Company",
        company_dependent=True,
        help="Where the company you work in differs from the others.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "There is a purpose with this code already."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        if shipped := self._shipped():
            raise ValidationError(
                self.env._(
                    "Programs ask for the purpose “%(name)s” by its code. Archive it"
                    " instead.",
                    name=shipped[0].name,
                )
            )

    def write(self, vals):
        if "code" in vals and self._shipped().filtered(
            lambda purpose: purpose.code != vals["code"]
        ):
            raise ValidationError(
                self.env._(
                    "Programs ask for this purpose by its code, so the code cannot be"
                    " changed."
                )
            )
        return super().write(vals)

    def _shipped(self):
        """Give those of these purposes that came with an addon."""
        names = self.get_external_id()
        return self.filtered(lambda purpose: names[purpose.id])

    @api.model
    def _with_code(self, code: str):
        """Give the purpose that a program asks for.

        :raises ValidationError: if there is none
        """
        # Programs ask whatever the rights of who runs them.
        purpose = self.sudo().with_context(active_test=False)
        purpose = purpose.search([("code", "=", code)])
        if not purpose:
            raise ValidationError(
                self.env._("There is no purpose of contact “%(code)s”.", code=code)
            )
        return purpose

    def _needs_consent(self, company) -> bool:
        """Tell whether this company contacts only those who agreed."""
        self.ensure_one()
        return (self.with_company(company).company_rule or self.rule) == "opt_in"
