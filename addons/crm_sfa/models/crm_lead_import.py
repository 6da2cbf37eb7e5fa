import base64
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import lead_sheet
from ..tools.lead_sheet import SheetError

STATES = [
    ("draft", "Columns to check"),
    ("running", "Running"),
    ("stopped", "Stopped"),
    ("done", "Done"),
    ("failed", "Failed"),
]
SEPARATORS = [(";", "Semicolon"), (",", "Comma"), ("\t", "Tab"), ("|", "Bar")]
# Rows that the columns are shown by.
SHOWN = 50
# Files up to this many rows are done while one waits.
AT_ONCE = 300
# Contact data of strangers is not kept for longer than a second try takes.
KEPT = "-30d"
MOST_BYTES = 100 * 1024 * 1024


class CrmLeadImport(models.Model):
    """A spreadsheet that becomes leads of one campaign, with what came of each row."""

    _name = "crm.lead.import"
    _description = "Import of Leads"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("File Name", required=True, default="")
    file = fields.Binary(attachment=True, copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Imported by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        help="What the leads belong to. Empty: a new campaign is made for this file.",
    )
    campaign_title = fields.Char(
        "New Campaign",
        compute="_compute_campaign_title",
        store=True,
        readonly=False,
        help="Name of the campaign that is made if none is chosen.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        check_company=True,
        help="Whose leads they become. Empty: of the teams of those who get them.",
    )
    is_assigned = fields.Boolean(
        "Assign",
        default=True,
        help="Hand the leads out to the sellers who fit, are there and have room."
        " Otherwise they wait without a salesperson.",
    )
    on_double = fields.Selection(
        [("skip", "Leave it out"), ("keep", "Make a lead all the same")],
        "Known Lead",
        required=True,
        default="skip",
        help="What to do with a row whose mail or phone an open lead has already.",
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        help="Country of phone numbers that are written without one.",
    )
    encoding = fields.Selection(
        lead_sheet.ENCODINGS, help="Change it where letters look wrong below."
    )
    separator = fields.Selection(
        SEPARATORS, help="Change it where the columns are not told apart below."
    )
    header_row = fields.Integer(
        "Row with Headers",
        help="Its number in the spreadsheet. What stands above it is left out.",
    )
    is_day_first = fields.Boolean(
        "Day before Month",
        default=True,
        help="How dates such as 03/04/2026 are read; ticked: as the 3rd of April.",
    )
    column_ids = fields.One2many("crm.lead.import.column", "import_id", "Columns")
    row_ids = fields.One2many("crm.lead.import.row", "import_id", "Rows", readonly=True)
    row_count = fields.Integer("Rows in the File", readonly=True, copy=False)
    done_row = fields.Integer("Read up to Row", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    created_count = fields.Integer("New Leads", readonly=True, copy=False)
    linked_count = fields.Integer(
        "Of Known Contacts",
        readonly=True,
        copy=False,
        help="Leads that were linked to a contact who is there already.",
    )
    double_count = fields.Integer("Left Out as Double", readonly=True, copy=False)
    bad_count = fields.Integer("Bad Rows", readonly=True, copy=False)
    assigned_count = fields.Integer("Assigned", readonly=True, copy=False)
    bad_file = fields.Binary(
        "Bad Rows as File",
        attachment=True,
        readonly=True,
        copy=False,
        help="The rows that were not taken, each with the reason, for a second try.",
    )
    bad_file_name = fields.Char(compute="_compute_bad_file_name")
    problem = fields.Char(readonly=True, copy=False)
    date_start = fields.Datetime("Begun", readonly=True, copy=False)
    date_end = fields.Datetime("Ended", readonly=True, copy=False, index=True)

    @api.depends("name")
    def _compute_campaign_title(self):
        for record in self:
            record.campaign_title = record.name.rsplit(".", 1)[0]

    @api.depends("done_row", "row_count")
    def _compute_progress(self):
        for record in self:
            count = record.row_count
            record.progress = min(100, 100 * record.done_row / count) if count else 0

    @api.depends("name")
    def _compute_bad_file_name(self):
        for record in self:
            title = record.name.rsplit(".", 1)[0]
            record.bad_file_name = f"{title} – {self.env._('bad rows')}.xlsx"

    @api.constrains("file")
    def _check_file(self):
        for record in self.with_context(bin_size=False):
            if record.file and len(record.file) * 3 / 4 > MOST_BYTES:
                raise ValidationError(
                    self.env._(
                        "The file is larger than 100 MB. Split it, or save it as CSV."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered("file")._read_columns()
        return records

    def write(self, vals):
        result = super().write(vals)
        chosen = vals.keys() & {"file", "encoding", "separator", "header_row"}
        if chosen and not self.env.context.get("crm_reading_columns"):
            for record in self.filtered(lambda r: r.state == "draft" and r.file):
                # What one has set by hand is kept, except for another file.
                record._read_columns(keep=set(vals) - {"file"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda record: record.state == "running"):
            raise UserError(self.env._("This import is running. Stop it first."))

    # Columns

    def _read_columns(self, keep: frozenset[str] | set[str] = frozenset()) -> None:
        """Look at the beginning of the file, and guess what its columns hold."""
        for record in self:
            try:
                record._guess_columns(keep)
                problem = False
            except SheetError as error:
                record.column_ids.unlink()
                problem = record._sheet_problem(error)
            record.problem = problem

    def _guess_columns(self, keep) -> None:
        data = self._data()
        is_text = data[:2] != b"PK"
        vals = {}
        if is_text and "encoding" not in keep:
            vals["encoding"] = lead_sheet.encoding_of(data)
        encoding = vals.get("encoding") or self.encoding or ""
        if is_text and not {"encoding", "separator", "header_row"} & keep:
            sample = data[:65536].decode(encoding, errors="replace")
            vals["separator"] = lead_sheet.separator_of(sample)
        separator = vals.get("separator") or self.separator or ""
        lines = list(islice(lead_sheet.read(data, encoding, separator), SHOWN))
        if not any(lead_sheet.text_of(cell) for line in lines for cell in line.cells):
            raise SheetError("empty")
        place = self.header_row - 1
        if "header_row" not in keep or not 0 <= place < len(lines):
            place = lead_sheet.header_row([line.cells for line in lines])
        below = [line.cells for line in lines[place + 1 :]]
        vals |= {
            "header_row": place + 1,
            "is_day_first": lead_sheet.is_day_first(c for row in below for c in row),
        }
        self.with_context(crm_reading_columns=True).write(vals)
        self.column_ids.unlink()
        self.env["crm.lead.import.column"].create(
            self._column_vals(lines[place].cells, below)
        )

    def _column_vals(self, headers: list, below: list[list]) -> list[dict]:
        found, taken = [], set()
        for place, header in enumerate(headers):
            samples = [
                lead_sheet.text_of(row[place]) for row in below if place < len(row)
            ]
            samples = list(filter(None, samples))
            title = lead_sheet.text_of(header)
            if not title and not samples:
                continue
            field = lead_sheet.guess(header)
            found.append(
                {
                    "import_id": self.id,
                    "place": place,
                    "name": title[:100]
                    or self.env._("Column %(number)s", number=place + 1),
                    "sample": " · ".join(sample[:30] for sample in samples[:3]),
                    "target": field if field not in taken else False,
                }
            )
            taken.add(field)
        return found

    def _data(self) -> bytes:
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _sheet_problem(self, error: SheetError) -> str:
        texts = {
            "old_excel": self.env._(
                "This is a file of an old Excel (.xls). Save it as .xlsx or CSV."
            ),
            "too_big": self.env._(
                "The file is too large when it is unpacked. Save it as CSV, or split"
                " it."
            ),
            "broken": self.env._(
                "The file cannot be read: it is damaged, or no spreadsheet. Open it and"
                " save it again as .xlsx or CSV."
            ),
            "encoding": self.env._(
                "The letters of the file do not fit the encoding that is chosen. Choose"
                " another one."
            ),
            "quotes": self.env._(
                "About row %(row)s a quotation mark is opened and never closed. Mend it"
                " in the file.",
                row=error.detail,
            ),
            "empty": self.env._("The file is empty."),
        }
        return texts[error.code]

    # Start and stop

    def action_start(self):
        """Make the campaign, and begin; a short file is done at once."""
        self._check_columns()
        for record in self:
            record._require("draft")
            record._make_campaign()
            record.write({"state": "running", "date_start": fields.Datetime.now()})
            record._go(record._is_short())

    def action_stop(self):
        """Stop after the rows that are being read."""
        for record in self:
            record._require("running")
            record.state = "stopped"

    def action_resume(self):
        """Go on after the last row that was read."""
        for record in self:
            record._require("stopped", "failed")
            record.write({"state": "running", "problem": False})
            record._go(at_once=False)

    def action_refresh(self):
        """Show how far it is."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _require(self, *states: str) -> None:
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is in state %(state)s: that is not possible now.",
                    name=self.name,
                    state=labels[self.state],
                )
            )

    def _check_columns(self) -> None:
        for record in self:
            targets = record.column_ids.filtered("target").mapped("target")
            if record.problem:
                raise UserError(record.problem)
            if not {"contact_name", "partner_name", "email_from", "phone"} & {*targets}:
                raise UserError(
                    self.env._(
                        "Say at least which column holds the name, the company, the"
                        " mail or the phone."
                    )
                )
            twice = {target for target in targets if targets.count(target) > 1}
            if twice:
                columns = record.column_ids.filtered(lambda c, t=twice: c.target in t)
                raise UserError(
                    self.env._(
                        "These columns stand for the same: %(names)s. Choose one.",
                        names=", ".join(columns.mapped("name")),
                    )
                )

    def _make_campaign(self) -> None:
        if not self.campaign_id:
            self.campaign_id = self.env["utm.campaign"].create(
                {
                    "title": self.campaign_title or self.name,
                    "crm_channel": "sheet",
                    "crm_team_id": self.team_id.id,
                    "company_id": self.company_id.id,
                }
            )

    def _is_short(self) -> bool:
        lines = islice(self._lines(), AT_ONCE + self.header_row + 1)
        try:
            return sum(1 for _line in lines) <= AT_ONCE + self.header_row
        except SheetError:
            return True  # the work says what is wrong

    def _go(self, at_once: bool) -> None:
        if at_once:
            self._work(lambda done: True)
        else:
            # Whoever imports wakes the job up, but does not touch jobs.
            self.env.ref("crm_sfa.crm_lead_import_cron").sudo()._trigger()

    def _lines(self):
        return lead_sheet.read(self._data(), self.encoding or "", self.separator or "")

    # What came of it

    @api.readonly
    def action_open_leads(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads of %(file)s", file=self.name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("import_row_ids.import_id", "=", self.id)],
            "context": {"active_test": False, "create": False},
        }

    @api.readonly
    def action_open_rows(self):
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_lead_import_row_action"
        ) | {"domain": [("import_id", "=", self.id)]}

    @api.autovacuum
    def _gc_files(self):
        """Delete the files, and the rows that were not taken, of imports long past."""
        old = self.search(
            [
                ("state", "in", ("done", "failed", "stopped")),
                ("write_date", "<", f"today {KEPT}"),
            ]
        )
        old.filtered(lambda record: record.file or record.bad_file).write(
            {"file": False, "bad_file": False}
        )
        self.env["crm.lead.import.row"].search(
            [("import_id", "in", old.ids), ("cells", "!=", False)]
        ).write({"cells": False})
