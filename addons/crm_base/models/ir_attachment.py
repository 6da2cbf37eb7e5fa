from odoo import api, models
from odoo.exceptions import UserError

# The models whose field ``file`` is kept with a hash, see ``crm.file.mixin``.
KEEPERS = ("crm.document", "crm.material")
PLACE = {"res_model", "res_id", "res_field"}
CONTENT = {"raw", "datas", "db_datas", "store_fname"}
# By these a file would be opened to people whom its record does not know.
OPENING = {"public", "access_token", "type", "url"}


class IrAttachment(models.Model):
    """The file of a document or material is handled through that record only."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._kept_files()._check_kept_content()
        return attachments

    def write(self, vals):
        kept = self._kept_files()
        if kept and vals.keys() & (PLACE | OPENING):
            raise UserError(
                self.env._(
                    "This file belongs to a record of the library and cannot be moved"
                    " or published. Change that record instead."
                )
            )
        result = super().write(vals)
        if vals.keys() & (PLACE | CONTENT):
            self._kept_files()._check_kept_content()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        for attachment in self._kept_files():
            keeper = self.env[attachment.res_model].browse(attachment.res_id)
            # A file is kept for all, also for who may not see its record.
            if keeper.sudo().exists().sha256:
                raise UserError(
                    self.env._(
                        "The file of %(name)s cannot be deleted by itself. Delete the"
                        " record it belongs to, if it may be deleted.",
                        name=keeper.sudo().display_name,  # its name alone
                    )
                )

    def _kept_files(self):
        # A file is kept for all, also for who may not see its record.
        return self.sudo().filtered(
            lambda file: file.res_field == "file" and file.res_model in KEEPERS
        )

    def _check_kept_content(self):
        """Let nothing into the place of a kept file but the file with its hash."""
        for attachment in self:
            # A file is kept for all, also for who may not see its record.
            keeper = self.env[attachment.res_model].browse(attachment.res_id).sudo()
            if not keeper.exists() or not keeper._is_kept_as(attachment):
                raise UserError(
                    self.env._(
                        "The file of a record of the library cannot be replaced from"
                        " outside. Upload a new version there."
                    )
                )
