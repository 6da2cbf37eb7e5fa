"""Load the public CDNOW purchase histories as confirmed orders of the ERP.

Run by ``make demo`` in an Odoo shell, whose ``env`` it uses. 2,357 customers, 6,919
purchases of 1997 and 1998; each line of the file is customer, number in the sample,
date, quantity and dollars. A second run goes on where the first one stopped.
"""
# ruff: noqa: F821 -- env is the shell's.

import time
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

BATCH = 250
path = Path(".local/data/CDNOW_sample.txt")


def purchases():
    for number, line in enumerate(path.read_text().splitlines()):
        if line.strip():
            _master, customer, day, quantity, dollars = line.split()
            date = datetime.strptime(day, "%Y%m%d") + timedelta(hours=12)
            yield number, int(customer), date, int(quantity), float(dollars)


def partners(customers):
    names = {f"CDNOW customer {number:04d}": number for number in customers}
    category = env["res.partner.category"].search([("name", "=", "CDNOW")], limit=1)
    category = category or category.create({"name": "CDNOW"})
    found = env["res.partner"].search([("category_id", "=", category.id)])
    missing = [
        {"name": name, "category_id": [(4, category.id)]}
        for name in names
        if name not in set(found.mapped("name"))
    ]
    found += env["res.partner"].create(missing)
    return {names.get(partner.name): partner.id for partner in found}


def product():
    found = env["product.product"].search([("default_code", "=", "CDNOW")], limit=1)
    return found or found.create(
        {
            "name": "Compact Disc",
            "default_code": "CDNOW",
            "list_price": 15,
            "type": "service",  # or thousands of deliveries would wait on one day
        }
    )


def order_vals(purchase, partner_ids, disc):
    number, customer, _date, quantity, dollars = purchase
    line = {
        "product_id": disc.id,
        "product_uom_qty": quantity,
        "price_unit": dollars / quantity if quantity else dollars,
        "tax_ids": [(5,)],
    }
    return {
        "partner_id": partner_ids[customer],
        "client_order_ref": f"CDNOW-{number}",
        "order_line": [(0, 0, line)],
    }


def settle(order_ids):
    """Let orders be as old as the purchases, and their invoices be somebody else's: or
    each would be an offer of today, whose invoice was forgotten."""
    env.cr.execute(
        """UPDATE sale_order SET create_date = date_order, invoice_status = 'no'
            WHERE id = ANY(%s)""",
        [order_ids],
    )
    env.cr.execute(
        """UPDATE sale_order_line
              SET invoice_status = 'no', qty_to_invoice = 0,
                  untaxed_amount_to_invoice = 0
            WHERE order_id = ANY(%s)""",
        [order_ids],
    )


def load():
    quiet = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
    orders = env["sale.order"].with_context(**quiet)
    done = orders.search_fetch(
        [("client_order_ref", "=like", "CDNOW-%")], ["client_order_ref"]
    )
    done = set(done.mapped("client_order_ref"))
    todo = [item for item in purchases() if f"CDNOW-{item[0]}" not in done]
    partner_ids = partners(sorted({item[1] for item in todo}))
    disc, start = product(), time.monotonic()
    for at in range(0, len(todo), BATCH):
        batch = sorted(todo[at : at + BATCH], key=lambda item: item[2])
        created = orders.create([order_vals(item, partner_ids, disc) for item in batch])
        created.action_confirm()
        pairs = groupby(zip(created, batch, strict=True), key=lambda pair: pair[1][2])
        for date, same_day in pairs:
            orders.concat(*(order for order, _item in same_day)).date_order = date
        env.flush_all()
        settle(created.ids)
        env.cr.commit()
        env.invalidate_all()
        count, seconds = at + len(batch), time.monotonic() - start
        print(
            f"\rCDNOW purchases: {count} of {len(todo)}, {seconds:.0f} s",
            end="",
            flush=True,
        )
    print()


def begin_analyses():
    """Have computed what these purchases are for; the server does it once it runs."""
    for name in ("cdnow", "cdnow_before"):
        env.ref(f"crm_analytics.crm_analysis_demo_{name}").action_run()
    years = {"date_from": "1997-01-01", "date_to": "1998-06-30"}
    env["crm.lifetime.run"].create(years).action_begin()
    env.ref("crm_analytics.ir_cron_make_months")._trigger()
    env.cr.commit()


load()
begin_analyses()
