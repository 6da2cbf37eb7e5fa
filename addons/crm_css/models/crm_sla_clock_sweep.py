from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from .crm_sla_notice import STEPS

ACTIVITY = "crm_css.mail_activity_type_sla"
# So many are told between two commits.
BATCH = 200


class CrmSlaClock(models.Model):
    """The sweep: what happens to the clocks because time goes by.

    Breaches and notices are found by one statement each over all open clocks. Whoever
    is told is looked for only where somebody is to be told.
    """

    _inherit = "crm.sla.clock"

    @api.model
    def _cron_sweep(self):
        """Bring all open clocks up to date, however late the job runs."""
        commit = self.env["ir.cron"]._commit_progress
        for done in self._catch_up():
            if not commit(done, remaining=1):
                return
        self._mark_breaches()
        commit(1, remaining=1)
        while rows := self._claim_notices(BATCH):
            self._give_notices(rows)
            if not commit(len(rows), remaining=1):
                return
        commit(remaining=0)

    @api.model
    def _wake_up(self):
        """Have the job look at everything soon, if nobody has deleted it."""
        # Whoever may change stages and working hours need not know jobs.
        cron = self.env.ref("crm_css.ir_cron_sla_sweep", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # only woken

    @api.model
    def _catch_up(self):
        """Take in what changed behind the clocks: whose turn it is after a change of
        stages and teams, and hours of work and holidays."""
        self.env.flush_all()
        changed = self.env["crm.sla.interval"]._turn_over(fields.Datetime.now())
        yield from self._recount_where(SQL("clock.ticket_id = ANY(%s)", changed))
        calendars = self.env["resource.calendar"].with_context(active_test=False)
        stale = calendars.search([("sla_is_stale", "=", True)])
        if not stale:
            return
        yield from self._recount_where(
            SQL(
                """(clock.calendar_id = ANY(%(ids)s) OR EXISTS (
                    SELECT FROM crm_sla_interval AS turn
                    WHERE turn.ticket_id = clock.ticket_id
                    AND turn.calendar_id = ANY(%(ids)s)))""",
                ids=stale.ids,
            )
        )
        # In the end: if the job is killed before, the next run begins anew.
        stale.write({"sla_is_stale": False})

    @api.model
    def _mark_breaches(self):
        """Mark what is over its time; what another process is changing waits."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_sla_clock SET state = 'breached' WHERE id IN (
                    SELECT id FROM crm_sla_clock
                    WHERE date_stop IS NULL AND state = 'running' AND deadline < %s
                    FOR NO KEY UPDATE SKIP LOCKED)""",
                fields.Datetime.now(),
            )
        )
        self.invalidate_model(["state"])

    @api.model
    def _claim_notices(self, limit: int) -> list[dict]:
        """Find so many clocks of which something is to be told, and put that on
        record, in one query. What another process is changing is left to the next run.
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        rows = self.env.execute_query_dict(
            SQL(
                """WITH due AS (
                    SELECT clock.*, %(level)s AS level FROM crm_sla_clock AS clock
                    JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
                    WHERE clock.date_stop IS NULL AND ticket.active
                        AND clock.state IN ('running', 'breached')
                        AND COALESCE(clock.told, 0) < %(level)s
                    LIMIT %(limit)s
                    FOR NO KEY UPDATE OF clock SKIP LOCKED
                ), told AS (
                    UPDATE crm_sla_clock AS clock SET told = due.level
                    FROM due WHERE clock.id = due.id
                )
                INSERT INTO crm_sla_notice (clock_id, ticket_id, step, date_due,
                    date, create_uid, create_date, write_uid, write_date)
                SELECT due.id, due.ticket_id, step.name, step.at,
                    %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM due CROSS JOIN LATERAL (VALUES
                    (1, 'first', due.warn_first_at),
                    (2, 'second', due.warn_second_at),
                    (3, 'breach', due.deadline)
                ) AS step(number, name, at)
                WHERE step.number > COALESCE(due.told, 0) AND step.number <= due.level
                    AND step.at IS NOT NULL
                RETURNING id, clock_id, ticket_id, step""",
                level=self._level(now),
                limit=limit,
                now=now,
                uid=self.env.uid,
            )
        )
        self.env["crm.sla.notice"].invalidate_model()
        self.invalidate_model(["notice_ids", "told"])
        return rows

    def _level(self, now) -> SQL:
        """Give how far a clock is: 3 breached, 2 and 1 warned, else 0."""
        return SQL(
            """CASE WHEN clock.state = 'breached' AND clock.deadline <= %(now)s THEN 3
                WHEN clock.warn_second_at <= %(now)s THEN 2
                WHEN clock.warn_first_at <= %(now)s THEN 1 ELSE 0 END""",
            now=now,
        )

    @api.model
    def _withdraw_notices(self, ids: list[int]):
        """Take back what was told too early, for its moment lies ahead again."""
        level = self._level(fields.Datetime.now())
        early = self.env.execute_query(
            SQL(
                """UPDATE crm_sla_clock AS clock SET told = %(level)s
                WHERE clock.id = ANY(%(ids)s) AND clock.date_stop IS NULL
                AND clock.told > %(level)s RETURNING clock.id, clock.told""",
                level=level,
                ids=list(ids),
            )
        )
        if not early:
            return
        self.invalidate_model(["told"])
        steps = [step for step, _label in STEPS]
        clocks = self.browse(id_ for id_, _told in early)
        clocks.ticket_id._rate_again()
        for clock in clocks:
            clock.notice_ids.filtered(
                lambda notice, told=clock.told: steps.index(notice.step) >= told
            ).withdrawn = True

    @api.model
    def _give_notices(self, rows: list[dict]):
        """Tell the latest step of each clock, with the reason, to somebody at work."""
        order = [step for step, _label in STEPS]
        rows.sort(key=lambda row: order.index(row["step"]))
        latest = {row["clock_id"]: row for row in rows}
        clocks = self.browse(latest)
        presence = self.env["res.users"]._at_work(
            clocks._receivers_of_all(), fields.Datetime.now()
        )
        clocks._drop_activities()
        texts, planned = {}, {}
        for clock in clocks:
            row = latest[clock.id]
            user, why = clock._receiver(row["step"], presence)
            text = clock._notice_text(row["step"], user, why)
            texts.setdefault(clock.ticket_id.id, []).append(text)
            if user:
                planned[row["id"]] = clock._activity_vals(row["step"], user)
        clocks.ticket_id._message_log_batch(
            bodies={
                ticket_id: Markup("<br/>").join(several)
                for ticket_id, several in texts.items()
            }
        )
        breaches = {row["id"] for row in latest.values() if row["step"] == "breach"}
        self._plan(planned, breaches)
        clocks.ticket_id._rate_again()
        self._fire_rules(latest.values())

    @api.model
    def _fire_rules(self, rows):
        """Tell the service rules which tickets were warned of, and which are late."""
        Rule = self.env["crm.service.rule"]
        late = {row["ticket_id"] for row in rows if row["step"] == "breach"}
        near = {row["ticket_id"] for row in rows} - late
        Rule._fire("warned", self.env["helpdesk.ticket"].browse(near))
        Rule._fire("breached", self.env["helpdesk.ticket"].browse(late))

    def _plan(self, planned: dict[int, dict], by_mail: set[int]):
        """Plan an activity for each notice; those of breaches go out by mail too."""
        notices = self.env["crm.sla.notice"].browse(planned)
        for some, quiet in (
            (notices.filtered(lambda notice: notice.id not in by_mail), True),
            (notices.filtered(lambda notice: notice.id in by_mail), False),
        ):
            activities = self.env["mail.activity"].with_context(
                mail_activity_quick_update=quiet
            )
            activities = activities.create([planned[id_] for id_ in some._ids])
            for notice, activity in zip(some, activities, strict=True):
                notice.user_id = activity.user_id
                notice.activity_id = activity

    def _drop_activities(self):
        """Take back what was planned for these clocks and is not done yet."""
        self.notice_ids.activity_id.filtered("active").unlink()

    # Who is told

    def _receivers_of_all(self):
        """Give all who may have to be told, to look them up at once."""
        policies = self.policy_id
        leaders = self.ticket_id.team_id.user_id
        return (
            self.ticket_id.user_id
            | leaders
            | self.ticket_id.team_id.user_ids
            | policies.escalate_user_id
            | policies.escalate_group_id.all_user_ids
            | self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        )

    def _wanted_receivers(self, step: str) -> list:
        """Give who should be told, the one who answers for it first."""
        team, policy = self.ticket_id.team_id, self.policy_id
        agent, leader = self.ticket_id.user_id, team.user_id
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        managers = managers.filtered(
            lambda user: self.company_id in user.company_ids
        ).sorted(lambda user: (user == self.env.ref("base.user_admin"), user.id))
        named = {
            "user": policy.escalate_user_id,
            "group": policy.escalate_group_id.all_user_ids.sorted("id"),
        }.get(policy.escalate_to, leader)
        if step != "breach":
            named = agent
        return [*named, *leader, *team.user_ids.sorted("id"), *managers]

    def _receiver(self, step: str, presence) -> tuple:
        """Give who is told, and why it is not the one who answers for it. A breach is
        told to somebody in whose working hours it is, if there is one.

        :param presence: who is there, from ``res.users._at_work()``
        """
        wanted, customer = self._wanted_receivers(step), self.commercial_partner_id
        pairs = [(user, presence.acting(user, customer)) for user in wanted]
        reachable = [(user, acting) for user, acting in pairs if acting]
        if not reachable:
            return self.env["res.users"], self.env._("Nobody of the team is at work.")
        working = [pair for pair in reachable if presence.works_now(pair[1])]
        asked, user = (working if step == "breach" and working else reachable)[0]
        if user != asked:
            why = self.env._(
                "%(user)s stands in for %(absent)s.", user=user.name, absent=asked.name
            )
        elif user != wanted[0]:
            why = self.env._("%(absent)s is not at work now.", absent=wanted[0].name)
        else:
            why = ""
        return user, why

    def _notice_text(self, step: str, user, why: str):
        clock = self.with_context(lang=user.lang, tz=user.tz) if user else self
        text = clock._notice_summary(step, user)
        to_whom = clock.env._("Told %(user)s.", user=user.name) if user else ""
        return Markup("%s %s %s") % (text, to_whom, why)

    def _notice_summary(self, step: str, user) -> str:
        words = {
            "what": self.promise_id.name or self._kind_label(),
            "date": format_datetime(
                self.env, self.deadline, tz=user.tz or self.tz, dt_format="short"
            ),
            "policy": self.policy_id.name or self.env._("promise"),
        }
        if step == "breach":
            return self.env._(
                "Breached: %(what)s was due on %(date)s (%(policy)s).", **words
            )
        return self.env._("Warning: %(what)s is due on %(date)s (%(policy)s).", **words)

    def _activity_vals(self, step: str, user) -> dict:
        clock = self.with_context(lang=user.lang, tz=user.tz)
        return {
            "activity_type_id": self.env.ref(ACTIVITY).id,
            "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            "res_id": self.ticket_id.id,
            "user_id": user.id,
            "automated": True,
            "summary": clock._notice_summary(step, user),
            "date_deadline": fields.Date.context_today(clock),
        }
