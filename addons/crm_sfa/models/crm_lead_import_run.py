import base64
import json
from collections.abc import Callable, Iterator
from io import BytesIO

import openpyxl
import psycopg2

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.crm_base.tools.duplicate_record import Record, prepare
from odoo.addons.crm_base.tools.duplicates import SURE
from odoo.addons.crm_base.tools.territory import Address

from ..tools import lead_sheet
from ..tools.lead_assign import Asked
from ..tools.lead_row import Reader, Row
from ..tools.lead_sheet import SheetError

# Rows between two commits.
BATCH = 1000


class CrmLeadImport(models.Model):
    """The work: rows become leads in batches, each of which is kept at once."""

    _inherit = "crm.lead.import"

    @api.model
    def _cron_import(self):
        """Go on with what is running, from where the last run ended."""
        commit = self.env["ir.cron"]._commit_progress
        running = self.search([("state", "=", "running")], order="date_start, id")
        commit(remaining=len(running))
        for record in running:
            # Another process may have ended it since the list was made.
            locked = record.try_lock_for_update()
            if locked.state == "running" and not locked._as_importer()._work(commit):
                return
            if not commit(1):
                return

    def _as_importer(self):
        """Work as whoever imports, in the company of the import."""
        user = self.user_id
        return (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(lang=user.lang, tz=user.tz)
        )

    def _work(self, commit: Callable) -> bool:
        """Read what is left of the file; tell whether the time sufficed."""
        self.ensure_one()
        try:
            return self._read_rows(commit)
        except SheetError as error:
            self._fail(self._sheet_problem(error))
        except LockError:
            # Somebody else hands out leads at this moment: later.
            self._go(at_once=False)
            return False
        except UserError as error:
            self._fail(str(error))
        return True

    def _fail(self, problem: str) -> None:
        # Also where the importer has lost the right since.
        self.sudo().write(
            {"state": "failed", "problem": problem, "date_end": fields.Datetime.now()}
        )

    def _read_rows(self, commit: Callable) -> bool:
        if not self.row_count:
            self.row_count = sum(1 for _line in self._lines())
        run = ImportRun(self)
        after = max(self.done_row, self.header_row)
        lines = (line for line in self._lines() if line.number > after)
        for batch in split_every(BATCH, lines, list):
            run.do([run.reader.row(line) for line in batch])
            self.done_row = batch[-1].number
            # Forget the records, so that memory stays the same.
            self.env.flush_all()
            self.env.invalidate_all()
            if not commit(0):
                return False
            if self.state != "running":
                return True  # somebody stopped it
        self._finish()
        return True

    def _finish(self) -> None:
        self.write(
            {
                "state": "done",
                "done_row": self.row_count,
                "date_end": fields.Datetime.now(),
                "bad_file": self._make_bad_file() if self.bad_count else False,
            }
        )
        self._tell_sellers()

    def _make_bad_file(self) -> bytes:
        """Write the bad rows as they were, with the reason, in the columns they had."""
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet(self.env._("Bad Rows"))
        columns = self.column_ids
        headers = [*columns.mapped("name"), self.env._("What is wrong")]
        sheet.append([lead_sheet.safe_cell(header) for header in headers])
        places = columns.mapped("place")
        for cells, message in self._bad_rows():
            values = [cells[place] if place < len(cells) else None for place in places]
            sheet.append([lead_sheet.safe_cell(value) for value in [*values, message]])
        stream = BytesIO()
        book.save(stream)
        return base64.b64encode(stream.getvalue())

    def _bad_rows(self) -> Iterator[tuple[list, str]]:
        domain = [("import_id", "=", self.id), ("state", "=", "bad")]
        after, found = 0, True
        while found:
            rows = self.env["crm.lead.import.row"].search_fetch(
                [*domain, ("number", ">", after)], ["cells", "message"], limit=BATCH
            )
            for row in rows:
                after = row.number
                yield json.loads(row.cells or "[]"), row.message or ""
            found = bool(rows)
            rows.invalidate_recordset()

    def _tell_sellers(self) -> None:
        """Tell everybody how many leads came, in one notice."""
        groups = self.env["crm.lead.import.row"]._read_group(
            [("import_id", "=", self.id), ("user_id", "!=", False)],
            ["user_id"],
            ["__count"],
        )
        for user, count in groups:
            if user == self.env.user:
                continue
            env = self.with_context(lang=user.lang).env
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=env._("Leads for you: %(count)s", count=count),
                body=env._(
                    "They came with the campaign %(name)s and stand in your pipeline.",
                    name=self.campaign_id.title,
                ),
                force_send=False,
            )


class ImportRun:
    """One run over a file: what is looked up once, and what is done with each batch."""

    def __init__(self, record):
        self.record = record
        self.env = record.env
        self.leads = record.env["crm.lead"].with_context(crm_assigning=True)
        columns = record.column_ids
        self.reader = Reader(
            {c.place: (c.target, c.name) for c in columns if c.target},
            width=max(columns.mapped("place"), default=0) + 1,
            country=record.country_id.code or "",
            day_first=record.is_day_first,
            problems=self._problems(),
            names=self._names(),
        )
        self.common = self._common_vals()
        self.hand_out = None
        langs = self.env["res.lang"].search([])
        self.languages = {lang.id: lang.code for lang in langs}
        self.matcher = self.env["crm.territory"]._matcher()
        self.paths = self.leads._territory_paths()

    def _problems(self) -> dict[str, str]:
        """What may be wrong with a cell, in the reader's language."""
        env = self.env
        return {
            "email_from": env._("%(column)s: “%(text)s” is no mail address"),
            "phone": env._("%(column)s: “%(text)s” is no phone number"),
            "date_deadline": env._("%(column)s: “%(text)s” is no date"),
            "expected_revenue": env._("%(column)s: “%(text)s” is no amount"),
            "formula": env._("%(column)s: “%(text)s” is a formula, not a value"),
            "error": env._("%(column)s: “%(text)s” is an error of the spreadsheet"),
            "width": env._("The row has more cells than there are columns"),
            "nobody": env._("Neither name, company, mail nor phone"),
            "unknown": env._("%(column)s: “%(text)s” is unknown and was left out"),
        }

    def _names(self) -> dict[str, dict[str, int]]:
        """The ids of countries, languages and trades by all their names."""
        found = {}
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for target, model, codes in (
            ("country", "res.country", ("code",)),
            ("language", "res.lang", ("code", "iso_code")),
            ("industry", "res.partner.industry", ()),
        ):
            known = found.setdefault(target, {})
            for lang in langs:
                for one in self.env[model].with_context(lang=lang).search([]):
                    for text in (one.name, *(one[code] for code in codes)):
                        known.setdefault(lead_sheet.header_key(text), one.id)
        return found

    def _common_vals(self) -> dict:
        record = self.record
        team = record.team_id or record.campaign_id.crm_team_id
        use_leads = self.env.user.has_group("crm.group_use_lead")
        is_lead = use_leads and (not team or team.use_leads)
        kind = "lead" if is_lead else "opportunity"
        stage = self.leads._stage_find(team_id=team.id, domain=[("fold", "=", False)])
        return {
            "campaign_id": record.campaign_id.id,
            "company_id": record.company_id.id,
            "team_id": team.id,
            "user_id": False,
            "type": kind,
            "stage_id": stage.id,
        }

    def _hand_out(self):
        team = self.env["crm.team"].browse(self.common["team_id"])
        teams = team or self.env["crm.team"].search(
            [
                ("company_id", "in", [False, self.record.company_id.id]),
                ("assignment_optout", "=", False),
            ]
        )
        # Whoever imports need not see how much each seller has to do.
        return (
            self.env["crm.team"].sudo()._hand_out_run(teams.sudo().crm_team_member_ids)
        )

    # One batch

    def do(self, rows: list[Row]) -> None:
        """Make leads of the good rows, and keep what came of each."""
        rows = [row for row in rows if not row.is_empty]
        if self.record.is_assigned:
            # Anew for each batch: others hand out leads in between.
            self.hand_out = self._hand_out()
        self._find_doubles([row for row in rows if not row.problem])
        self._create([row for row in rows if row.is_good])
        self._keep(rows)

    def _find_doubles(self, rows: list[Row]) -> None:
        known = self._known_leads(rows)
        for row in rows:
            for key in row.keys:
                if key in known and self.record.on_double == "skip":
                    row.double = known[key]
                    break
            else:
                known.update((key, (0, row.number)) for key in row.keys)
        self._find_contacts([row for row in rows if row.is_good])

    def _known_leads(self, rows: list[Row]) -> dict[str, tuple[int, int]]:
        """Give lead and row by the mails and phones that open leads have."""
        mails = [row.vals["email_normalized"] for row in rows if row.mail]
        phones = [row.vals["phone_sanitized"] for row in rows if row.phone]
        domain = Domain("email_normalized", "in", mails) | Domain(
            "phone_sanitized", "in", phones
        )
        domain &= Domain("won_status", "=", "pending")
        domain &= Domain("company_id", "in", [False, self.record.company_id.id])
        query = self.env["crm.lead"]._search(domain)
        found = {}
        for id_, mail, phone in self.env.execute_query(
            query.select("id", "email_normalized", "phone_sanitized")
        ):
            found |= {key: (id_, 0) for key in (mail, phone) if key}
        return found

    def _find_contacts(self, rows: list[Row]) -> None:
        """Link the rows to contacts who are there already, and surely the same."""
        source = self.env["crm.duplicate"]._duplicate_source("res.partner")
        entries = [entry for row in rows if (entry := self._entry(row)).keys]
        # The table of keys is nobody's to read; contacts are read as the user.
        keys_sudo = self.env["crm.duplicate.key"].sudo()
        matches = keys_sudo._matches_of(source, entries, self.env)
        by_number = {-row.number: row for row in rows}
        for id_, found in matches.items():
            row = by_number[id_]
            if found and found[0].score >= SURE:
                row.vals["partner_id"] = found[0].second
            row.likeness = bool(found)

    def _entry(self, row: Row):
        vals = row.vals
        person = vals.get("contact_name")
        entry = prepare(
            Record(
                -row.number,
                person or vals.get("partner_name") or "",
                row.mail,
                (row.phone,) if row.phone else (),
                zip=vals.get("zip") or "",
                city=vals.get("city") or "",
                is_company=not person,
            )
        )
        # Names alone are shared by too many where there is a mail or a phone.
        strong = tuple(key for key in entry.keys if key[:2] in ("e:", "p:"))
        return entry._replace(keys=strong or entry.keys)

    def _create(self, rows: list[Row]) -> None:
        """Make the leads; where one fails, the others do not."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                self._create_all(rows)
        except LockError:
            raise
        except (UserError, psycopg2.DataError, psycopg2.IntegrityError) as error:
            if len(rows) == 1:
                rows[0].problem = str(error).strip().splitlines()[0]
                return
            middle = len(rows) // 2
            self._create(rows[:middle])
            self._create(rows[middle:])

    def _create_all(self, rows: list[Row]) -> None:
        for row in rows:
            row.seller = (0, 0, "")
        filters = self.hand_out and any(
            m.assignment_domain or m.assignment_domain_preferred
            for m in self.hand_out.members
        )
        if self.hand_out and not filters:
            group = self.hand_out.all_sellers()
            for row in rows:
                row.seller = self.hand_out.choose(self._asked(row), group)
        leads = self.leads._create_bulk([self._lead_vals(row) for row in rows])
        for row, lead in zip(rows, leads, strict=True):
            row.lead = lead.id
        if self.hand_out and filters:
            self._give_by_filter(rows, leads)
        elif self.hand_out:
            self._log(rows)

    def _lead_vals(self, row: Row) -> dict:
        user, team, _reason = row.seller
        vals = self.common | row.vals
        if user:
            vals |= {"user_id": user, "team_id": team, "type": "opportunity"}
        if user and self.common["type"] == "lead":
            vals["date_conversion"] = self.env.cr.now()
        return vals

    def _asked(self, row: Row) -> Asked:
        vals = row.vals
        address = Address(
            company=self.record.company_id.id,
            country=vals.get("country_id"),
            zip=vals.get("zip") or "",
            trade=vals.get("industry_id"),
        )
        return Asked(
            territories=self.paths.get(self.matcher.find(address), ()),
            trade=vals.get("industry_id") or 0,
            language=self.languages.get(vals.get("lang_id"), ""),
        )

    def _log(self, rows: list[Row]) -> None:
        self.hand_out.store()
        given = [row for row in rows if row.seller[0]]
        # Nobody writes the log by hand.
        self.env["crm.lead.assign.log"].sudo().create(
            [
                {
                    "lead_id": row.lead,
                    "user_id": row.seller[0],
                    "team_id": row.seller[1],
                    "company_id": self.record.company_id.id,
                    "kind": "import",
                    "reason": row.seller[2],
                }
                for row in given
            ]
        )

    def _give_by_filter(self, rows: list[Row], leads) -> None:
        """Sellers' own filters look at leads, so these are made first."""
        # Sellers' filters may look at what the importer may not read.
        given = self.hand_out.give(leads.sudo())
        # Once a colleague has it, the importer may have no right to it any more.
        self.leads.sudo()._give([one for one in given if one.user], "import")
        for row, one in zip(rows, given, strict=True):
            row.seller = (one.user, one.team, one.reason)

    def _keep(self, rows: list[Row]) -> None:
        """Keep what came of each row, and count it."""
        record = self.record
        by_number = {row.number: row for row in rows}
        lines = []
        for row in rows:
            lead = row.lead
            if row.double:
                lead = row.double[0] or by_number[row.double[1]].lead
            cells = [lead_sheet.plain(cell) for cell in row.cells]
            lines.append(
                (
                    record.id,
                    row.number,
                    row.state,
                    lead or None,
                    row.vals.get("partner_id"),
                    row.seller[0] or None,
                    self._message(row),
                    json.dumps(cells, ensure_ascii=False) if row.problem else None,
                )
            )
        if lines:
            self.env.cr.execute_values(
                """INSERT INTO crm_lead_import_row (import_id, number, state, lead_id,
                    partner_id, user_id, message, cells) VALUES %s""",
                lines,
                page_size=len(lines),
            )
        states = [row.state for row in rows]
        record.write(
            {
                "created_count": record.created_count + states.count("created"),
                "linked_count": record.linked_count + states.count("linked"),
                "double_count": record.double_count + states.count("double"),
                "bad_count": record.bad_count + states.count("bad"),
                "assigned_count": record.assigned_count
                + sum(1 for row in rows if row.is_good and row.seller[0]),
            }
        )

    def _message(self, row: Row) -> str | None:
        """Say in words what came of a row."""
        if row.problem:
            return row.problem
        if row.double and not row.double[0]:
            return self.env._(
                "The same mail or phone as in row %(row)s", row=row.double[1]
            )
        if row.double:
            return self.env._("An open lead has this mail or phone")
        said = [*row.notes]
        if row.likeness and not row.vals.get("partner_id"):
            said.append(
                self.env._("Looks like a contact who is there already, check the two")
            )
        return ". ".join([*said, *filter(None, [row.seller[2]])]) or None
