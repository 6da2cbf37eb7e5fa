from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class IrAttachment(models.Model):
    """Customers see the files of a ticket that were sent to or by a customer.

    They read files by a token only; helpdesk_mgmt hands out those of all files of the
    ticket, also of the staff's notes.
    """

    _inherit = "ir.attachment"

    def _shown_to_customers(self):
        """Give those of these files that a customer may see, by what they belong to."""
        if not self:
            return self
        domain = Domain("id", "in", self.ids) & self._customer_files_domain()
        return self.search(domain)

    def _customer_files_domain(self) -> Domain:
        return Domain("res_model", "!=", "helpdesk.ticket") | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """(EXISTS (
                    SELECT 1
                      FROM message_attachment_rel AS carried
                      JOIN mail_message AS message ON message.id = carried.message_id
                 LEFT JOIN mail_message_subtype AS subtype
                        ON subtype.id = message.subtype_id
                     WHERE carried.attachment_id = %(id)s
                       AND message.is_internal IS NOT TRUE
                       AND subtype.internal IS NOT TRUE
                ) OR EXISTS (
                    SELECT 1 FROM res_users AS uploader
                     WHERE uploader.id = %(create_uid)s AND uploader.share
                ))""",
                id=SQL.identifier(alias, "id"),
                create_uid=SQL.identifier(alias, "create_uid"),
            )
        )
