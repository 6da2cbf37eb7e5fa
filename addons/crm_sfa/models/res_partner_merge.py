from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _merge_obstacles(self, survivor):
        return [*super()._merge_obstacles(survivor), *self._sealed_obstacles(survivor)]

    def _sealed_obstacles(self, survivor) -> list[str]:
        """The seal of an entry covers its partner: on another one it would break."""
        line_sudo = (
            self.env["account.move.line"]
            .sudo()  # who merges need not see the books: one name is told
            .search(
                [
                    ("partner_id", "in", (self - survivor).ids),
                    ("move_id.inalterable_hash", "!=", False),
                ],
                limit=1,
            )
        )
        if not line_sudo:
            return []
        return [
            self.env._(
                "%(name)s has sealed entries in the books, such as %(entry)s. Only the"
                " record that stays may have some.",
                name=line_sudo.partner_id.display_name,
                entry=line_sudo.move_id.name,
            )
        ]
