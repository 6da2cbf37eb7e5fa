from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.card import Part


class ResPartner(models.Model):
    """The documents of a customer, and the materials sent there."""

    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_documents(self):
        # sudo: a document that one may not see is kept all the same
        kept = (
            self.env["crm.document"].sudo().search([("partner_id", "in", self.ids)])
        ).partner_id
        if kept:
            raise UserError(
                self.env._(
                    "%(names)s cannot be deleted: documents are kept there. Archive"
                    " the customer instead.",
                    names=", ".join(kept.mapped("display_name")),
                )
            )

    def action_documents(self) -> dict:
        """Show the documents of the customer's whole company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_document_action"
        )
        return action | {
            "domain": [("commercial_partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.id, "search_default_current": 1},
        }

    def action_send_material(self) -> dict:
        """Open the window that sends materials to these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_material_send_wizard_action"
        )
        return action | {"context": {"default_partner_ids": self.ids}}

    def _card_parts(self, family) -> list[Part]:
        theirs = Domain("partner_id", "in", family.ids)
        current = (
            theirs
            & Domain("date_registered", "!=", False)
            & Domain("is_superseded", "=", False)
        )
        return [
            *super()._card_parts(family),
            Part("documents", self.env._("Documents"), "crm.document", current),
            Part(
                "documents_due",
                self.env._("Documents expiring"),
                "crm.document",
                current & Domain("expiry_date", "<=", "today +30d"),
                warn=True,
            ),
            Part(
                "materials",
                self.env._("Materials opened"),
                "crm.material.send",
                theirs & Domain("is_opened", "=", 1),
                total=theirs,
            ),
        ]
