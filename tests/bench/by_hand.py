"""The time line as one would write it who knows the tables and heeds no rights."""

from datetime import datetime

# The date, the document's model and id, and whence; the person's column comes last.
_CONTACTS = [
    ("date", "crm.interaction", "id", "crm_interaction WHERE partner_id"),
    (
        "e.start",
        "calendar.event",
        "e.id",
        """calendar_attendee AS a JOIN calendar_event AS e ON e.id = a.event_id
        WHERE e.active AND a.partner_id""",
    ),
    (
        "date",
        "mail.message",
        "id",
        """mail_message WHERE message_type IN ('email', 'comment')
        AND model IN ('res.partner', 'sale.order', 'helpdesk.ticket')
        AND author_id""",
    ),
    (
        "m.date",
        "mail.message",
        "m.id",
        """mail_notification AS n JOIN mail_message AS m ON m.id = n.mail_message_id
        WHERE n.notification_type = 'email' AND n.res_partner_id""",
    ),
    ("create_date", "helpdesk.ticket", "id", "helpdesk_ticket WHERE partner_id"),
    (
        "write_date",
        "rating.rating",
        "id",
        """rating_rating WHERE consumed IS TRUE AND res_model = 'helpdesk.ticket'
        AND partner_id""",
    ),
    (
        "date_order",
        "sale.order",
        "id",
        "sale_order WHERE state IN ('draft', 'sent', 'sale') AND partner_id",
    ),
    (
        "invoice_date + interval '12 hours'",
        "account.move",
        "id",
        """account_move WHERE state = 'posted'
        AND move_type IN ('out_invoice', 'out_refund') AND partner_id""",
    ),
    ("create_date", "crm.lead", "id", "crm_lead WHERE partner_id"),
    (
        "sent_datetime",
        "mailing.mailing",
        "mass_mailing_id",
        "mailing_trace WHERE model = 'res.partner' AND res_id",
    ),
    (
        "open_datetime",
        "mailing.mailing",
        "mass_mailing_id",
        "mailing_trace WHERE model = 'res.partner' AND res_id",
    ),
]


def _branch(date: str, model: str, document: str, source: str) -> str:
    # Several of a family may have been at a meeting, or got a mailing: DISTINCT.
    return f"""(
        SELECT DISTINCT {date} AS date, '{model}' AS model, {document} AS id
        FROM {source} = ANY(%(persons)s) AND {date} < %(before)s
        ORDER BY date DESC, id DESC LIMIT %(limit)s)"""


_TIMELINE = f"""
    SELECT date, model, id FROM (
        {" UNION ALL ".join(_branch(*source) for source in _CONTACTS)}
    ) AS contacts ORDER BY date DESC, model DESC, id DESC LIMIT %(limit)s"""

_FIGURES = """
    SELECT
        (SELECT count(*) FROM crm_interaction WHERE partner_id = ANY(%(persons)s)),
        (SELECT count(*) FROM helpdesk_ticket AS t
            JOIN helpdesk_ticket_stage AS s ON s.id = t.stage_id
            WHERE t.partner_id = ANY(%(persons)s) AND NOT s.closed AND t.active),
        (SELECT count(*) FROM account_move WHERE partner_id = ANY(%(persons)s)
            AND state = 'posted' AND move_type = 'out_invoice'
            AND payment_state IN ('not_paid', 'partial')
            AND invoice_date_due < current_date),
        (SELECT count(*) FROM sale_order WHERE partner_id = ANY(%(persons)s)
            AND state = 'sale'),
        (SELECT count(*) FROM sale_order WHERE partner_id = ANY(%(persons)s)
            AND state IN ('draft', 'sent')),
        (SELECT count(*) FROM crm_lead WHERE partner_id = ANY(%(persons)s)
            AND won_status = 'pending' AND active),
        (SELECT count(*) FROM mailing_trace WHERE model = 'res.partner'
            AND res_id = ANY(%(persons)s) AND sent_datetime IS NOT NULL),
        (SELECT count(*) FROM mailing_trace WHERE model = 'res.partner'
            AND res_id = ANY(%(persons)s) AND open_datetime IS NOT NULL)
"""


def timeline(
    cr, persons: list[int], limit: int, before: datetime | None = None
) -> list[tuple]:
    """The newest contacts of some persons: date, model, id."""
    values = {"persons": persons, "limit": limit, "before": before or datetime.max}
    cr.execute(_TIMELINE, values)
    return cr.fetchall()


def figures(cr, persons: list[int]) -> tuple[int, ...]:
    """What the customer card counts."""
    cr.execute(_FIGURES, {"persons": persons})
    return cr.fetchone()
