from urllib.parse import quote

from odoo import models

from ..tools.route import Point, point


class ResPartner(models.Model):
    """Where a customer is."""

    _inherit = "res.partner"

    def _place(self) -> Point | None:
        """Give the coordinates of somebody, or else those of the company."""
        # Not their union, which would be read by itself for each customer of a list.
        for partner in (self, self.commercial_partner_id):
            if place := point(partner.partner_latitude, partner.partner_longitude):
                return place
        return None

    def _map_url(self) -> str | bool:
        """Give the link that opens the map of a phone at this customer."""
        place = self._place()
        if place:
            return (
                f"geo:{place.lat:.6f},{place.lon:.6f}?q={place.lat:.6f},{place.lon:.6f}"
            )
        address = self._one_line_address()
        return f"geo:0,0?q={quote(address)}" if address else False

    def _one_line_address(self) -> str:
        parts = [self.street, self.street2, f"{self.zip or ''} {self.city or ''}"]
        return ", ".join(part.strip() for part in parts if part and part.strip())

    def _take_place(self, place: Point) -> None:
        """Keep where a customer is, unless that is known already."""
        if not self._place():
            self.write({"partner_latitude": place.lat, "partner_longitude": place.lon})
