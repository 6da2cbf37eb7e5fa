import base64
import hashlib

from .common import CrmCase

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


class LibraryCase(CrmCase):
    """Documents and materials, a kind that is kept ten years, and one that is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_2 = cls.env["res.company"].create({"name": "Other"})
        cls.contract, cls.letter, cls.free = cls.env["crm.document.kind"].create(
            [
                {"name": "Contract", "retention_years": 10, "reminder_days": 30},
                {"name": "Letter", "is_letter": True, "retention_years": 6},
                {"name": "Leaflet", "retention_years": 0},
            ]
        )
        cls.jonas.email = "jonas@n.example.com"

    @classmethod
    def _document(cls, register=True, content=PDF, **vals):
        """Put a document of the user on the register, by default a contract."""
        vals = {
            "name": "Framework contract",
            "partner_id": cls.customer.id,
            "kind_id": cls.contract.id,
            "user_id": cls.user.id,
            "file": b64(content),
            "file_name": "contract.pdf",
        } | vals
        document = cls.env["crm.document"].with_user(cls.user).create(vals)
        if register:
            document.action_register()
        return document

    @classmethod
    def _material(cls, state="approved", content=PDF, **vals):
        """Make a material of the user, by default an approved brochure."""
        vals = {
            "name": "Brochure",
            "user_id": cls.user.id,
            "file_name": "brochure.pdf",
            "state": state,
        } | vals
        if content and not vals.get("url"):
            vals["file"] = b64(content)
        material = cls.env["crm.material"].create(vals)
        return material.with_user(cls.user)

    @classmethod
    def _send(cls, materials, partners, **vals):
        """Send materials as the user; give what was noted of it."""
        wizard = cls.env["crm.material.send.wizard"].with_user(cls.user)
        known = cls.env["crm.material.send"].search([])
        wizard.create(
            {
                "partner_ids": partners.ids,
                "material_ids": materials.ids,
                **vals,
            }
        ).action_send()
        return cls.env["crm.material.send"].search([]) - known

    def _attachment(self, record):
        return record.sudo()._file_attachment()

    def _digest(self, content):
        return hashlib.sha256(content).hexdigest()
