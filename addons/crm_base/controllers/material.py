from odoo import http
from odoo.exceptions import MissingError
from odoo.http import request

from ..tools.web_link import is_web_link

# What a browser shows without running anything; the rest is saved.
SHOWN = {
    "application/pdf",
    "audio/mpeg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/webm",
}
# The address holds the token: it goes to no other site, no index and no cache.
DISCREET = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class Material(http.Controller):
    """The page behind the links in mails with materials."""

    @http.route(
        "/crm/material/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,  # a reader of a brochure is not followed by a cookie
    )
    def material(self, token, **kwargs):
        """Show what was sent with this link, and count it as opened."""
        # sudo: who has the token may see this material, and nothing else
        send_sudo = request.env["crm.material.send"].sudo()._by_token(token)
        if not send_sudo:
            return self._page("crm_base.material_unknown", 404)
        material_sudo = send_sudo.material_id
        offered = material_sudo.is_sendable and not send_sudo.date_revoked
        response = offered and self._content(material_sudo)
        if not response:
            return self._page("crm_base.material_gone", 410)
        if self._is_read_by_the_customer():
            send_sudo._record_opening()
        response.headers.update(DISCREET)
        return response

    def _content(self, material_sudo):
        """Give the response with the material; None where its file is lost."""
        if not material_sudo.sha256:
            # Checked again: the database may hold what an import put there.
            if is_web_link(material_sudo.url):
                return request.redirect(material_sudo.url, code=302, local=False)
            return None
        try:
            stream = request.env["ir.binary"]._get_stream_from(
                material_sudo,
                "file",
                filename=material_sudo.file_name or material_sudo.name,
            )
            return stream.get_response(as_attachment=stream.mimetype not in SHOWN)
        except (MissingError, OSError):
            return None

    def _is_read_by_the_customer(self) -> bool:
        """Tell a person's click from machines that look ahead, from the rest of a file
        that is read in pieces, and from colleagues who try the link."""
        headers = request.httprequest.headers
        ahead = headers.get("Sec-Purpose") or headers.get("Purpose") or ""
        return (
            request.httprequest.method == "GET"
            and bool(headers.get("User-Agent"))
            and not request.env["ir.http"].is_a_bot()
            and "prefetch" not in ahead
            and headers.get("Range", "bytes=0-").startswith("bytes=0-")
            and not request.env.user._is_internal()
        )

    def _page(self, template: str, status: int):
        response = request.render(template, {}, status=status)
        response.headers.update(DISCREET)
        return response
