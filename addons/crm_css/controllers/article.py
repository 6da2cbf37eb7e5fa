import re
import secrets

from werkzeug.exceptions import NotFound, TooManyRequests

from odoo import SUPERUSER_ID, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.crm_base.tools.rate_limit import RateLimit

from ..tools import fulltext

PAGE = 20
SUGGESTED = 3
# Nobody types faster; a machine would.
SEARCHES = RateLimit(times=120, seconds=60)
VOTES = RateLimit(times=30, seconds=3600)
SLUG = re.compile(r"(?:.*-)?(\d{1,9})$", re.S)
# Shown in the browser; anything else is saved, for a page may hold scripts.
SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}
REMEMBERED = 50


class ArticleController(http.Controller):
    """The help pages, and articles suggested while a customer writes a question.

    What a visitor may see is up to the record rules: nothing is read with other rights,
    but for the files of an article that the visitor may read.
    """

    # Pages

    @http.route("/help", type="http", auth="public", website=True, sitemap=True)
    def help_home(self, q="", category=None, search=None, **kw):
        if login := self._login_page():
            return login
        articles = request.env["crm.article"]
        chosen = self._category(category)
        within = Domain("category_id", "child_of", chosen.id) if chosen else Domain.TRUE
        if q.strip():
            self._limit(SEARCHES)
            found, other = self._search(q, within)
            search = self._note_search(q, len(found))
        else:
            found, other = self._listed(within), False
            search = None
        values = {
            "page_name": "help",
            "articles": found,
            "asked": q[: fulltext.LONGEST_QUESTION],
            "category": chosen,
            "categories": self._categories(articles),
            "other_languages": other,
            "search": search,
        }
        return request.render("crm_css.help_home", values)

    @http.route("/help/<string:slug>", type="http", auth="public", website=True)
    def help_article(self, slug, search=None, **kw):
        if login := self._login_page():
            return login
        article = self._article(slug)
        if f"/help/{slug}" != article._path():
            return request.redirect(article._path(), code=301)
        self._count_view(article)
        self._note_click(search)
        values = {
            "page_name": "help",
            "article": article,
            "translations": article._in_other_languages(),
            "files": self._files(article),
            "voted": request.session.get("crm_help_votes", {}).get(str(article.id)),
        }
        return request.render("crm_css.help_article", values)

    @http.route(
        "/help/<int:article_id>/file/<int:file_id>",
        type="http", auth="public", website=True,
    )  # fmt: skip
    def help_file(self, article_id, file_id, **kw):
        if login := self._login_page():
            return login
        files = self._files(self._article(str(article_id)))
        file_sudo = files.filtered(lambda file: file.id == file_id)
        if not file_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(file_sudo)
        response = stream.get_response(as_attachment=stream.mimetype not in SHOWN)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @http.route(
        "/help/<int:article_id>/vote",
        type="http", auth="public", website=True, methods=["POST"],
    )  # fmt: skip
    def help_vote(self, article_id, helped=None, **kw):
        """Take the answer to "Did this help?"; the last one of a visitor holds."""
        if login := self._login_page():
            return login
        article = self._article(str(article_id))
        kind = {"1": "helped", "0": "not_helped"}.get(helped)
        if kind:
            self._limit(VOTES)
            request.env["crm.article.feedback"]._note(
                article, kind, "page", self._visitor()
            )
            votes = dict(request.session.get("crm_help_votes", {}))
            votes[str(article.id)] = kind
            request.session["crm_help_votes"] = dict(list(votes.items())[-REMEMBERED:])
        return request.redirect(f"{article._path()}#vote")

    # While a question is written

    @http.route(
        "/help/suggest", type="jsonrpc", auth="public", website=True, readonly=True
    )
    def suggest(self, text="", **kw):
        """Give articles for customers that may answer the question being typed."""
        if self._is_closed() or not SEARCHES.allows(self._address()):
            return []
        return [
            {"id": article.id, "name": article.name, "teaser": article.teaser,
             "url": article._path()}
            for article in self._suggested(text)
        ]  # fmt: skip

    @http.route("/help/asked", type="jsonrpc", auth="public", website=True)
    def asked(self, text="", **kw):
        """Note what was asked, once it stands: whether there was an article for it."""
        if self._is_closed() or not SEARCHES.allows(self._address()):
            return None
        return self._note_search(text, len(self._suggested(text)))

    @http.route("/help/solved", type="jsonrpc", auth="public", website=True)
    def solved(self, article_id=None, search=None, **kw):
        """Count a question that was not sent, for an article had answered it."""
        if self._is_closed() or not VOTES.allows(self._address()):
            return False
        if not isinstance(article_id, int):
            return False
        mine = Domain("id", "=", article_id) & Domain("audience", "=", "customer")
        article = request.env["crm.article"].search(
            mine & request.env["crm.article"]._open_domain()
        )
        if not article:
            return False
        request.env["crm.article.feedback"]._note(
            article, "solved", "question", self._visitor()
        )
        self._note_click(search)
        return True

    # Who asks

    def _is_closed(self) -> bool:
        """Tell whether the pages are for customers with a login, and this is none."""
        company = request.env.company.sudo()  # a visitor may not read the setting
        return request.env.user._is_public() and company.help_access != "public"

    def _login_page(self):
        """Send a stranger to the login, whatever the address: it tells nothing of what
        is there."""
        if not self._is_closed():
            return None
        path = request.httprequest.path
        return request.redirect_query("/web/login", {"redirect": path})

    def _address(self) -> str:
        return f"{request.httprequest.remote_addr}-{request.env.uid}"

    def _limit(self, limit: RateLimit):
        if not limit.allows(self._address()):
            raise TooManyRequests()

    def _visitor(self) -> str:
        """Tell this visitor from others, by login or by session."""
        if not request.env.user._is_public():
            return f"user-{request.env.uid}"
        if not request.session.get("crm_help_visitor"):
            request.session["crm_help_visitor"] = secrets.token_urlsafe(16)
        return f"session-{request.session['crm_help_visitor']}"

    def _audience(self) -> str:
        user = request.env.user
        if user._is_internal():
            return "staff"
        return "partner" if user.partner_id._is_service_partner() else "customer"

    # What is there

    def _article(self, slug: str):
        """Give the published article of an address; drafts are not found."""
        match = SLUG.fullmatch(slug)
        articles = request.env["crm.article"]
        domain = Domain("id", "=", int(match[1])) if match else Domain.FALSE
        article = articles.search(domain & articles._open_domain())
        if not article:
            raise NotFound()
        return article

    def _files(self, article):
        """Give the files of an article that the visitor may read: visitors have no
        right to attachments of their own."""
        article_sudo = article.sudo()  # visitors have no right to files
        return article_sudo.attachment_ids.filtered(
            lambda file: file.res_model == article._name and file.res_id == article.id
        )

    def _category(self, category):
        number = str(category or "")
        if not re.fullmatch(r"\d{1,9}", number):
            return request.env["crm.article.category"]
        return request.env["crm.article.category"].search([("id", "=", int(number))])

    def _categories(self, articles):
        """Give the categories with the number of articles that the visitor may read."""
        domain = articles._open_domain() & Domain("category_id", "!=", False)
        domain &= articles._language_domain(request.env.lang)
        return articles._read_group(domain, ["category_id"], ["__count"])

    def _search(self, text, within):
        """Look in the visitor's language first, then in all."""
        articles = request.env["crm.article"]
        found = articles._find(text, request.env.lang, within, PAGE)
        if found:
            return found, False
        found = articles._find(text, None, within, PAGE)
        return found, bool(found)

    def _listed(self, within):
        articles = request.env["crm.article"]
        domain = articles._open_domain() & within
        domain &= articles._language_domain(request.env.lang)
        return articles.search(domain, order="date_published desc, id desc", limit=PAGE)

    def _suggested(self, text):
        if not isinstance(text, str):
            return request.env["crm.article"]
        return request.env["crm.article"]._find(
            text,
            request.env.lang,
            Domain("audience", "=", "customer"),
            SUGGESTED,
        )

    # What is noted: never who

    def _note_search(self, text, hits):
        """Note a search; give its number, which this visitor may refer to."""
        if not isinstance(text, str) or request.env["ir.http"].is_a_bot():
            return None
        search = request.env["crm.article.search"]._note(
            text, hits, self._audience(), request.env.lang
        )
        known = [*request.session.get("crm_help_searches", []), search.id]
        request.session["crm_help_searches"] = known[-REMEMBERED:]
        return search.id or None

    def _note_click(self, search):
        """Note that one of the articles found was opened, if this visitor searched."""
        number = str(search or "")
        if not re.fullmatch(r"\d{1,9}", number):
            return
        if int(number) in request.session.get("crm_help_searches", []):
            searches_sudo = request.env["crm.article.search"].with_user(SUPERUSER_ID)
            searches_sudo.browse(int(number)).exists().write({"clicked": True})

    def _count_view(self, article):
        """Count a reader once for an article, and neither colleagues nor machines."""
        if request.env.user._is_internal() or request.env["ir.http"].is_a_bot():
            return
        read = request.session.get("crm_help_read", [])
        if article.id not in read:
            request.session["crm_help_read"] = [*read, article.id][-REMEMBERED:]
            request.env["crm.article.view"]._count_one(article)
