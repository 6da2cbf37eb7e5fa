from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_article import REVIEWERS, STAFF

TEXTS = {"name", "body", "keywords"}


class CrmArticle(models.Model):
    """An article made of a ticket: nothing of the customer may be left in it."""

    _inherit = "crm.article"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Made of Ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )
    masked = fields.Char(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="What was taken out of the text by the program. It may have missed some.",
    )
    is_privacy_checked = fields.Boolean(
        "Nothing personal is left",
        copy=False,
        groups=REVIEWERS,
        tracking=True,
        help="The reviewer has read the text for what tells who the customer is.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & TEXTS and not self.env.user.has_group(REVIEWERS):
            # What the reviewer has read is no longer what stands there.
            checked_sudo = self.sudo().filtered("is_privacy_checked")
            checked_sudo.write({"is_privacy_checked": False})
        return result

    def _check_publishable(self):
        result = super()._check_publishable()
        for article in self:
            if article.ticket_id and not article.is_privacy_checked:
                raise UserError(
                    self.env._(
                        "%(name)s was made of a ticket. Read it for names, numbers and"
                        ' addresses, and tick "Nothing personal is left".',
                        name=article.name,
                    )
                )
        return result

    @api.model
    def _describe_masked(self, found: Counter) -> str:
        """Tell how often what was masked, and nothing of what it was."""
        titles = {
            "name": self.env._("names"),
            "mail": self.env._("mail addresses"),
            "phone": self.env._("phone numbers"),
            "address": self.env._("addresses"),
            "tax": self.env._("tax numbers"),
            "bank": self.env._("bank accounts"),
            "serial": self.env._("serial numbers"),
            "link": self.env._("private links"),
            "picture": self.env._("pictures"),
        }
        told = [
            f"{title}: {found[kind]}" for kind, title in titles.items() if found[kind]
        ]
        return ", ".join(told) or self.env._("nothing")
