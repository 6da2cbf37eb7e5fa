from odoo import api, fields, models

STAFF = "base.group_user"


class CrmArticle(models.Model):
    """How often an article was read, sent and found helpful."""

    _inherit = "crm.article"

    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        "crm_article_ticket_rel",
        "article_id",
        "ticket_id",
        string="Tickets",
        copy=False,
        groups=STAFF,
        help="Tickets that it was sent with or that it answers.",
    )
    view_count = fields.Integer("Views", compute="_compute_view_count", groups=STAFF)
    helped_count = fields.Integer(
        "Helped", compute="_compute_feedback_counts", groups=STAFF
    )
    not_helped_count = fields.Integer(
        "Did not help", compute="_compute_feedback_counts", groups=STAFF
    )
    solved_count = fields.Integer(
        "Questions Spared", compute="_compute_feedback_counts", groups=STAFF
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count", groups=STAFF)

    def _compute_view_count(self):
        views_sudo = self.env["crm.article.view"].sudo()  # figures, for any colleague
        counts = views_sudo._read_group(
            [("article_id", "in", self.ids)], ["article_id"], ["count:sum"]
        )
        found = {article.id: count for article, count in counts}
        for article in self:
            article.view_count = found.get(article.id, 0)

    def _compute_feedback_counts(self):
        # Who said it is not for every reader; how many did is.
        feedback_sudo = self.env["crm.article.feedback"].sudo()
        counts = feedback_sudo._read_group(
            [("article_id", "in", self.ids)], ["article_id", "kind"], ["__count"]
        )
        found = {(article.id, kind): count for article, kind, count in counts}
        for article in self:
            for kind in ("helped", "not_helped", "solved"):
                article[f"{kind}_count"] = found.get((article.id, kind), 0)

    @api.depends("ticket_ids")
    @api.depends_context("uid")
    def _compute_ticket_count(self):
        """Count the tickets that the reader may open."""
        counts = dict.fromkeys(self.ids, 0)
        tickets = self.env["helpdesk.ticket"]._read_group(
            [("article_ids", "in", self.ids)], ["article_ids"], ["__count"]
        )
        counts |= {article.id: count for article, count in tickets}
        for article in self:
            article.ticket_count = counts.get(article.id, 0)

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        return action | {"domain": [("article_ids", "in", self.ids)], "context": {}}

    def action_open_feedback(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.crm_article_feedback_action"
        )
        return action | {"domain": [("article_id", "in", self.ids)], "context": {}}
