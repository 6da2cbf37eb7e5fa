from collections import Counter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.quota import months, next_month

from ..tools.board import Span
from .crm_board import View


class CrmBoardService(models.AbstractModel):
    """How service does: what came, what was done and how soon, by team and month.
    Figures are those of the analyses of tickets and of service levels."""

    _name = "crm.board.service"
    _inherit = "crm.board"
    _description = "Service Board (Analytics)"

    _limits = {"team_id": "helpdesk.ticket.team"}

    @api.model
    def _content(self, view):
        scope = self._scope_of(view)
        rows = self.env["crm.service.report"]._board_open_rows(scope)
        counts = self._counts(view, scope)
        return {
            "tiles": [
                *self._open_tiles(scope, rows),
                *self._work_tiles(view, scope, counts),
                *self._time_tiles(view, scope),
                *self._quality_tiles(view, scope),
            ],
            "blocks": [
                self._flow_chart(view, scope, counts),
                self._kept_chart(view, scope),
                self._teams_table(view, scope),
                self._backlog_table(rows),
            ],
        }

    @api.model
    def _scope_of(self, view: View) -> Domain:
        scope = self._of_company(view)
        if view.team_id:
            scope &= Domain("team_id", "child_of", view.team_id)
        return scope

    # The figures

    @api.model
    def _counts(self, view, scope) -> dict[str, Counter]:
        """Count tickets by the months of their dates, in one pass over them.

        :return: by the name of the date; of closing, those that are closed still
        """
        tickets, facts = self.env["helpdesk.ticket"], self.env["crm.value.source"]
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        closed = stages.search([("closed", "=", True)])
        begins = min(self._last_months(view, 12)[0], *(s.first for s in view.spans))
        known = months(begins, view.span.last)
        borders = [
            facts._moment(view.company, month)
            for month in (*known, next_month(view.span.last))
        ]
        query = tickets._search(scope)
        dates = ("create_date", "closed_date", "reopened_date")
        buckets = [
            SQL(
                "width_bucket(%s, %s::timestamp[])",
                SQL.identifier(query.table, name),
                borders,
            )
            for name in dates
        ]
        stage = SQL.identifier(query.table, "stage_id")
        buckets[1] = SQL(
            "CASE WHEN %s = ANY(%s) THEN %s END", stage, closed.ids, buckets[1]
        )
        query.groupby, query.order = SQL("1, 2, 3"), None
        found = {name: Counter() for name in dates}
        for *places, count in self.env.execute_query(
            query.select(*buckets, SQL("count(*)"))
        ):
            for name, place in zip(dates, places, strict=True):
                # Beside the borders lies what is of no month of these.
                if place and place <= len(known):
                    found[name][known[place - 1]] += count
        return found

    @api.model
    def _open_tiles(self, scope, rows) -> list[dict]:
        env = self.env
        opened = scope & Domain("stage_id.closed", "=", False)
        labels = (env._("Open tickets"), env._("Wait for our answer"))
        return [
            self._tile(
                "backlog",
                labels[0],
                [sum(sum(row[1:-2]) for row in rows)],
                env._("Tickets that are not closed at this moment."),
                better=-1,
                action=self._open(labels[0], "helpdesk.ticket", opened),
            ),
            self._tile(
                "waiting",
                labels[1],
                [sum(row[-2] for row in rows)],
                env._("Open tickets in which the customer spoke last."),
                better=-1,
                action=self._open(
                    labels[1],
                    "helpdesk.ticket",
                    opened & Domain("asked_date", "!=", False),
                ),
            ),
        ]

    @api.model
    def _work_tiles(self, view, scope, counts) -> list[dict]:
        env = self.env
        done = scope & Domain("stage_id.closed", "=", True)
        parts = [
            (
                "came",
                env._("Tickets that came"),
                env._("Tickets created in the period."),
                scope,
                "create_date",
                0,
            ),
            (
                "resolved",
                env._("Tickets resolved"),
                env._("Tickets closed in the period that are closed still."),
                done,
                "closed_date",
                1,
            ),
            (
                "reopened",
                env._("Tickets reopened"),
                env._("Tickets whose last reopening lies in the period."),
                scope,
                "reopened_date",
                -1,
            ),
        ]
        return [
            self._counted(view, key, label, formula, domain, name, better, counts)
            for key, label, formula, domain, name, better in parts
        ]

    @api.model
    def _counted(self, view, key, label, formula, domain, name, better, counts) -> dict:
        within = domain & self._within(view, name, view.span)
        return self._tile(
            key,
            label,
            [
                sum(counts[name][month] for month in months(span.first, span.last))
                for span in view.spans
            ],
            formula,
            better=better,
            action=self._open(label, "helpdesk.ticket", within),
        )

    @api.model
    def _time_tiles(self, view, scope) -> list[dict]:
        env = self.env
        parts = [
            (
                "answer",
                env._("First answer, hours"),
                "first_answer_date",
                env._(
                    "Median of the hours from when a ticket came until our first"
                    " answer, of tickets first answered in the period. Nights and"
                    " holidays count. Left out: tickets without an answer."
                ),
            ),
            (
                "resolution",
                env._("Resolution, hours"),
                "closed_date",
                env._(
                    "Median of the hours from when a ticket came until it was closed,"
                    " of tickets closed in the period. Nights and holidays count."
                ),
            ),
        ]
        tiles = []
        for key, label, name, formula in parts:
            within = scope & self._within(view, name, view.span)
            values = self._medians(view, scope, name)
            action = self._open(label, "helpdesk.ticket", within)
            tiles.append(self._tile(key, label, values, formula, "decimal", -1, action))
        return tiles

    @api.model
    def _medians(self, view, scope, until: str) -> list[float | None]:
        """Give the median of the hours from when tickets came until a date of them, for
        each span of it."""
        facts = self.env["crm.value.source"]
        query = self.env["helpdesk.ticket"]._search(scope)
        moment = SQL.identifier(query.table, until)
        hours = self.env["crm.service.report"]._hours(
            SQL.identifier(query.table, "create_date"), moment
        )
        [medians] = self.env.execute_query(
            query.select(
                *(
                    SQL(
                        "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)"
                        " FILTER (WHERE %s >= %s AND %s < %s)",
                        hours,
                        moment,
                        facts._moment(view.company, span.first),
                        moment,
                        facts._moment(view.company, next_month(span.last)),
                    )
                    for span in view.spans
                )
            )
        )
        return [None if median is None else round(median, 1) for median in medians]

    @api.model
    def _quality_tiles(self, view, scope) -> list[dict]:
        env = self.env
        labels = (
            env._("Deadlines kept"),
            env._("Deadlines missed"),
            env._("Satisfaction of 5"),
        )
        kept = [self._kept(view, span) for span in view.spans]
        decided = self._decided(view, view.span)
        votes = [self._votes(view, scope, span) for span in view.spans]
        return [
            self._tile(
                "sla",
                labels[0],
                [round(rate, 1) if count else None for rate, _missed, count in kept],
                env._(
                    "Service deadlines met ÷ those met or missed, decided in the"
                    " period. Left out: deadlines that still run."
                ),
                "percent",
                action=self._open(labels[0], "crm.sla.report", decided, ("list",)),
            ),
            self._tile(
                "missed",
                labels[1],
                [missed or 0 for _rate, missed, _count in kept],
                env._("Service deadlines that passed or were missed in the period."),
                better=-1,
                action=self._open(
                    labels[1],
                    "crm.sla.report",
                    decided & Domain("breached", "=", 1),
                    ("list",),
                ),
            ),
            self._tile(
                "satisfaction",
                labels[2],
                [round(average, 2) if count else None for average, count in votes],
                env._(
                    "Mean of the ratings of 1 to 5 that customers gave in the period."
                    " Left out: questions without an answer."
                ),
                "decimal",
                action=self._open(
                    labels[2],
                    "rating.rating",
                    self._voted(view, view.span)
                    & Domain("ticket_id", "any", list(scope)),
                ),
            ),
        ]

    @api.model
    def _decided(self, view: View, span: Span) -> Domain:
        decided = self._of_company(view) & self._within(view, "date", span)
        if view.team_id:
            decided &= Domain("team_id", "child_of", view.team_id)
        return decided

    @api.model
    def _kept(self, view: View, span: Span) -> tuple:
        [found] = self.env["crm.sla.report"]._read_group(
            self._decided(view, span), [], ["kept_rate:avg", "breached:sum", "__count"]
        )
        return found

    @api.model
    def _voted(self, view: View, span: Span) -> Domain:
        return (
            Domain("consumed", "=", True)
            & Domain("rating", ">=", 1)
            & self._within(view, "rated_on", span)
        )

    @api.model
    def _votes(self, view, scope, span) -> tuple:
        ratings = self.env["rating.rating"]
        domain = self._voted(view, span) & ratings._ticket_domain(scope)
        [found] = ratings._read_group(domain, [], ["rating:avg", "__count"])
        return found

    # Charts and tables

    @api.model
    def _month_actions(self, view, title, model, domain, name, views=("list", "form")):
        return [
            self._open(
                f"{title}: {self._month_name(month)}",
                model,
                domain & self._within(view, name, Span(month, month)),
                views,
            )
            for month in self._last_months(view, 12)
        ]

    @api.model
    def _flow_chart(self, view, scope, counts) -> dict:
        title = self.env._("Tickets that came and were resolved")
        shown = self._last_months(view, 12)
        came, resolved = self.env._("Came"), self.env._("Resolved")
        return self._chart(
            "flow",
            title,
            [self._month_name(month) for month in shown],
            [
                (came, [counts["create_date"][month] for month in shown]),
                (resolved, [counts["closed_date"][month] for month in shown]),
            ],
            actions=self._month_actions(
                view, came, "helpdesk.ticket", scope, "create_date"
            ),
        )

    @api.model
    def _kept_chart(self, view, scope) -> dict:
        decided = self._of_company(view)
        if view.team_id:
            decided &= Domain("team_id", "child_of", view.team_id)
        title, shown = (
            self.env._("Deadlines kept by month"),
            self._last_months(view, 12),
        )
        # Months are those of the company's clock.
        zone = self.env["crm.value.source"]._zone(view.company)
        rows = (
            self.env["crm.sla.report"]
            .with_context(tz=zone)
            ._read_group(
                decided & self._within(view, "date", Span(shown[0], view.span.last)),
                ["date:month"],
                ["kept_rate:avg"],
            )
        )
        rates = {month.date().replace(day=1): rate for month, rate in rows}
        return self._chart(
            "kept",
            title,
            [self._month_name(month) for month in shown],
            [(self.env._("Deadlines kept"), [rates.get(month) for month in shown])],
            "percent",
            "line",
            self._month_actions(
                view, title, "crm.sla.report", decided, "date", ("list",)
            ),
        )

    @api.model
    def _teams_table(self, view, scope) -> dict:
        env = self.env
        came = scope & self._within(view, "create_date", view.span)
        rows = env["crm.service.report"]._read_group(
            came,
            ["team_id"],
            [
                "__count",
                "first_answer_hours:avg",
                "resolution_hours:avg",
                "reopen_count:sum",
                "breached:sum",
                "satisfaction:avg",
            ],
            order="__count DESC",
        )
        return self._table_of(
            "teams",
            env._("Teams"),
            [
                (env._("Team"), "text"),
                (env._("Came"), "count"),
                (env._("First answer, hours"), "decimal"),
                (env._("Resolution, hours"), "decimal"),
                (env._("Reopened"), "count"),
                (env._("Deadlines missed"), "count"),
                (env._("Satisfaction"), "decimal"),
            ],
            [
                (
                    [team.display_name or env._("No team"), *figures],
                    self._open(
                        team.display_name or env._("No team"),
                        "crm.service.report",
                        came & Domain("team_id", "=", team.id),
                        ("list", "pivot"),
                    ),
                )
                for team, *figures in rows
            ],
            env._("Of the tickets that came in the period. Hours are means."),
        )

    @api.model
    def _backlog_table(self, rows) -> dict:
        report = self.env["crm.service.report"]
        return self._table_of(
            "ages",
            self.env._("Open tickets by team and age"),
            [
                (self.env._("Team"), "text"),
                *((label, "count") for label in report._board_age_labels()),
                (self.env._("All"), "count"),
            ],
            [
                (
                    [
                        row["name"],
                        *(c["value"] for c in row["cells"]),
                        row["all"]["value"],
                    ],
                    self._readable(row["all"]["action"]),
                )
                for row in report._board_backlog(rows)
            ],
        )

    @api.model
    def _readable(self, action: dict):
        """Give an action of another board, unless the reader may not read such."""
        model = self.env[action["res_model"]].sudo(False)
        return action if model.has_access("read") else None
