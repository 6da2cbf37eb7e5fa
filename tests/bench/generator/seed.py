"""What the ORM makes: the actors, and one record of each kind to copy from."""

from datetime import timedelta

from odoo import Command, api, fields

from .sizes import AGENTS, MAILINGS, PRODUCTS, SALESPEOPLE

READER = "bench_reader"
# The groups of one who may read every source of the time line.
READER_GROUPS = [
    "crm_base.crm_base_group_user",
    "sales_team.group_sale_salesman_all_leads",
    "helpdesk_mgmt.group_helpdesk_user",
    "mass_mailing.group_mass_mailing_user",
]
YEARS = 3


def make_actors(env: api.Environment) -> None:
    """Make those who sell, serve and read, and what is sold and mailed."""
    env = env(context={"no_reset_password": True, "tracking_disable": True})
    _make_users(env, "seller", SALESPEOPLE, ["sales_team.group_sale_salesman"])
    _make_users(env, "agent", AGENTS, ["helpdesk_mgmt.group_helpdesk_user"])
    _make_users(env, "reader", 1, READER_GROUPS)
    env["helpdesk.ticket.team"].create({"name": "Service"})
    env["product.product"].create(
        [
            {
                "name": f"Product {number:03}",
                "default_code": f"P{number:03}",
                "type": "service",
                "invoice_policy": "delivery",
                # Many cheap ones, few dear ones.
                "list_price": round(5 + 4_000 / (3 + number * 37 % PRODUCTS), 2),
                "taxes_id": [Command.clear()],
            }
            for number in range(PRODUCTS)
        ]
    )
    today = fields.Datetime.now().replace(hour=7, minute=0, second=0, microsecond=0)
    step = timedelta(days=YEARS * 365 / MAILINGS)
    env["mailing.mailing"].create(
        [
            {
                "subject": f"News {number}",
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                "body_html": "<p>What is new.</p>",
                "sent_date": today - step * (MAILINGS - number),
                "state": "done",
            }
            for number in range(MAILINGS)
        ]
    )


def _make_users(env, role: str, count: int, groups: list[str]) -> None:
    group_ids = [env.ref(group).id for group in ["base.group_user", *groups]]
    env["res.users"].create(
        [
            {
                "name": f"{role.capitalize()} {number}",
                "login": f"bench_{role}" + (f"_{number}" if count > 1 else ""),
                "email": f"{role}{number}@suite.example.com",
                "group_ids": [Command.set(group_ids)],
            }
            for number in range(count)
        ]
    )


def model_rows(env: api.Environment) -> dict[str, tuple[str, dict]]:
    """Give, by name, table and row of one record of each kind; nothing stays."""
    env = env(context={"mail_notify_author": False, "no_mail_to_attendees": True})
    records = _customer(env)
    records |= _order(env, records["res_partner"])
    records |= _ticket(env, records["person"])
    records |= _contacts(env, records["person"])
    env.flush_all()
    rows = {
        name: (record._table, _row(env, record)) for name, record in records.items()
    }
    env.cr.rollback()
    return rows


def _row(env, record) -> dict:
    env.cr.execute(
        f"SELECT to_jsonb(t) FROM {record._table} AS t WHERE id = %s", record.ids
    )
    return env.cr.fetchone()[0]


def _customer(env) -> dict:
    company = env["res.partner"].create(
        {
            "name": "Model Ltd",
            "is_company": True,
            "email": "info@model.example.com",
            "phone": "+49 30 901820",
            "country_id": env.ref("base.de").id,
            "city": "Berlin",
            "customer_rank": 1,
        }
    )
    person = env["res.partner"].create(
        {
            "name": "Model Person",
            "parent_id": company.id,
            "email": "person@model.example.com",
            "phone": "+49 30 901821",
        }
    )
    return {"res_partner": company, "person": person}


def _order(env, customer) -> dict:
    product = env["product.product"].search([("default_code", "=", "P000")])
    line = Command.create({"product_id": product.id, "qty_delivered": 1})
    order = env["sale.order"].create({"partner_id": customer.id, "order_line": [line]})
    order.action_confirm()
    order.order_line.qty_delivered = 1
    invoice = order._create_invoices()
    invoice.action_post()
    lead = env["crm.lead"].create(
        {"name": "Model", "type": "opportunity", "partner_id": customer.id}
    )
    by_type = invoice.line_ids.grouped("display_type")
    return {
        "sale_order": order,
        "sale_order_line": order.order_line,
        "account_move": invoice,
        "account_move_line": by_type["product"],
        "receivable": by_type["payment_term"],
        "crm_lead": lead,
    }


def _ticket(env, person) -> dict:
    ticket = env["helpdesk.ticket"].create(
        {
            "name": "Model",
            "description": "Model",
            "partner_id": person.id,
            "team_id": env["helpdesk.ticket.team"].search([], limit=1).id,
        }
    )
    rating = env["rating.rating"].create(
        {
            "res_model_id": env["ir.model"]._get_id("helpdesk.ticket"),
            "res_id": ticket.id,
            "partner_id": person.id,
            "rating": 5,
            "consumed": True,
        }
    )
    return {"helpdesk_ticket": ticket, "rating_rating": rating}


def _contacts(env, person) -> dict:
    ours = person.message_post(
        body="Model",
        subject="Model",
        message_type="comment",
        partner_ids=person.ids,
        subtype_xmlid="mail.mt_comment",
    )
    meeting = env["calendar.event"].create(
        {
            "name": "Model",
            "start": fields.Datetime.now(),
            "stop": fields.Datetime.now() + timedelta(hours=1),
            "partner_ids": [Command.set(person.ids)],
        }
    )
    trace = env["mailing.trace"].create(
        {
            "mass_mailing_id": env["mailing.mailing"].search([], limit=1).id,
            "model": "res.partner",
            "res_id": person.id,
            "email": person.email,
        }
    )
    return {
        "mail_message": ours,
        "mail_notification": ours.notification_ids,
        "crm_interaction": env["crm.interaction"].create(
            {"name": "Model", "partner_id": person.id}
        ),
        "calendar_event": meeting,
        "calendar_attendee": meeting.attendee_ids,
        "mailing_trace": trace,
    }
