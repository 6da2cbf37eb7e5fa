from datetime import datetime

from odoo import fields, models

PROOF = ("confirmed_date", "how", "user_id", "refuted_date", "reason")


class ResPartner(models.Model):
    """What a call proved of the phone, so that it can be taken back."""

    _inherit = "res.partner"

    def _phone_proof(self) -> dict | bool:
        """Give what is known of the phone at this moment."""
        point_sudo = self._phone_point_sudo()
        if not point_sudo:
            return False
        values = point_sudo.read(PROOF, load="")[0]
        return {
            key: fields.Datetime.to_string(value)
            if isinstance(value, datetime)
            else value
            for key, value in values.items()
        }

    def _restore_phone_proof(self, proof: dict | bool):
        # Confirmations are written by the server alone.
        point_sudo = self._phone_point_sudo()
        if point_sudo and point_sudo.id != (proof and proof["id"]):
            point_sudo.unlink()
            point_sudo = point_sudo.browse(proof and proof["id"]).exists()
        if point_sudo:
            values = {name: proof[name] for name in PROOF}
            point_sudo.write(values | {"is_current": True})

    def _phone_point_sudo(self):
        # Proofs are the server's alone.
        points_sudo = self.env["crm.contact.point"].sudo()
        if not self:
            return points_sudo
        return points_sudo.search(
            [
                ("partner_id", "=", self.id),
                ("kind", "=", "phone"),
                ("is_current", "=", True),
            ],
            limit=1,
        )
