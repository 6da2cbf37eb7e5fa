"""Tickets, messages, contacts noted by hand, meetings, mailings."""

from .customers import email
from .events import events
from .filler import Filler

TEXT = (
    "<p>Thank you for the delivery. Two of the parts do not fit, see the photos;"
    " please tell us when they can be exchanged, and what we should do until then.</p>"
)
TOPICS = "ARRAY['Delivery','Price list','Complaint','Spare part','Visit','Contract']"
KINDS = "ARRAY['call','call','call','call','visit','meeting','letter','chat','sms']"
# Neither divides the number of recipients, so each gets a mailing once.
STRIDES = (104_729, 99_991)


def fill(filler: Filler) -> None:
    _draw_tickets(filler)
    _tickets(filler)
    _ratings(filler)
    _draw_messages(filler)
    _messages(filler)
    _interactions(filler)
    _meetings(filler)
    _attendees(filler)
    _draw_recipients(filler)
    _traces(filler)


def _draw_tickets(filler: Filler) -> None:
    """Closed within some days, but for 2 % and the newest; a fifth is rated."""
    base = filler.base("helpdesk_ticket")
    drawn = events(filler.size, "tickets", filler.size.tickets, 150)
    filler.temp(
        "ticket",
        f"""SELECT {base} + i AS id, e.i, n, c, customer_id, person_id, agent.user_id,
                moment, CASE WHEN pg_temp.u(n, 52) < 0.98
                    THEN moment + (1 + pg_temp.few(n, 53, 60)) * interval '1 hour'
                    END AS done, CASE WHEN n % 5 = 0
                    THEN 1 + floor(5 * pg_temp.u(n, 55) ^ 0.4) END AS grade
            FROM ({drawn}) AS e
            JOIN agent ON agent.k = n % (SELECT count(*) FROM agent)""",
    )


def _tickets(filler: Filler) -> None:
    filler.insert(
        "helpdesk_ticket",
        f"""SELECT ticket.*, p.name AS person, {email("person_id")} AS email,
                done < current_date AS closed, pg_temp.pick({TOPICS}, n, 54) AS topic,
                (SELECT min(id) FROM helpdesk_ticket_stage WHERE closed) AS closed_stage
            FROM ticket JOIN res_partner AS p ON p.id = person_id ORDER BY ticket.id""",
        id="s.id",
        number="'HT' || lpad(s.i::text, greatest(5, length(s.i::text)), '0')",
        name="s.topic || ' ' || s.i",
        description=f"'{TEXT}'",
        partner_id="s.person_id",
        commercial_partner_id="s.customer_id",
        partner_name="s.person",
        partner_email="s.email",
        user_id="s.user_id",
        unattended="false",
        stage_id="CASE WHEN s.closed THEN s.closed_stage ELSE t.stage_id END",
        priority="(s.i % 4)::text",
        assigned_date="s.moment",
        closed_date="CASE WHEN s.closed THEN s.done END",
        last_stage_update="CASE WHEN s.closed THEN s.done ELSE s.moment END",
        rating_last_value="CASE WHEN s.closed THEN COALESCE(s.grade, 0) ELSE 0 END",
        positive_rate_percentage="CASE WHEN s.closed AND s.grade IS NOT NULL"
        " THEN CASE WHEN s.grade > 3 THEN 100 ELSE 0 END ELSE -1 END",
        create_date="s.moment",
        write_date="CASE WHEN s.closed THEN s.done ELSE s.moment END",
    )
    filler.count_on("helpdesk.ticket.sequence", filler.size.tickets)


def _ratings(filler: Filler) -> None:
    base = filler.base("rating_rating")
    filler.insert(
        "rating_rating",
        f"""SELECT {base} + row_number() OVER (ORDER BY done, ticket.id) AS id,
                ticket.id AS ticket_id, t.name, ticket.person_id, grade,
                e.partner_id AS employee, done + interval '1 hour' AS moment
            FROM ticket JOIN helpdesk_ticket AS t USING (id)
            JOIN employee AS e ON e.user_id = ticket.user_id
            WHERE grade IS NOT NULL AND done < current_date""",
        id="s.id",
        res_id="s.ticket_id",
        res_name="s.name",
        partner_id="s.person_id",
        rated_partner_id="s.employee",
        rating="s.grade",
        rating_text="CASE WHEN s.grade > 3 THEN 'top' WHEN s.grade > 2 THEN 'ok'"
        " ELSE 'ko' END",
        feedback="'Grade ' || s.grade",
        access_token="md5(s.id::text)",
        rated_on="s.moment",
        create_date="s.moment",
        write_date="s.moment",
    )


def _draw_messages(filler: Filler) -> None:
    """A third each on customers, orders and tickets; 60 % are from the customer."""
    count = filler.size.messages
    by_document = " UNION ALL ".join(
        f"""SELECT drawn.n, c, '{model}' AS model, id AS res_id, person_id, user_id,
                date_trunc('second', least(closing,
                    moment + pg_temp.u(drawn.n, {salt}) ^ 3 * interval '30 days'))
            FROM (
                SELECT n, 1 + floor(pg_temp.u(n, {salt + 1}) * {total})::int AS i
                FROM generate_series({start}, {start} + {count} - 1) AS n
            ) AS drawn JOIN {table} USING (i) CROSS JOIN era"""
        for model, table, total, start, salt in (
            ("sale.order", "ord", filler.size.orders, count + 1, 171),
            ("helpdesk.ticket", "ticket", filler.size.tickets, 2 * count + 1, 173),
        )
    )
    base = filler.base("mail_message")
    filler.temp(
        "message",
        f"""SELECT {base} + row_number() OVER (ORDER BY moment, n) AS id, drawn.*,
                pg_temp.u(n, 61) < 0.6 AS incoming, {email("person_id")} AS email
            FROM (
                SELECT n, c, 'res.partner' AS model, customer_id AS res_id, person_id,
                    user_id, moment
                FROM ({events(filler.size, "messages", count, 160)}) AS e
                UNION ALL {by_document}
            ) AS drawn""",
    )


def _messages(filler: Filler) -> None:
    filler.insert(
        "mail_message",
        f"""SELECT message.*, pg_temp.pick({TOPICS}, n, 62) AS topic,
                e.partner_id AS employee, e.email AS answering
            FROM message JOIN employee AS e USING (user_id) ORDER BY id""",
        id="s.id",
        model="s.model",
        res_id="s.res_id",
        subject="CASE WHEN s.incoming THEN s.topic ELSE 'Re: ' || s.topic END",
        body=f"'{TEXT}'",
        message_type="CASE WHEN s.incoming AND s.n % 3 > 0 THEN 'email'"
        " ELSE 'comment' END",
        author_id="CASE WHEN s.incoming THEN s.person_id ELSE s.employee END",
        email_from="CASE WHEN s.incoming THEN s.email ELSE s.answering END",
        reply_to="CASE WHEN s.incoming THEN s.email ELSE s.answering END",
        message_id="'<bench.' || s.id || '@suite.example.com>'",
        create_uid="CASE WHEN s.incoming THEN t.create_uid ELSE s.user_id END",
        write_uid="CASE WHEN s.incoming THEN t.create_uid ELSE s.user_id END",
        date="s.moment",
        create_date="s.moment",
        write_date="s.moment",
    )
    base = filler.base("mail_notification")
    filler.insert(
        "mail_notification",
        f"""SELECT {base} + row_number() OVER (ORDER BY id) AS id, id AS message_id,
                person_id, e.partner_id AS employee, moment
            FROM message JOIN employee AS e USING (user_id) WHERE NOT incoming""",
        id="s.id",
        mail_message_id="s.message_id",
        mail_mail_id="NULL",
        res_partner_id="s.person_id",
        author_id="s.employee",
        notification_status="'sent'",
        read_date="s.moment",
    )


def _interactions(filler: Filler) -> None:
    base = filler.base("crm_interaction")
    drawn = events(filler.size, "interactions", filler.size.interactions, 180)
    filler.insert(
        "crm_interaction",
        f"""SELECT i, person_id, user_id, moment, pg_temp.pick({KINDS}, n, 63) AS kind,
                pg_temp.pick({TOPICS}, n, 64) AS topic, n % 2 = 0 AS incoming
            FROM ({drawn}) AS e ORDER BY i""",
        id=f"{base} + s.i",
        name="s.topic",
        kind="s.kind",
        direction="CASE WHEN s.incoming THEN 'in' ELSE 'out' END",
        partner_id="s.person_id",
        user_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        description=f"'{TEXT}'",
        date="s.moment",
        create_date="s.moment",
        write_date="s.moment",
    )


def _meetings(filler: Filler) -> None:
    base = filler.base("calendar_event")
    drawn = events(filler.size, "meetings", filler.size.meetings, 190)
    filler.temp(
        "meeting",
        f"""SELECT {base} + i AS id, e.*, pg_temp.pick({TOPICS}, n, 65) AS topic,
                {email("person_id")} AS email
            FROM ({drawn}) AS e""",
    )
    filler.insert(
        "calendar_event",
        "SELECT * FROM meeting ORDER BY id",
        id="s.id",
        name="s.topic",
        description="NULL",
        user_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        start="s.moment",
        stop="s.moment + interval '1 hour'",
        create_date="s.moment",
        write_date="s.moment",
    )


def _attendees(filler: Filler) -> None:
    base = filler.base("calendar_attendee")
    filler.temp(
        "attendee",
        f"""SELECT {base} + row_number() OVER (ORDER BY id, own) AS id, id AS event_id,
                partner_id, own, name, moment
            FROM (
                SELECT id, false AS own, person_id AS partner_id, email AS name, moment
                FROM meeting
                UNION ALL
                SELECT meeting.id, true, e.partner_id, e.name, moment
                FROM meeting JOIN employee AS e USING (user_id)
            ) AS both_sides""",
    )
    filler.insert(
        "calendar_attendee",
        "SELECT * FROM attendee ORDER BY id",
        id="s.id",
        event_id="s.event_id",
        partner_id="s.partner_id",
        common_name="s.name",
        access_token="md5(s.id::text)",
        state="CASE WHEN s.own THEN 'accepted' ELSE 'needsAction' END",
        create_date="s.moment",
        write_date="s.moment",
    )
    filler.relate(
        "calendar_event_res_partner_rel",
        "calendar_event_id, res_partner_id",
        "SELECT event_id, partner_id FROM attendee",
    )


def _draw_recipients(filler: Filler) -> None:
    filler.temp(
        "mailing",
        """SELECT row_number() OVER (ORDER BY sent_date) - 1 AS m, id, sent_date AS sent
            FROM mailing_mailing""",
    )
    every = " ".join(
        f"WHEN {-number} THEN {family.every}"
        for number, family in enumerate(filler.size.families, 1)
    )
    filler.temp(
        "recipient",
        f"""SELECT row_number() OVER (PARTITION BY rank < 0 ORDER BY id) - 1 AS r, *
            FROM (
                SELECT c, rank, CASE rank {every} END AS every,
                    CASE WHEN people = 0 THEN partner_id
                        ELSE first_person + j - 1 END AS id
                FROM customer CROSS JOIN generate_series(1, greatest(people, 1)) AS j
            ) AS persons""",
    )


def _traces(filler: Filler) -> None:
    """Everybody of the families of known length gets them; chance draws the rest."""
    known = filler.value(
        "SELECT count(*) FROM recipient JOIN mailing ON rank < 0 AND m % every = 0"
    )
    rest = filler.value("SELECT count(*) FROM recipient WHERE rank > 0")
    stride = next(number for number in STRIDES if rest % number)
    mailings = filler.value("SELECT count(*) FROM mailing")
    quota, more = divmod(filler.size.traces - known, mailings)
    base = filler.base("mailing_trace")
    filler.insert(
        "mailing_trace",
        f"""SELECT {base} + row_number() OVER (ORDER BY m, r) AS id, mailing_id,
                person_id, {email("person_id")} AS email, sent,
                CASE WHEN pg_temp.u(n, 71) < 0.01 THEN 'bounce'
                    WHEN pg_temp.u(n, 72) < pg_temp.u(person_id, 73) ^ 2 THEN 'open'
                    ELSE 'sent' END AS status,
                -ln(1 - pg_temp.u(n, 74)) * interval '8 hours' AS later
            FROM (
                SELECT m, mailing.id AS mailing_id, sent, r.r, r.c, r.id AS person_id,
                    m * 10000000 + r.id AS n
                FROM mailing JOIN LATERAL (
                    SELECT *
                    FROM recipient WHERE rank < 0 AND m % every = 0
                    UNION ALL
                    SELECT recipient.*
                    FROM generate_series(1, {quota} + (m < {more})::int::bigint) AS j
                    JOIN recipient ON rank > 0
                        AND r = (m * 7919 + j * {stride}) % {rest}
                ) AS r ON true
            ) AS drawn""",
        id="s.id",
        mass_mailing_id="s.mailing_id",
        res_id="s.person_id",
        email="s.email",
        trace_status="s.status",
        sent_datetime="s.sent",
        open_datetime="CASE WHEN s.status = 'open' THEN s.sent"
        " + date_trunc('second', s.later) END",
        create_date="s.sent",
        write_date="s.sent",
    )
