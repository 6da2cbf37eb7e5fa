from datetime import datetime, time, timedelta
from itertools import pairwise

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How far back the figures of what was done look.
DAYS = 30
# The backlog by age: more than so many days, and at most the next.
AGES = (0, 1, 3, 7, 30)


class CrmServiceReport(models.Model):
    """The board of a team leader: today's figures in one call, each with the domain of
    the tickets behind it, all under the reader's own rights."""

    _inherit = "crm.service.report"

    @api.model
    @api.readonly
    def read_board(self, team_id: int | None = None) -> dict:
        """Give what the service board shows.

        :param team_id: only this team with the teams below it; empty: all
        :return: ``teams`` (to choose from), ``figures`` (dicts of ``key``, ``label``,
            ``value`` and ``action``), ``backlog`` (rows by team and age) and
            ``resolved`` (for each day how many)
        """
        self.check_access("read")
        scope = Domain("team_id", "child_of", team_id) if team_id else Domain.TRUE
        rows = self._board_open_rows(scope)
        return {
            "teams": self._board_teams(),
            "figures": self._board_figures(scope, rows),
            "ages": self._board_age_labels(),
            "backlog": self._board_backlog(rows),
            "resolved": self._board_resolved(scope),
        }

    @api.model
    def _board_teams(self) -> list[dict]:
        teams = self.env["helpdesk.ticket.team"].search(Domain.TRUE)
        return [{"id": team.id, "name": team.complete_name} for team in teams]

    @api.model
    def _board_open_rows(self, scope: Domain) -> list[tuple]:
        """Count the open tickets of each team in one query.

        :return: the team, how many of each age, how many wait for us, and how many
            nobody has
        """
        # By name the database finds the few open ones among all; through the stage it
        # would read every ticket.
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        opened = Domain("stage_id", "in", stages.search([("closed", "=", False)]).ids)
        query = self.env["helpdesk.ticket"]._search(scope & opened)
        created, asked, user = (
            SQL.identifier(query.table, name)
            for name in ("create_date", "asked_date", "user_id")
        )
        counts = [
            SQL("%s <= %s AND %s > %s", created, start, created, end)
            for start, end in self._board_ages()
        ]
        counts += [SQL("%s IS NOT NULL", asked), SQL("%s IS NULL", user)]
        query.groupby = SQL.identifier(query.table, "team_id")
        return self.env.execute_query(
            query.select(
                query.groupby,
                *(SQL("count(*) FILTER (WHERE %s)", count) for count in counts),
            )
        )

    @api.model
    def _board_ages(self) -> list[tuple[datetime, datetime]]:
        """Give for each age when its tickets came: until when, and after when."""
        now = fields.Datetime.now()
        starts = [now - timedelta(days=days) for days in AGES[1:]]
        # The newest have no limit: one of this very second is open as well.
        return list(pairwise([datetime.max, *starts, datetime.min]))

    @api.model
    def _board_figures(self, scope: Domain, rows: list[tuple]) -> list[dict]:
        since = fields.Datetime.now() - timedelta(days=DAYS)
        figures = [
            *self._board_open_figures(scope, rows),
            *self._board_recent_figures(scope, since),
        ]
        made = [self._board_figure(*figure) for figure in figures]
        return [*made, self._board_satisfaction(scope, since)]

    @api.model
    def _board_open_figures(self, scope: Domain, rows: list[tuple]) -> list[tuple]:
        """Tell how many tickets are open now, and wait for what."""
        env, opened = self.env, scope & Domain("stage_id.closed", "=", False)
        return [
            ("backlog", env._("Open"), opened, sum(sum(row[1:-2]) for row in rows)),
            (
                "waiting",
                env._("Wait for our answer"),
                opened & Domain("asked_date", "!=", False),
                sum(row[-2] for row in rows),
            ),
            (
                "unassigned",
                env._("Unassigned"),
                opened & Domain("user_id", "=", False),
                sum(row[-1] for row in rows),
            ),
        ]

    @api.model
    def _board_recent_figures(self, scope: Domain, since) -> list[tuple]:
        """Tell how the last days went."""
        env, tickets = self.env, self.env["helpdesk.ticket"]
        reopened = scope & Domain("reopened_date", ">=", since)
        answered = scope & Domain("first_answer_date", ">=", since)
        resolved = scope & Domain("closed_date", ">=", since)
        missed = Domain("state", "=", "breached") & Domain("deadline", ">=", since)
        breached = scope & Domain("sla_clock_ids", "any", missed)
        return [
            (
                "reopened",
                env._("Reopened, %(days)s days", days=DAYS),
                reopened,
                tickets.search_count(reopened),
            ),
            (
                "breached",
                env._("Deadlines missed, %(days)s days", days=DAYS),
                breached,
                tickets.search_count(breached),
            ),
            (
                "answer",
                env._("First answer, median hours, %(days)s days", days=DAYS),
                answered,
                self._board_median(answered, "first_answer_date"),
            ),
            (
                "resolution",
                env._("Resolution, median hours, %(days)s days", days=DAYS),
                resolved,
                self._board_median(resolved, "closed_date"),
            ),
        ]

    @api.model
    def _board_figure(self, key, label, domain, value, model="helpdesk.ticket") -> dict:
        return {
            "key": key,
            "label": label,
            "value": value,
            "action": {
                "type": "ir.actions.act_window",
                "name": label,
                "res_model": model,
                "views": [(False, "list"), (False, "form")],
                "domain": list(domain),
            },
        }

    @api.model
    def _board_median(self, domain: Domain, until: str) -> float | None:
        """Give the median of the hours from when a ticket came until a date of it."""
        query = self.env["helpdesk.ticket"]._search(domain)
        hours = self._hours(
            SQL.identifier(query.table, "create_date"),
            SQL.identifier(query.table, until),
        )
        [[median]] = self.env.execute_query(
            query.select(SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", hours))
        )
        return None if median is None else round(median, 1)

    @api.model
    def _board_satisfaction(self, scope: Domain, since) -> dict:
        votes = (
            Domain("consumed", "=", True)
            & Domain("rating", ">=", 1)
            & Domain("rated_on", ">=", since)
            & Domain("ticket_id", "!=", False)
        )
        ratings, counted = self.env["rating.rating"], votes
        if not scope.is_true():
            counted &= ratings._ticket_domain(scope)
            votes &= Domain("ticket_id", "any", list(scope))
        [(average, count)] = ratings._read_group(counted, [], ["rating:avg", "__count"])
        label = self.env._("Satisfaction of 5, %(days)s days", days=DAYS)
        value = round(average, 2) if count else None
        figure = self._board_figure("satisfaction", label, votes, value, ratings._name)
        return figure | {"count": count}

    @api.model
    def _board_age_labels(self) -> list[str]:
        labels = [
            self.env._("%(from)s to %(to)s days", **{"from": low, "to": high})
            for low, high in pairwise(AGES)
        ]
        return [*labels, self.env._("over %(days)s days", days=AGES[-1])]

    @api.model
    def _board_backlog(self, rows: list[tuple]) -> list[dict]:
        """Tell the open tickets by team and age, the longest list first."""
        ids = [team_id for team_id, *_counts in rows if team_id]
        teams = self.env["helpdesk.ticket.team"].browse(ids)
        names = {team.id: team.complete_name for team in teams}
        made = [
            self._board_row(team_id, names.get(team_id), counts)
            for team_id, *counts, _waiting, _unassigned in rows
        ]
        return sorted(made, key=lambda row: -row["all"]["value"])

    @api.model
    def _board_row(self, team_id, name, counts) -> dict:
        mine = Domain("stage_id.closed", "=", False) & Domain(
            "team_id", "=", team_id or False
        )
        label = name or self.env._("No team")
        cells = []
        for (start, end), count in zip(self._board_ages(), counts, strict=True):
            within = mine
            if start < datetime.max:
                within &= Domain("create_date", "<=", start)
            if end > datetime.min:
                within &= Domain("create_date", ">", end)
            cells.append(self._board_figure("cell", label, within, count))
        total = self._board_figure("total", label, mine, sum(counts))
        return {"name": label, "cells": cells, "all": total}

    @api.model
    def _board_resolved(self, scope: Domain) -> list[dict]:
        """Count what was resolved on each day, as the reader's calendar has it."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        today = datetime.now(zone).date()
        days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
        bounds = [self._midnight(day, zone) for day in [*days, today + timedelta(1)]]
        closed = (
            scope
            & Domain("stage_id.closed", "=", True)
            & Domain("closed_date", ">=", bounds[0])
        )
        query = self.env["helpdesk.ticket"]._search(closed)
        local = SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            SQL.identifier(query.table, "closed_date"),
            zone.zone,
        )
        query.groupby = SQL("1")
        counts = dict(self.env.execute_query(query.select(local, SQL("count(*)"))))
        return [
            {
                "day": fields.Date.to_string(day),
                "count": counts.get(day, 0),
                "action": self._board_figure(
                    "day",
                    self.env._("Resolved on %(day)s", day=day),
                    scope
                    & Domain("stage_id.closed", "=", True)
                    & Domain("closed_date", ">=", start)
                    & Domain("closed_date", "<", end),
                    0,
                )["action"],
            }
            for day, (start, end) in zip(days, pairwise(bounds), strict=True)
        ]

    @api.model
    def _midnight(self, day, zone) -> datetime:
        """The moment in UTC at which a day begins."""
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
