from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 2000
# Records kept from batch to batch, so that each is read about once.
MOST_KEPT = 150_000
# A long transaction writes with the date at which it began.
OVERLAP = timedelta(hours=1)


class CrmDuplicateRun(models.Model):
    """One search for doubles: from when on it reads, and how far it has come.

    It works in batches in order of the ids, so a search that was stopped goes on where
    it was. What is changed meanwhile is the next search's.
    """

    _name = "crm.duplicate.run"
    _description = "Search for Duplicates"
    _order = "id desc"
    _rec_name = "date_until"

    res_model = fields.Char("Model", required=True, readonly=True)
    date_since = fields.Datetime(
        "Changed since", readonly=True, help="Empty: all records are read."
    )
    date_until = fields.Datetime("Begun on", required=True, readonly=True)
    date_done = fields.Datetime("Done on", readonly=True)
    last_id = fields.Integer(readonly=True, aggregator=None)
    done = fields.Integer("Records Read", readonly=True)
    total = fields.Integer("Records to Read", readonly=True)
    compared = fields.Integer("Pairs Compared", readonly=True)
    progress = fields.Float(compute="_compute_progress", aggregator=None)
    state = fields.Selection(
        [("open", "Running"), ("done", "Done")],
        required=True,
        default="open",
        readonly=True,
    )

    @api.depends("done", "total", "state")
    def _compute_progress(self):
        for run in self:
            share = 100 * run.done / run.total if run.total else 0
            run.progress = 100 if run.state == "done" else min(share, 99)

    @api.model
    def _begin(self):
        """Open a search of what was changed since the last one, for each model."""
        # The next full second: this one's records are read as well.
        now = fields.Datetime.now() + timedelta(seconds=1)
        vals_list = []
        for source in self.env["crm.duplicate"]._duplicate_candidates():
            last = self.search(
                [("res_model", "=", source.model), ("state", "=", "done")], limit=1
            )
            vals_list.append(
                {
                    "res_model": source.model,
                    "date_since": last and last.date_until - OVERLAP,
                    "date_until": now,
                }
            )
        runs = self.create(vals_list)
        for run in runs:
            # All records are compared, whoever starts the run.
            model = self.env[run.res_model].sudo().with_context(active_test=False)
            run.total = model.search_count(run._changed())
        return runs

    def _changed(self) -> Domain:
        """The records that this search reads, archived ones too, to drop their keys."""
        domain = Domain("write_date", "<=", self.date_until)
        if self.date_since:
            domain &= Domain("write_date", ">", self.date_since)
        return domain

    def _work(self) -> bool:
        """Work batch by batch; tell whether there is time for more."""
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=max(self.total - self.done, 1))
        known = {}
        while self.try_lock_for_update():
            # Another process may have worked since the last commit.
            self.invalidate_recordset()
            if self.state == "done":
                return True
            read = self._batch(known)
            if len(known) > MOST_KEPT:
                known.clear()
            if not read:
                self.write({"state": "done", "date_done": fields.Datetime.now()})
                return commit(remaining=0) > 0
            if not commit(read):
                return False
        return True

    @api.model
    def _search_at_once(self) -> None:
        """Search all of a small base in this transaction."""
        for run in self._begin():
            known = {}
            while run._batch(known):
                pass
            run.write({"state": "done", "date_done": fields.Datetime.now()})

    def _batch(self, known: dict) -> int:
        """Search the doubles of the next records; give how many they were."""
        duplicate = self.env["crm.duplicate"]
        source = duplicate._duplicate_source(self.res_model)
        # All records are compared, whoever starts the run.
        model = self.env[source.model].sudo().with_context(active_test=False)
        domain = self._changed() & Domain("id", ">", self.last_id)
        ids = list(model._search(domain, order="id", limit=BATCH))
        if ids:
            compared = duplicate._find(source, ids, known, not self.date_since)
            self.write(
                {
                    "last_id": ids[-1],
                    "done": self.done + len(ids),
                    "compared": self.compared + compared,
                }
            )
        return len(ids)
