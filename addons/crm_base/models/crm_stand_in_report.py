from datetime import date, datetime

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..tools.stand_in import Section

# Lines of a section; who has more opens the list.
MOST = 100


class CrmStandIn(models.Model):
    """What the stand-in is told at the start, and the absent at the end."""

    _inherit = "crm.stand.in"

    def _begin(self):
        """Give the stand-in the brief, as a to-do and as a message."""
        for record in self:
            reader = record._read_by(record.stand_in_id)
            brief = reader._render(reader._brief_sections())
            record.write({"brief": brief, "briefed_at": fields.Datetime.now()})
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=max(record.date_from, fields.Date.context_today(record)),
                summary=reader._brief_title(),
                user_id=record.stand_in_id.id,
            )
            record._tell(record.stand_in_id, reader._brief_title(), brief)

    def _end(self):
        """Give the absent the list of what was done, and close the to-do."""
        for record in self:
            reader = record._read_by(record.user_id)
            done = reader._render(reader._hand_back_sections())
            record.write({"hand_back": done, "handed_back_at": fields.Datetime.now()})
            record.activity_unlink(["mail.mail_activity_data_todo"])
            record._tell(record.user_id, reader._hand_back_title(), done)

    def _brief_sections(self) -> list[Section]:
        """Give what the stand-in has to know, read with the stand-in's own rights.

        Addons add what they declared in :meth:`_covered_models`.
        """
        meetings = Domain(
            [
                ("start", "<", self.stop),
                ("stop", ">", self.start),
                ("partner_ids.partner_share", "=", True),
            ]
        )
        todo = self._activities_domain() & Domain("date_deadline", "<=", self.date_to)
        best = Domain("value_class", "=", "a") & (
            Domain("is_company", "=", True) | Domain("parent_id", "=", False)
        )
        return [
            Section(
                self.env._("Meetings"),
                self._covered_search("calendar.event", meetings, order="start"),
                "start",
            ),
            Section(
                self.env._("Open promises"),
                self._covered_search(
                    "crm.promise", Domain("state", "=", "open"), order="date_due, id"
                ),
                "date_due",
            ),
            Section(
                self.env._("To do"),
                self.env["mail.activity"].search(todo, order="date_deadline"),
                "date_deadline",
            ),
            Section(
                self.env._("Most valuable customers"),
                self._covered_search("res.partner", best),
                "phone",
            ),
        ]

    def _hand_back_sections(self) -> list[Section]:
        """Give what the stand-ins changed or made, and where they wrote."""
        actor_ids = list(self._actor_ids())
        return [
            Section(covered.label, self._done_in(model, actor_ids), "write_date")
            for model, covered in self._covered_models().items()
        ]

    def _done_in(self, model: str, actor_ids: list[int]):
        covered = self._covered_models()[model]
        in_time = [
            Domain("write_uid", "in", actor_ids) & self._in_time("write_date"),
            Domain("create_uid", "in", actor_ids) & self._in_time("create_date"),
            Domain("id", "in", self._talked_about(model, actor_ids)),
        ]
        his = self._covered_domain(covered) | self._customers_domain(covered)
        # Also what was given to another employee in this time, and is out of sight.
        records_sudo = self.env[model].sudo().with_context(active_test=False)
        if "company_id" in records_sudo._fields:
            companies = self.env.companies.ids
            his &= Domain("company_id", "in", [*companies, False])
        return records_sudo.search(
            his & Domain.OR(in_time), order="write_date desc", limit=MOST + 1
        )

    def _talked_about(self, model: str, actor_ids: list[int]) -> list[int]:
        """The ids of the documents under which the stand-ins wrote."""
        domain = Domain("model", "=", model) & Domain("create_uid", "in", actor_ids)
        # Only the ids of documents are taken; each is read with the reader's rights.
        messages_sudo = self.env["mail.message"].sudo()
        found = messages_sudo.search_fetch(domain & self._in_time("date"), ["res_id"])
        return list(set(found.mapped("res_id")))

    def _in_time(self, field: str) -> Domain:
        return Domain(field, ">=", self.start) & Domain(field, "<=", self.stop)

    def _read_by(self, user):
        """This record as its reader sees it: rights, language and companies."""
        self.ensure_one()
        companies = self.company_id | user.sudo().company_ids  # of a colleague
        return self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=companies.ids
        )

    def _brief_title(self) -> str:
        return self.env._(
            "You stand in for %(absent)s until %(day)s",
            absent=self.user_id.name,
            day=format_date(self.env, self.date_to),
        )

    def _hand_back_title(self) -> str:
        return self.env._(
            "Welcome back. This is what %(name)s did for you",
            name=self.stand_in_id.name,
        )

    def _tell(self, user, title: str, content: Markup):
        self.ensure_one()
        self.message_post(
            subject=title,
            body=Markup("<p><b>%s</b></p>%s") % (title, content),
            partner_ids=user.partner_id.ids,
        )

    def _render(self, sections: list[Section]) -> Markup:
        """Give the sections that have records, each record a link."""
        parts = [
            Markup("<h3>%s</h3><ul>%s</ul>")
            % (section.title, self._render_lines(section))
            for section in sections
            if section.records
        ]
        return Markup().join(parts) or Markup("<p>%s</p>") % self.env._("Nothing.")

    def _render_lines(self, section: Section) -> Markup:
        lines = [
            Markup("<li>%s%s</li>")
            % (self._render_link(record), self._render_detail(record, section.detail))
            for record in section.records[:MOST]
        ]
        if len(section.records) > MOST:
            lines.append(Markup("<li>%s</li>") % self.env._("… and more"))
        return Markup().join(lines)

    def _render_link(self, record) -> Markup:
        model, res_id, name = record._name, record.id, record.display_name
        if model == "mail.activity" and record.res_model:
            model, res_id = record.res_model, record.res_id
            name = f"{name}: {record.res_name}"
        return Markup('<a href="/odoo/%s/%s">%s</a>') % (model, res_id, name)

    def _render_detail(self, record, field: str) -> str:
        value = record[field] if field else ""
        if isinstance(value, datetime):
            value = format_datetime(self.env, value, dt_format="short")
        elif isinstance(value, date):
            value = format_date(self.env, value)
        return f", {value}" if value else ""
