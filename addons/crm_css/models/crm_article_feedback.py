from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import hmac

KINDS = [
    ("helped", "Helped"),
    ("not_helped", "Did not help"),
    ("solved", "Solved, question spared"),
]
ORIGINS = [
    ("page", "Help page"),
    ("question", "Question form"),
    ("ticket", "Ticket"),
]
SCOPE = "crm.article.feedback"


class CrmArticleFeedback(models.Model):
    """What a reader said of an article: it helped, it did not, it spared a question.

    A question counts as spared only where a customer was writing one and clicked "This
    solved it" instead of sending it. Who reads an article and then asks nothing may
    have gone away unhelped; that is not counted. Who the reader was is not kept: only a
    digest that nobody can turn back without the secret of the database.
    """

    _name = "crm.article.feedback"
    _description = "Feedback on an Article"
    _order = "day desc, id desc"
    _rec_name = "article_id"

    article_id = fields.Many2one(
        "crm.article", required=True, readonly=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(related="article_id.category_id", store=True)
    lang_id = fields.Many2one(related="article_id.lang_id", store=True)
    kind = fields.Selection(KINDS, "Feedback", required=True, readonly=True)
    origin = fields.Selection(ORIGINS, "Given on", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, default=fields.Date.today)
    visitor = fields.Char(
        required=True,
        readonly=True,
        groups="base.group_system",
        export_string_translation=False,
    )

    # One vote of a visitor, which may change; and one spared question a day.
    _vote_uniq = models.UniqueIndex("(article_id, visitor) WHERE kind <> 'solved'")
    _solved_uniq = models.UniqueIndex(
        "(article_id, visitor, day) WHERE kind = 'solved'"
    )
    _day_idx = models.Index("(day) WHERE kind = 'solved'")

    @api.model
    def _note(self, article, kind: str, origin: str, visitor: str):
        """Note what a visitor says; the last word of the same visitor holds.

        :param visitor: anything that tells one visitor from another
        """
        digest = hmac(self.env(su=True), SCOPE, visitor)
        domain = [("article_id", "=", article.id), ("visitor", "=", digest)]
        if kind == "solved":
            domain += [("kind", "=", kind), ("day", "=", fields.Date.today())]
        else:
            domain += [("kind", "!=", "solved")]
        # As the system: else the row would say who made it.
        feedback_sudo = self.with_user(SUPERUSER_ID)
        if given_sudo := feedback_sudo.search(domain, limit=1):
            given_sudo.write({"kind": kind, "origin": origin})
            return given_sudo
        return feedback_sudo.create(
            {
                "article_id": article.id,
                "kind": kind,
                "origin": origin,
                "visitor": digest,
            }
        )
