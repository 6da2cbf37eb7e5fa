from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged, users, warmup

from .common import ServiceCase


class ReportCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.manager = new_test_user(
            cls.env,
            "css_manager",
            groups="helpdesk_mgmt.group_helpdesk_manager",
            tz="UTC",
        )
        cls.report = cls.env["crm.service.report"].with_user(cls.manager)

    @classmethod
    def _at(cls, days, **hours):
        return fields.Datetime.now() - timedelta(days=days, **hours)

    def _row(self, ticket):
        self.env.flush_all()
        return self.report.search([("id", "=", ticket.id)])


@tagged("post_install", "-at_install")
class TestServiceReport(ReportCase):
    def test_times_are_those_that_the_customer_waited(self):
        with freeze_time("2026-03-02 08:00:00"):
            ticket = self._create_ticket(self.anna)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-03-02 08:00:00'"
            " WHERE id = %s",
            [ticket.id],
        )
        ticket.invalidate_recordset()
        ticket._note_answer(fields.Datetime.to_datetime("2026-03-02 10:30:00"))
        with freeze_time("2026-03-03 08:00:00"):
            ticket.stage_id = self.done
        row = self._row(ticket)
        self.assertEqual((row.first_answer_hours, row.resolution_hours), (2.5, 24))
        self.assertEqual((row.backlog, row.tickets, row.age_days), (0, 1, 0))

    def test_open_ticket_is_backlog_and_has_an_age(self):
        ticket = self._create_ticket(self.anna)
        row = self._row(ticket)
        self.assertEqual((row.backlog, row.waiting), (1, 1))
        self.assertLess(row.age_days, 0.1)
        self.assertFalse(row.resolution_hours)

    def test_class_of_the_customer_is_the_one_of_the_company_one_works_in(self):
        self.nordlicht.value_class = "a"
        self.assertEqual(self._row(self._create_ticket(self.anna)).value_class, "a")

    def test_ticket_without_a_vote_does_not_count_as_dissatisfied(self):
        first = self._create_ticket(self.anna, stage_id=self.done.id)
        second = self._create_ticket(self.anna, stage_id=self.done.id)
        first.rating_apply(5, rating=first._make_vote(self.anna))
        [(average, votes)] = self.report._read_group(
            [("id", "in", (first | second).ids)], [], ["satisfaction:avg", "votes:sum"]
        )
        self.assertEqual((average, votes), (5, 1))

    def test_vote_that_was_imported_counts(self):
        ticket = self._create_ticket(self.anna, stage_id=self.done.id)
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": ticket.id,
                "rating": 3,
                "consumed": True,
            }
        )
        self.assertEqual(self._row(ticket).satisfaction, 3)

    def test_territory_counts_with_its_parts(self):
        north = self.env["crm.territory"].create({"name": "North"})
        part = north.create({"name": "Coast", "parent_id": north.id})
        ticket = self._create_ticket(self.anna, territory_id=part.id)
        row = self._row(ticket)
        self.assertEqual((row.territory_id, row.territory_top_id), (part, north))
        self.assertIn(row, self.report.search([("territory_id", "child_of", north.id)]))

    def test_reopened_tickets_are_counted(self):
        ticket = self._create_ticket(self.anna, stage_id=self.done.id)
        ticket._note_question(fields.Datetime.now())
        self.assertEqual(self._row(ticket).reopen_count, 1)

    def test_row_opens_its_ticket(self):
        ticket = self._create_ticket(self.anna)
        action = self._row(ticket).action_open_ticket()
        self.assertEqual((action["res_model"], action["res_id"]),
                         ("helpdesk.ticket", ticket.id))  # fmt: skip

    def test_every_grouping_of_the_search_works(self):
        self._create_ticket(self.anna)
        names = ["team_id", "user_id", "value_class", "product_id", "type_id"]
        names += ["channel_id", "territory_top_id", "create_date:month"]
        for name in names:
            rows = self.report._read_group(
                [], [name], ["tickets:sum", "first_answer_hours:avg", "breached:sum"]
            )
            self.assertTrue(rows)

    def test_tickets_of_another_company_are_not_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        ticket = self._create_ticket(self.anna, team_id=False, company_id=company.id)
        self.assertFalse(self._row(ticket))

    def test_agent_has_no_report(self):
        report = self.report.with_user(self.agent)
        with self.assertRaises(AccessError):
            report.search([])
        with self.assertRaises(AccessError):
            report.read_board()


@tagged("post_install", "-at_install")
class TestServiceBoard(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.team.copy({"name": "Board", "alias_name": "board"})

    def _board(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.report.read_board(self.team.id)

    def _figure(self, key):
        figures = self._board()["figures"]
        return next(figure for figure in figures if figure["key"] == key)

    def assertOpens(self, figure, records):
        action = figure["action"]
        model = self.env[action["res_model"]].with_user(self.manager)
        self.assertEqual(model.search(action["domain"]), records)

    def test_backlog_waiting_and_unassigned_open_their_tickets(self):
        self.team.user_ids |= self.agent
        mine = self._create_ticket(self.anna, user_id=self.agent.id)
        free = self._create_ticket(self.anna)
        free._note_answer(fields.Datetime.now())
        self._create_ticket(self.anna, stage_id=self.done.id)
        for key, tickets in (
            ("backlog", mine | free),
            ("waiting", mine),
            ("unassigned", free),
        ):
            figure = self._figure(key)
            self.assertEqual(figure["value"], len(tickets), key)
            self.assertOpens(figure, tickets.sorted())

    def test_backlog_is_told_by_age(self):
        fresh, old = self._create_ticket(self.anna), self._create_ticket(self.anna)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [self._at(5), old.id],
        )
        [row] = self._board()["backlog"]
        self.assertEqual([cell["value"] for cell in row["cells"]], [1, 0, 1, 0, 0])
        self.assertOpens(row["cells"][2], old)
        self.assertOpens(row["cells"][0], fresh)
        self.assertEqual(row["all"]["value"], 2)

    def test_median_of_the_first_answer(self):
        for hours in (1, 2, 30):
            ticket = self._create_ticket(self.anna)
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                [self._at(2), ticket.id],
            )
            ticket.invalidate_recordset()
            ticket._note_answer(ticket.create_date + timedelta(hours=hours))
        self.assertEqual(self._figure("answer")["value"], 2)

    def test_median_of_the_resolution(self):
        ticket = self._create_ticket(self.anna)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [self._at(2), ticket.id],
        )
        ticket.invalidate_recordset()
        ticket.stage_id = self.done
        figure = self._figure("resolution")
        self.assertEqual(figure["value"], 48)
        self.assertOpens(figure, ticket)

    def test_missed_deadlines_open_their_tickets(self):
        late, soon = self._create_ticket(self.anna), self._create_ticket(self.anna)
        for ticket, state in ((late, "breached"), (soon, "running")):
            self.env["crm.sla.clock"].create(
                {
                    "ticket_id": ticket.id,
                    "kind": "next_answer",
                    "date_start": self._at(2),
                    "deadline": self._at(1),
                    "state": state,
                }
            )
        figure = self._figure("breached")
        self.assertEqual(figure["value"], 1)
        self.assertOpens(figure, late)

    def test_nothing_is_not_zero(self):
        self.assertIsNone(self._figure("answer")["value"])
        self.assertIsNone(self._figure("satisfaction")["value"])
        self.assertEqual(self._figure("backlog")["value"], 0)

    def test_resolved_of_today_opens_its_tickets(self):
        ticket = self._create_ticket(self.anna)
        ticket.stage_id = self.done
        days = self._board()["resolved"]
        self.assertEqual((len(days), days[-1]["count"]), (30, 1))
        self.assertOpens(days[-1], ticket)

    def test_reopened_and_satisfaction(self):
        ticket = self._create_ticket(self.anna)
        ticket.stage_id = self.done
        vote = ticket._make_vote(self.anna)
        ticket.rating_apply(3, rating=vote)
        ticket._note_question(fields.Datetime.now())
        self.assertEqual(self._figure("reopened")["value"], 1)
        figure = self._figure("satisfaction")
        self.assertEqual((figure["value"], figure["count"]), (3, 1))
        self.assertOpens(figure, vote)

    def test_another_team_is_left_out(self):
        other = self.team.copy({"name": "Other", "alias_name": "other"})
        self._create_ticket(self.anna, team_id=other.id)
        self.assertEqual(self._figure("backlog")["value"], 0)
        other.parent_id = self.team
        self.assertEqual(self._figure("backlog")["value"], 1)

    def test_all_teams(self):
        before = self.report.read_board()["figures"][0]["value"]
        self._create_ticket(self.anna)
        self.env.flush_all()
        self.assertEqual(self.report.read_board()["figures"][0]["value"], before + 1)

    def test_one_of_this_very_second_counts(self):
        ticket = self._create_ticket(self.anna)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = now() AT TIME ZONE 'UTC'"
            " + interval '1 second' WHERE id = %s",
            [ticket.id],
        )
        self.assertEqual(self._figure("backlog")["value"], 1)

    @users("css_manager")
    @warmup
    def test_board_takes_few_queries(self):
        board = self.env["crm.service.report"]
        with self.assertQueryCount(css_manager=14):
            board.read_board()
