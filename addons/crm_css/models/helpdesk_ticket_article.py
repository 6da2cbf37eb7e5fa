import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools import masking

SUGGESTED = 5
# So many fit by their words; of them those that fit the ticket's product come first.
CANDIDATES = 20
HELP_LINK = re.compile(r"/help/(?:[a-z0-9-]*-)?(\d{1,9})(?![\w-])")


class HelpdeskTicket(models.Model):
    """Articles: suggested for a ticket, sent with it, made of it."""

    _inherit = "helpdesk.ticket"

    article_ids = fields.Many2many(
        "crm.article",
        "crm_article_ticket_rel",
        "ticket_id",
        "article_id",
        string="Articles",
        copy=False,
        help="Articles that were sent with this ticket or that answer it.",
    )
    dismissed_article_ids = fields.Many2many(
        "crm.article",
        "crm_article_dismissed_rel",
        "ticket_id",
        "article_id",
        string="Articles That Do Not Help",
        copy=False,
    )

    @api.readonly
    def suggest_articles(self, name=None, description=None, product_id=None):
        """Give the articles that fit best what was written so far, for the screen.

        :param name, description, product_id: what stands on the screen, saved or not
        """
        self.env["crm.article"].check_access("read")
        text = f"{name or ''} {html2plaintext(description or '')}"
        shown = Domain("id", "not in", self.dismissed_article_ids.ids)
        found = self.env["crm.article"]._find(
            text, domain=shown, limit=CANDIDATES, any_word=True
        )
        best = self._best_articles(found, product_id)[:SUGGESTED]
        return [self._article_row(article) for article in best]

    def _best_articles(self, articles, product_id):
        """Put first what is about the product, the type, and in the language."""
        product = self.env["product.product"].browse(product_id or [])
        template, type_id = product.product_tmpl_id, self.type_id
        base = (self.partner_id.lang or self.env.lang or "").partition("_")[0]

        def fits(article):
            language = (article.lang_id.code or base).partition("_")[0]
            return (
                2 * bool(template and template in article.product_tmpl_ids)
                + 2 * (language == base)
                + bool(type_id and type_id in article.type_ids)
            )

        return articles.sorted(lambda article: -fits(article))

    def _article_row(self, article) -> dict:
        return {
            "id": article.id,
            "name": article.name,
            "teaser": article.teaser,
            "language": (article.lang_id.code or "").partition("_")[0],
            "audience": article.audience,
            "linked": article in self.article_ids,
            "sendable": bool(self) and article._may_be_sent_to(self.partner_id),
        }

    def action_answer_with_article(self, article_id: int):
        """Open the composer with the article: its text, and the link to it."""
        self.ensure_one()
        self.check_access("write")
        article = self.env["crm.article"].browse(article_id)
        article.check_access("read")
        if not article._may_be_sent_to(self.partner_id):
            raise UserError(
                self.env._(
                    "%(name)s is not for this customer. Answer in your own words.",
                    name=article.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer with an Article"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_partner_ids": self.partner_id.ids,
                "default_body": self._article_answer(article),
            },
        }

    def _article_answer(self, article) -> Markup:
        link = Markup('<p><a href="%s">%s</a></p>') % (article._url(), article.name)
        return Markup("<p><br/></p>") + (article.body or Markup()) + link

    def action_link_article(self, article_id: int):
        """Note that an article answers this ticket."""
        article = self.env["crm.article"].browse(article_id)
        article.check_access("read")
        self.write({"article_ids": [fields.Command.link(article.id)]})

    def action_dismiss_article(self, article_id: int):
        """Note that an article does not help here, and suggest it no more."""
        self.ensure_one()
        article = self.env["crm.article"].browse(article_id)
        article.check_access("read")
        self.write({"dismissed_article_ids": [fields.Command.link(article.id)]})
        self.env["crm.article.feedback"]._note(
            article, "not_helped", "ticket", f"ticket-{self.id}"
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self._side_of(message) == "us":
            self._link_articles_sent(message)
        return result

    def _link_articles_sent(self, message):
        """Link the articles whose address stands in our answer, pasted or inserted."""
        ids = {int(number) for number in HELP_LINK.findall(message.body or "")}
        articles = self.env["crm.article"].search([("id", "in", list(ids))])
        if ids and articles:
            tickets_sudo = self.sudo()  # whoever may answer may not write all fields
            links = [fields.Command.link(article.id) for article in articles]
            tickets_sudo.write({"article_ids": links})

    # An article out of a ticket

    def action_make_article(self):
        """Open a draft of an article with this question and its answers, without what
        tells who asked."""
        self.ensure_one()
        self.check_access("write")
        articles = self.env["crm.article"]
        article = articles.search([("ticket_id", "=", self.id)], limit=1)
        return articles._window(article or self._make_article())

    def _make_article(self):
        vals, masked = self._prepare_article()
        article = self.env["crm.article"].create(vals)
        article_sudo = article.sudo()  # where it comes from is not for agents to write
        article_sudo.write({"ticket_id": self.id, "masked": masked})
        return article

    def _prepare_article(self) -> tuple[dict, str]:
        """Give the values of a draft, and what was masked in it."""
        known = self._masking_words()
        title = masking.mask_text(self.name, known)
        question = masking.mask_html(self.description, known)
        answers = [masking.mask_html(text, known) for text in self._our_answers()]
        found = sum((part.found for part in answers), title.found + question.found)
        # What was masked is text and tags that we made; sanitised again when written.
        body = Markup("<h2>%s</h2>%s<h2>%s</h2>%s") % (
            self.env._("Question"),
            Markup(question.text),
            self.env._("Answer"),
            Markup("").join(Markup(part.text) for part in answers),
        )
        lang = self.env["res.lang"]._get_data(code=self.partner_id.lang)
        vals = {
            "name": title.text,
            "body": body,
            "lang_id": lang.id,
            "company_id": self.company_id.id,
            "ticket_ids": [fields.Command.link(self.id)],
            "type_ids": [fields.Command.set(self.type_id.ids)],
            "product_tmpl_ids": [
                fields.Command.set(self.product_id.product_tmpl_id.ids)
            ],
        }
        return vals, self.env["crm.article"]._describe_masked(found)

    def _our_answers(self) -> list[str]:
        ours = self.message_ids.filtered(
            lambda message: self._side_of(message) == "us"
        ).sorted("id")
        return ours.mapped("body")

    def _masking_words(self) -> dict[str, list[str]]:
        """Tell what is known of the people of this ticket, by kind of
        ``tools.masking.KNOWN``; addons add theirs."""
        # The agent may not read all of it; it is only taken out of texts.
        ticket_sudo = self.sudo()
        family_sudo = ticket_sudo.partner_id._crm_family() | ticket_sudo.partner_id
        agents_sudo = (
            ticket_sudo.message_ids.author_id
            | (
                ticket_sudo.user_id | ticket_sudo.team_id.user_ids | self.env.user
            ).partner_id
        )
        people_sudo = family_sudo | agents_sudo
        items_sudo = self.env["crm.owned.item"].sudo()  # taken out of texts, as above
        items_sudo = items_sudo.search([("partner_id", "in", family_sudo.ids)])
        return {
            "name": [*people_sudo.mapped("name"), ticket_sudo.partner_name],
            "mail": [*people_sudo.mapped("email"), ticket_sudo.partner_email],
            "address": [
                value
                for name in ("street", "street2", "zip", "city")
                for value in family_sudo.mapped(name)
            ],
            "tax": [
                *family_sudo.mapped("vat"),
                *family_sudo.mapped("company_registry"),
            ],
            "bank": family_sudo.bank_ids.mapped("acc_number"),
            "serial": [
                *family_sudo.mapped("ref"),
                *items_sudo.mapped("lot_name"),
            ],
        }
