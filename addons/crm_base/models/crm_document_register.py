from os.path import splitext

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.file_name import clean_file_name

# What a registered document is; it changes by a new version only.
LOCKED = {
    "company_id",
    "date",
    "date_registered",
    "direction",
    "file",
    "file_name",
    "kind_id",
    "partner_id",
    "previous_id",
}


class CrmDocument(models.Model):
    """The register: what was put on it stays as it came, and is deleted by right."""

    _inherit = "crm.document"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        today = fields.Date.today()
        for document in self.filtered("date_registered"):
            if document.retention_until and document.retention_until >= today:
                raise UserError(
                    self.env._(
                        "%(name)s must be kept until %(date)s. Nobody can delete it"
                        " before.",
                        name=document.name,
                        date=document.retention_until,
                    )
                )
        if self.filtered("date_registered") and not self._is_managed():
            raise UserError(
                self.env._(
                    "Only managers delete registered documents. Ask one of them."
                )
            )

    def _is_managed(self) -> bool:
        manager = "crm_base.crm_base_group_manager"
        return self.env.su or self.env.user.has_group(manager)

    @api.model_create_multi
    def create(self, vals_list):
        # Explicit, so that no default of the caller's takes its place.
        documents = super().create(
            [vals | {"date_registered": False} for vals in vals_list]
        )
        documents._check_may_supersede()
        return documents

    def write(self, vals):
        self._check_locked(vals)
        if vals.get("date_registered"):
            # The moment is now, and the kind decides how long it is kept.
            vals = vals | {"date_registered": fields.Datetime.now()}
            vals.pop("retention_until", None)
        result = super().write(vals)
        if "previous_id" in vals:
            self._check_may_supersede()
        return result

    def _check_may_supersede(self):
        """Let only those add a version who may change the one before."""
        self.previous_id.check_access("write")

    def _check_locked(self, vals: dict):
        """Refuse to change what was registered, for everybody, in every way."""
        registered = self.filtered("date_registered")
        if registered and vals.keys() & LOCKED:
            raise UserError(
                self.env._(
                    "%(name)s is registered, and stays as it is. Add a new version"
                    " instead.",
                    name=registered[0].name,
                )
            )
        if "retention_until" not in vals:
            return
        until = fields.Date.to_date(vals["retention_until"])
        for document in registered.filtered("retention_until"):
            if not until or until < document.retention_until:
                raise UserError(
                    self.env._(
                        "%(name)s must be kept until %(date)s at least.",
                        name=document.name,
                        date=document.retention_until,
                    )
                )

    @api.model
    def upload(self, files: list[dict]) -> list[int]:
        """Store files as drafts, for the customer in the context if there is one.

        :param files: dicts of ``name`` and ``data``, the content in base64
        :return: the ids of the documents
        """
        return self.create([self._prepare_upload(**file) for file in files]).ids

    def _prepare_upload(self, name: str = "", data: str = "") -> dict:
        name = clean_file_name(name)
        self._decode_file(data or "", name)
        return {"name": splitext(name)[0], "file_name": name, "file": data}

    def action_register(self):
        """Put the document on the register: from now on it stays as it is."""
        drafts = self.filtered(lambda document: not document.date_registered)
        drafts.write({"date_registered": fields.Datetime.now()})
        reminders = drafts.previous_id.activity_ids.filtered("automated")
        reminders.action_feedback(feedback=self.env._("Replaced by a newer version."))

    def action_new_version(self) -> dict:
        """Open a draft for the next version."""
        self.ensure_one()
        # A newer version may be one that this user may not see.
        if not self.date_registered or self.sudo().next_ids:
            raise UserError(
                self.env._(
                    "A new version follows the newest registered one. Open the list of"
                    " versions, and add it there."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Version"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_previous_id": self.id,
                "default_name": self.name,
                "default_number": self.number,
                "default_kind_id": self.kind_id.id,
                "default_partner_id": self.partner_id.id,
                "default_direction": self.direction,
                "default_company_id": self.company_id.id,
            },
        }

    def action_verify(self) -> dict:
        """Tell whether the stored file is still the one that was handed in."""
        self.ensure_one()
        self.check_access("read")
        unchanged = self._is_unchanged()
        message = (
            self.env._("The file is unchanged since it was stored.")
            if unchanged
            else self.env._(
                "The file is not the one that was stored: it was changed or lost"
                " outside of the register. Fetch it from a backup."
            )
        )
        if not unchanged:
            # sudo: whoever finds it out may leave the trace
            self.sudo()._message_log(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if unchanged else "danger",
                "sticky": not unchanged,
                "title": self.name,
                "message": message,
            },
        }

    def action_twins(self) -> dict:
        """Show the documents of the customer with the same file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Same File"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("sha256", "=", self.sha256),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ],
        }
