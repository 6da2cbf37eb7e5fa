from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class IrAttachment(models.Model):
    """Customers see the files of a ticket that were sent to or by a customer.

    Odoo shows all files of a record to whoever may read the record, so those of the
    staff's notes too.
    """

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self.env.user.share:
            return result
        files = self.sudo().filtered(lambda file: file.res_model == "helpdesk.ticket")
        hidden = self.browse((files - files._shown_to_customers())._ids)
        if not hidden:
            return result
        forbidden, error = result or (self.browse(), None)
        rule = self.env["ir.rule"]
        return forbidden | hidden, error or (
            lambda: rule._make_access_error(operation, hidden)
        )

    def _search(self, domain, *args, **kwargs):
        if not self.env.su and self.env.user.share and not kwargs.get("bypass_access"):
            domain = Domain(domain) & self._customer_files_domain()
        return super()._search(domain, *args, **kwargs)

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
