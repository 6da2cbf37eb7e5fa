"""What jobs are given to do: people, customers, orders, tickets."""

import itertools
from datetime import timedelta

# What is made anew has a name of its own.
number = itertools.count(1)


def today():
    from odoo import fields

    return fields.Date.today()


def user(env, *groups, login=None):
    """Somebody with a mail address; new, if no login is given."""
    login = login or f"user_{next(number)}"
    found = env["res.users"].search([("login", "=", login)])
    groups = ("base.group_user", "base.group_allow_export", *groups)
    return found or env["res.users"].create(
        {
            "name": login,
            "login": login,
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
        }
    )


def agent(env):
    return user(env, "helpdesk_mgmt.group_helpdesk_manager")


def employee(env):
    return user(env, "crm_base.crm_base_group_user")


def seller(env):
    """The one seller of orders and deals."""
    return user(env, "sales_team.group_sale_manager", login="jobs_seller")


def team(env):
    """A team whose one member takes all leads."""
    found = env["crm.team"].search([("name", "=", "Jobs")])
    if not found:
        found = env["crm.team"].create({"name": "Jobs"})
        member = {"crm_team_id": found.id, "user_id": seller(env).id}
        env["crm.team.member"].create(member | {"assignment_max": 1000})
    return found


def customers(env, count, **vals):
    return env["res.partner"].create(
        [
            {
                "name": f"Customer {next(number)}",
                "is_company": True,
                "email": f"c{next(number)}@customer.example.com",
            }
            | vals
            for _one in range(count)
        ]
    )


def service(env):
    """What needs no stock and no tax."""
    found = env["product.product"].search([("default_code", "=", "JOBS")])
    return found or env["product.product"].create(
        {
            "name": "Roasting",
            "default_code": "JOBS",
            "type": "service",
            "list_price": 100,
            "invoice_policy": "order",
            "taxes_id": False,
        }
    )


def order(env, partner, days_ago=0):
    """A confirmed order of 200."""
    line = {"product_id": service(env).id, "product_uom_qty": 2}
    made = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": seller(env).id,
            "order_line": [(0, 0, line)],
        }
    )
    made.action_confirm()
    made.date_order -= timedelta(days=days_ago)
    return made


def invoice(env, partner, days_ago):
    """An invoice of 100, due on its day."""
    day = today() - timedelta(days=days_ago)
    line = {"name": "Roasting", "price_unit": 100, "tax_ids": False}
    made = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_user_id": seller(env).id,
            "invoice_payment_term_id": False,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    made.action_post()
    return made


def ticket(env, **vals):
    vals = {"name": "It stops", "description": "Always"} | vals
    return env["helpdesk.ticket"].create(vals)


def activities(env, records):
    return env["mail.activity"].search(
        [("res_model", "=", records._name), ("res_id", "in", records.ids)]
    )


def told(env, records, domain=()):
    """Count what was sent to people about records."""
    mine = [("model", "=", records._name), ("res_id", "in", records.ids), *domain]
    messages = env["mail.message"].search(mine)
    return len(messages.filtered("notification_ids"))
