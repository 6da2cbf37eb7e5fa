from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.card import Part

# Nobody reads an exact figure above it, and counting stops there.
MOST = 1000
# How far back the card looks for colleagues.
RECENT_DAYS = 90
PEOPLE = 100


class ResPartner(models.Model):
    """The card: what an employee must see at once when a customer is in touch."""

    _inherit = "res.partner"

    @api.readonly
    def crm_card(self) -> dict:
        """Give what an employee must see at once when this customer is in touch.

        :return: ``partner_id``, ``name``, ``value_class``, ``warnings`` (see
            :meth:`_card_warnings`), ``facts`` (see :meth:`_card_facts`), ``parts``
            (see :meth:`_card_figures`), ``colleagues`` (who works with the customer
            now: ``id``, ``name`` and ``why``), ``others`` (the day of the last contact
            that this user may not see, or False) and ``timeline``, its newest page
        """
        self.ensure_one()
        timeline = self.env["crm.timeline"]
        timeline.check_access("read")
        family = self._crm_family()
        customer = self.commercial_partner_id
        figures, workers = self._card_figures(self._card_parts(family))
        rows = timeline._latest(customer)
        recent = [row for row in rows if row["readable"]]
        hidden = next((row["date"] for row in rows if not row["readable"]), False)
        owner = customer.user_id.id
        employees = timeline._employees(
            {row["user_id"] for row in recent} | {owner, *workers}
        )
        return {
            "partner_id": self.id,
            "name": customer.display_name,
            "value_class": customer.value_class or "",
            "kinds": timeline._fields["kind"]._description_selection(self.env),
            "people": [{"id": one.id, "name": one.name} for one in family[:PEOPLE]],
            "warnings": self._card_warnings(family),
            "facts": [
                *self._card_contacts(recent, employees),
                *self._card_planned(family),
                *self._card_facts(family),
            ],
            "parts": figures,
            "colleagues": self._card_colleagues(recent, workers, employees),
            "others": hidden and format_date(self.env, hidden),
            "timeline": timeline._first_page(customer, rows, employees),
        }

    def _card_parts(self, family) -> list[Part]:
        """Declare the figures of the card, in order; addons add theirs.

        :param family: this customer's company with all its people
        """
        return [
            Part(
                "contacts",
                self.env._("Contacts noted"),
                "crm.interaction",
                Domain("partner_id", "in", family.ids),
            )
        ]

    def _card_warnings(self, family) -> list[dict]:
        """Give what must not be overlooked, worst first; addons add theirs.

        Read stored fields of the customer here: every query that a warning needs is
        paid whenever any customer is opened.

        :return: dicts of ``key``, ``text`` (one sentence) and ``action`` (or False)
        """
        return []

    def _card_facts(self, family) -> list[dict]:
        """Give the state of the customer in a few words each; addons add theirs.

        :return: dicts of ``key``, ``label``, ``value`` (text) and ``action`` (or False)
        """
        return []

    def _card_contacts(self, recent: list[dict], employees: dict) -> list[dict]:
        """Tell the last contacts, by kind and by whom: the newest three kinds."""
        kinds = self.env["crm.timeline"]._contact_kinds()
        now = fields.Datetime.now()
        last = {}
        for row in recent:
            if row["kind"] in kinds and row["date"] <= now:
                last.setdefault(row["kind"], row)
        labels = dict(
            self.env["crm.timeline"]._fields["kind"]._description_selection(self.env)
        )
        facts = []
        for kind, row in list(last.items())[:3]:
            words = [format_date(self.env, row["date"])]
            if row["user_id"] in employees:
                words.append(employees[row["user_id"]].name)
            facts.append(
                {
                    "key": f"last_{kind}",
                    "label": self.env._("Last: %(kind)s", kind=labels[kind]),
                    "value": ", ".join(words),
                    "action": False,
                }
            )
        return facts

    def _card_planned(self, family) -> list[dict]:
        """Tell the next contact that is planned: an activity, or a meeting."""
        activity = self.env["mail.activity"].search_fetch(
            [("res_model", "=", "res.partner"), ("res_id", "in", family.ids)],
            ["date_deadline", "summary", "activity_type_id"],
            order="date_deadline, id",
            limit=1,
        )
        meeting = self.env["calendar.event"].search_fetch(
            [("partner_ids", "in", family.ids), ("start", ">=", "now")],
            ["start", "name"],
            order="start, id",
            limit=1,
        )
        planned = [
            (
                activity.date_deadline,
                activity.summary or activity.activity_type_id.name,
            ),
            (meeting.start and meeting.start.date(), meeting.name),
        ]
        planned = [(day, name) for day, name in planned if day]
        if not planned:
            return []
        day, name = min(planned)
        return [
            {
                "key": "next_planned",
                "label": self.env._("Next"),
                "value": f"{format_date(self.env, day)}, {name}",
                "action": False,
            }
        ]

    def _card_colleagues(
        self, recent: list[dict], workers: dict, employees: dict
    ) -> list[dict]:
        """Tell who works with this customer now, and on what.

        :param workers: for each user the labels of his figures
        :param employees: of whom the users know (see ``crm.timeline._employees``)
        """
        since = fields.Datetime.now() - timedelta(days=RECENT_DAYS)
        why = {}
        if self.commercial_partner_id.user_id:
            owner = self.commercial_partner_id.user_id.id
            why[owner] = [self.env._("salesperson")]
        for user_id, labels in workers.items():
            why.setdefault(user_id, []).extend(labels)
        for row in recent:
            if row["user_id"] and row["date"] >= since:
                why.setdefault(row["user_id"], [])
        return [
            {"id": user_id, "name": employee.name, "why": ", ".join(labels)}
            for user_id, labels in why.items()
            if (employee := employees.get(user_id)) and employee.is_here
        ]

    def _card_figures(self, parts: list[Part]) -> tuple[list[dict], dict]:
        """Count the records of all parts in one query.

        :return: the figures, dicts of ``key``, ``label``, ``value`` (text), ``warn``
            and ``action``, the window that shows the records behind; and for each
            user the labels of the figures that he works on
        """
        parts = [part for part in parts if self.env[part.model].has_access("read")]
        counts = self._card_counts(parts)
        figures, workers = [], {}
        for part, (count, total, user_ids) in zip(parts, counts, strict=True):
            number = self._card_number(count)
            shown = part.domain if part.total is None else part.total
            figures.append(
                {
                    "key": part.key,
                    "label": part.label,
                    "value": number
                    if part.total is None
                    else f"{number} / {self._card_number(total)}",
                    "warn": part.warn and count > 0,
                    "action": self._card_action(part.model, shown, part.label),
                }
            )
            for user_id in user_ids or ():
                workers.setdefault(user_id, []).append(part.label)
        return figures, workers

    def _card_counts(self, parts: list[Part]) -> list[tuple]:
        """Give for each part how many, of how many, and whose they are."""
        columns = []
        for part in parts:
            model = self.env[part.model]
            few = model._search(part.domain, limit=MOST)
            user = (
                model._field_to_sql(few.table, part.user, few)
                if part.user
                else SQL("NULL::integer")
            )
            total = SQL("0")
            if part.total is not None:
                all_of = model._search(part.total, limit=MOST)
                total = SQL("(SELECT count(*) FROM (%s) AS few)", all_of.select())
            columns += [
                SQL(
                    "(SELECT array[count(*)] || array_agg(DISTINCT user_id)"
                    " FROM (%s) AS few(user_id))",
                    few.select(user),
                ),
                total,
            ]
        if not columns:
            return []
        [values] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(columns)))
        return [
            (count, total, [user_id for user_id in user_ids if user_id])
            for (count, *user_ids), total in zip(values[::2], values[1::2], strict=True)
        ]

    def _card_number(self, count: int) -> str:
        return f"{MOST - 1}+" if count == MOST else str(count)

    def _card_action(self, model: str, domain, title: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": f"{title}: {self.commercial_partner_id.display_name}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
        }
