from werkzeug.exceptions import Forbidden, NotFound

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.crm_base.tools.rate_limit import RateLimit
from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..tools.registration_form import read_registration

# What one reseller registers in an hour at most.
REGISTRATIONS = RateLimit(times=30, seconds=3600)
MOST_BYTES = 64 * 1024
MOST_CATEGORIES = 200


class DealPortal(CustomerPortal):
    """The pages on which resellers register their deals and follow them."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "deal_count" in counters:
            deals = request.env["crm.deal.registration"]
            readable = self._is_reseller() and deals.has_access("read")
            values["deal_count"] = deals.search_count([]) if readable else 0
        return values

    def _prepare_portal_layout_values(self):
        return super()._prepare_portal_layout_values() | {
            "is_reseller": self._is_reseller()
        }

    def _reseller(self):
        # sudo: the level of one's own company is one's own
        return request.env.user.commercial_partner_id.sudo()

    def _is_reseller(self) -> bool:
        return bool(self._reseller().grade_id)

    def _check_reseller(self):
        if not self._is_reseller():
            raise NotFound()

    def _own_domain(self) -> Domain:
        """The record rule says the same for resellers; it leaves out here what staff
        may see beyond it."""
        return Domain("reseller_id", "=", self._reseller().id)

    @http.route(
        ["/my/deals", "/my/deals/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_deals(self, page=1, **kw):
        self._check_reseller()
        deals = request.env["crm.deal.registration"]
        domain = self._own_domain()
        pages = pager(
            url="/my/deals",
            total=deals.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = deals.search(domain, limit=self._items_per_page, offset=pages["offset"])
        values = self._prepare_portal_layout_values() | {
            "page_name": "deals",
            "deals": found,
            "pager": pages,
        }
        return request.render("crm_sfa.portal_my_deals", values)

    @http.route(
        "/my/deals/new", type="http", auth="user", methods=["GET"], website=True
    )
    def portal_deal_new(self, **kw):
        self._check_reseller()
        return self._show_form({}, [])

    @http.route(
        "/my/deals/new",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MOST_BYTES,
    )
    def portal_deal_submit(self, **kw):
        self._check_reseller()
        given = read_registration(kw, fields.Date.context_today(request.env.user))
        if given.wrong:
            return self._show_form(kw, [self._problems()[one] for one in given.wrong])
        if not REGISTRATIONS.allows(self._reseller().id):
            problem = request.env._(
                "There were too many requests. Please try again in an hour."
            )
            return self._show_form(kw, [problem], status=429)
        # sudo: resellers register by this form only
        deals_sudo = request.env["crm.deal.registration"].sudo()
        deal_sudo = deals_sudo.create(self._prepare_deal_vals(given))
        deal_sudo._tell_staff()
        return request.redirect(f"/my/deals/{deal_sudo.id}")

    @http.route(
        "/my/deals/<int:deal_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_deal(self, deal_id, error="", **kw):
        deal = self._own_deal(deal_id)
        values = self._prepare_portal_layout_values() | {
            "page_name": "deals",
            "deal": deal,
            # sudo: the name of a category alone
            "category": deal.sudo().category_id.name,
            "error": self._problems().get(error),
        }
        return request.render("crm_sfa.portal_deal", values)

    @http.route(
        "/my/deals/<int:deal_id>/<string:move>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_deal_move(self, deal_id, move, **kw):
        """Extend the protection, or tell how the deal ended."""
        # sudo: what resellers do with their deals, they do by these methods only
        deal_sudo = self._own_deal(deal_id).sudo()
        moves = {
            "extend": deal_sudo._extend_by_reseller,
            "won": lambda: deal_sudo._move("won"),
            "lost": lambda: deal_sudo._move("lost"),
        }
        if move not in moves:
            raise NotFound()
        try:
            moves[move]()
        except UserError:
            return request.redirect(f"/my/deals/{deal_id}?error=move")
        deal_sudo._tell_staff()
        return request.redirect(f"/my/deals/{deal_id}")

    def _own_deal(self, deal_id: int):
        """Give a registration of the visitor's own company.

        :raises NotFound: for any other, whether it exists or not
        """
        self._check_reseller()
        deals = request.env["crm.deal.registration"]
        if not deals.has_access("read"):
            raise Forbidden()
        mine = self._own_domain() & Domain("id", "=", deal_id)
        found = deals.search(mine) if deal_id < 2**31 else deals
        if not found:
            raise NotFound()
        return found

    def _show_form(self, given: dict, problems: list[str], status=200):
        values = self._prepare_portal_layout_values() | {
            "page_name": "deals",
            "is_new": True,
            "given": given,
            "problems": problems,
            "categories": self._categories(),
            "currency": request.env.company.currency_id.name,
        }
        return request.render("crm_sfa.portal_deal_new", values, status=status)

    def _categories(self) -> list[tuple[int, str]]:
        """Give the categories in which something is sold, by name."""
        # sudo: names of categories alone
        products_sudo = request.env["product.template"].sudo()
        company = request.env.company
        sold = products_sudo._read_group(
            [("sale_ok", "=", True), ("company_id", "in", (company.id, False))],
            ["categ_id"],
            limit=MOST_CATEGORIES,
        )
        return [(one.id, one.display_name) for (one,) in sold if one]

    def _prepare_deal_vals(self, given) -> dict:
        user, reseller = request.env.user, self._reseller()
        known = {id_ for id_, _name in self._categories()}
        return given.texts | {
            "reseller_id": reseller.id,
            "contact_id": user.partner_id.id,
            "company_id": request.env.company.id,
            "user_id": reseller.user_id.id,
            "amount": given.amount,
            "date_until": given.until,
            "category_id": given.category if given.category in known else False,
        }

    def _problems(self) -> dict[str, str]:
        too_long = request.env._("That was too long. Please shorten it.")
        return {
            "customer_name": request.env._(
                "Please name the end customer, in 120 letters at most."
            ),
            "reach": request.env._(
                "Please enter the tax number, the mail address or the phone of the end"
                " customer, so that we can tell who it is."
            ),
            "vat": too_long,
            "email": too_long,
            "phone": too_long,
            "description": too_long,
            "amount": request.env._("Please enter the expected amount as a number."),
            "until": request.env._(
                "Please choose the day of the decision, within the next two years."
            ),
            "move": request.env._("This cannot be done any more with this deal."),
        }
