from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.sampling import stratified


class CrmScorecard(models.Model):
    """Drawing the samples: of each agent's work of a month, so many of every sort."""

    _inherit = "crm.scorecard"

    @api.model
    def _cron_sample(self):
        """Draw the samples of the month that is over, whichever day it is now.

        It is the same choice each time, and what was drawn is not drawn again.
        """
        commit = self.env["ir.cron"]._commit_progress
        this_month = fields.Date.today().replace(day=1)
        month = (this_month - timedelta(days=1)).replace(day=1)
        cards = self.search(Domain.TRUE)
        commit(remaining=len(cards))
        for card in cards:
            if card.try_lock_for_update():
                card._draw(month, this_month)
            if not commit(1):
                break

    def _draw(self, month, until):
        """Make the reviews of a month.

        :param until: the first day of the next month
        """
        self.ensure_one()
        reviews = self.env["crm.scorecard.review"]
        for source in reviews._review_sources():
            found = self._candidates(source, month, until)
            mine = Domain("scorecard_id", "=", self.id) & Domain("month", "=", month)
            known = reviews.search(mine & Domain(source.field, "!=", False))
            for agent_id, candidates in found.items():
                seed = f"{self.id}/{month}/{agent_id}/{source.field}"
                chosen = stratified(candidates, self.sample_count, seed)
                taken = known.filtered(lambda one, who=agent_id: one.agent_id.id == who)
                left = self.sample_count - len(taken)
                fresh = [id_ for id_ in chosen if id_ not in taken[source.field]._ids]
                reviews.create(
                    [
                        self._prepare_review_vals(source, id_, agent_id, month)
                        for id_ in fresh[:left]
                    ]
                )

    def _candidates(self, source, month, until) -> dict[int, list]:
        """Give for each agent the work of the month that nobody reviewed for another
        month or card: pairs of an id and its stratum."""
        model = self.env[
            self.env["crm.scorecard.review"]._fields[source.field].comodel_name
        ]
        query = model._search(self._candidates_domain(source, model, month, until))
        columns = [
            model._field_to_sql(query.table, name, query)
            for name in (source.user, *source.strata)
        ]
        rows = self.env.execute_query(
            query.select(SQL.identifier(query.table, "id"), *columns)
        )
        found = {}
        for id_, user_id, *stratum in rows:
            found.setdefault(user_id, []).append((id_, tuple(map(str, stratum))))
        return found

    def _candidates_domain(self, source, model, month, until) -> Domain:
        elsewhere = Domain(source.field, "!=", False) & ~(
            Domain("scorecard_id", "=", self.id) & Domain("month", "=", month)
        )
        reviewed = self.env["crm.scorecard.review"]._search(elsewhere)
        domain = (
            Domain(list(source.domain))
            & Domain(source.date, ">=", fields.Datetime.to_datetime(month))
            & Domain(source.date, "<", fields.Datetime.to_datetime(until))
            & Domain(source.user, "!=", False)
            & Domain(f"{source.user}.active", "=", True)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "not in", reviewed.subselect(source.field))
        )
        if self.team_ids:
            domain &= Domain("team_id", "in", self.team_ids.ids)
        return domain

    def _prepare_review_vals(self, source, id_, agent_id, month) -> dict:
        return {
            "scorecard_id": self.id,
            source.field: id_,
            "agent_id": agent_id,
            "month": month,
        }
