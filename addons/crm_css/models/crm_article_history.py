from datetime import timedelta

from odoo import api, fields, models

# Saves of one author in a row make one version of a draft.
SAME_SITTING = timedelta(hours=1)
WATCHED = {"name", "body"}


class CrmArticle(models.Model):
    """Keeps what was written, by whom and when."""

    _inherit = "crm.article"

    version_ids = fields.One2many(
        "crm.article.version", "article_id", "Versions", groups="base.group_user"
    )

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        articles._note_version()
        return articles

    def write(self, vals):
        if not vals.keys() & WATCHED:
            return super().write(vals)
        before = {article: (article.name, article.body) for article in self}
        result = super().write(vals)
        self.filtered(
            lambda article: before[article] != (article.name, article.body)
        )._note_version()
        return result

    def _note_version(self):
        now = fields.Datetime.now()
        # Nobody writes versions by hand, and the stamp is the server's.
        for article_sudo in self.sudo():
            article_sudo.write({"date_body": now})
            text = {"name": article_sudo.name, "body": article_sudo.body, "date": now}
            last_sudo = article_sudo.version_ids.sorted("id")[-1:]
            if last_sudo and article_sudo._is_same_sitting(last_sudo, now):
                last_sudo.write(text)
            else:
                article_sudo.version_ids.create(
                    text | {"article_id": article_sudo.id, "user_id": self.env.uid}
                )

    def _is_same_sitting(self, version, now) -> bool:
        return (
            self.state == "draft"
            and version.user_id == self.env.user
            and version.date > now - SAME_SITTING
        )
