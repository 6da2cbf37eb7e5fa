from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

# What somebody in the field may attach to one answer.
MOST_FILES, MOST_BYTES = 10, 25 * 1024 * 1024


class ServicePortal(CustomerPortal):
    """The pages of companies that serve a territory for us."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "service_count" in counters:
            values["service_count"] = self._service_count()
        return values

    def _service_count(self) -> int:
        tickets = request.env["helpdesk.ticket"]
        open_ = self._service_domain() & Domain("closed", "=", False)
        return tickets.search_count(open_) if tickets.has_access("read") else 0

    def _service_domain(self) -> Domain:
        """The tickets of the visitor's own company's territories. The record rule says
        the same; here it leaves out the visitor's own questions to us."""
        company = request.env.user.commercial_partner_id
        return Domain("service_partner_id", "=", company.id)

    @http.route(
        ["/my/service", "/my/service/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_service(self, page=1, search="", show="open", **kw):
        tickets = request.env["helpdesk.ticket"]
        if not tickets.has_access("read"):
            raise NotFound()
        domain = self._service_domain()
        if show != "all":
            show = "open"
            domain &= Domain("closed", "=", False)
        for word in search[:200].split():
            # The customers are not the visitor's to read, but to be found by.
            customer = Domain("partner_id", "any!", Domain("name", "ilike", word))
            domain &= customer | Domain.OR(
                Domain(name, "ilike", word)
                for name in ("number", "name", "partner_name")
            )
        pages = pager(
            url="/my/service",
            url_args={"search": search, "show": show},
            total=tickets.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = tickets.search(
            domain,
            order="priority desc, create_date desc, id desc",
            limit=self._items_per_page,
            offset=pages["offset"],
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "service",
            "tickets": found.sudo(),  # their customers are not the visitor's to read
            "pager": pages,
            "search": search,
            "show": show,
        }
        return request.render("crm_css.portal_my_service", values)

    @http.route("/my/service/<int:ticket_id>", type="http", auth="user", website=True)
    def portal_service_ticket(self, ticket_id, error="", **kw):
        ticket_sudo = self._service_ticket(ticket_id)
        company = request.env.user.commercial_partner_id
        messages_sudo = ticket_sudo._partner_messages(company)
        for attachment in ticket_sudo._service_files(messages_sudo):
            attachment.generate_access_token()
        values = self._prepare_portal_layout_values() | {
            "page_name": "service",
            "service_ticket": ticket_sudo,
            "messages": messages_sudo,
            "files": ticket_sudo._service_files(messages_sudo),
            "stages": ticket_sudo._partner_stages() - ticket_sudo.stage_id,
            "error": self._service_errors().get(error),
        }
        return request.render("crm_css.portal_service_ticket", values)

    @http.route(
        "/my/service/<int:ticket_id>/write",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_service_write(self, ticket_id, text="", to="customer", **kw):
        """Answer the customer, or write us a note."""
        ticket_sudo = self._service_ticket(ticket_id)
        files, error = self._service_uploads()
        if not error:
            try:
                ticket_sudo._partner_post(
                    request.env.user,
                    plaintext2html(text.strip()) if text.strip() else "",
                    files,
                    internal=to != "customer",
                )
            except UserError:
                error = "empty"
        return self._service_back(ticket_id, error)

    @http.route(
        "/my/service/<int:ticket_id>/stage",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_service_stage(self, ticket_id, stage_id="", **kw):
        ticket_sudo = self._service_ticket(ticket_id)
        stages = ticket_sudo._partner_stages()
        chosen = stages.filtered(lambda stage: str(stage.id) == stage_id)
        if not chosen:
            return self._service_back(ticket_id, "stage")
        ticket_sudo.stage_id = chosen
        return self._service_back(ticket_id)

    def _service_ticket(self, ticket_id: int):
        """Give a ticket of the visitor's territories, with all rights: what the pages
        do with it is all that the visitor may do.

        :raises NotFound: for any other, whether it exists or not
        """
        tickets = request.env["helpdesk.ticket"]
        mine = self._service_domain() & Domain("id", "=", ticket_id)
        found = tickets.has_access("read") and tickets.search(mine)
        if not found:
            raise NotFound()
        return found.sudo()  # found with the visitor's own rights

    def _service_uploads(self) -> tuple[list, str]:
        uploads = [file for file in request.httprequest.files.getlist("files") if file]
        if len(uploads) > MOST_FILES:
            return [], "files"
        files, left = [], MOST_BYTES
        for upload in uploads:
            content = upload.read(left + 1)
            left -= len(content)
            if left < 0:
                return [], "files"
            files.append((upload.filename, content))
        return files, ""

    def _service_back(self, ticket_id: int, error: str = ""):
        query = f"?error={error}" if error else ""
        return request.redirect(f"/my/service/{ticket_id}{query}")

    def _service_errors(self) -> dict[str, str]:
        return {
            "empty": request.env._("Write something, or attach a file."),
            "files": request.env._(
                "That was too much: at most 10 files and 25 MB at a time."
            ),
            "stage": request.env._("The ticket cannot be put into this stage."),
        }
