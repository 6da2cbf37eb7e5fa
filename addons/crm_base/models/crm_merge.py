import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger


class CrmMerge(models.Model):
    """Several records made one: who did it, which stayed, and how to undo it.

    Nothing is deleted: the others are archived and say into which they went.
    """

    _name = "crm.merge"
    _description = "Merge"
    _order = "id desc"

    name = fields.Char("Stayed", readonly=True, required=True)
    merged_names = fields.Char("Merged Into It", readonly=True, required=True)
    res_model = fields.Char("Model", readonly=True, required=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", readonly=True, required=True
    )
    merged_ids = fields.Json("Merged Records", readonly=True)
    date = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "Merged by",
        readonly=True,
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    state = fields.Selection(
        [("done", "Merged"), ("undone", "Undone"), ("partly", "Undone in part")],
        readonly=True,
        required=True,
        default="done",
        index=True,
        help="Undone in part: what was changed since the merge was left as it is.",
    )
    undo_user_id = fields.Many2one("res.users", "Undone by", readonly=True)
    undo_date = fields.Datetime("Undone on", readonly=True)
    report = fields.Text(
        "Left as It Was", readonly=True, help="What could not be undone, and why."
    )
    values = fields.Json(readonly=True)
    journal_ids = fields.One2many(
        "crm.merge.journal", "merge_id", groups="base.group_system"
    )
    row_count = fields.Integer("References Moved", readonly=True)
    pair_ids = fields.One2many("crm.duplicate", "merge_id")
    may_undo = fields.Boolean(compute="_compute_may_undo")

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_may_undo(self):
        manager = self.env.user.has_group("crm_base.crm_base_group_manager")
        for merge in self:
            mine = merge.user_id == self.env.user
            merge.may_undo = merge.state == "done" and (manager or mine)

    @api.readonly
    def action_open(self):
        """Open the record that stayed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_undo(self):
        """Make the records what they were, and give them back what was theirs."""
        for merge in self:
            merge._undo()

    # Merging

    @api.model
    def _merge(self, survivor, others, values: dict):
        """Make several records one, in this transaction.

        :param survivor: the record that stays
        :param others: go into it; each is archived and found by its id as before
        :param values: what is written on the survivor
        :return: the merge, by which it is undone
        """
        records = survivor | others
        self._check_merge(survivor, records)
        self._lock(records)
        self.env.flush_all()
        # Whatever points at the records follows, also what this user may not read: a
        # hidden invoice that stayed behind would be lost for those who need it.
        vals = self._prepare_merge(survivor, others)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # Merges are written by the server alone.
                merge_sudo = self.sudo().create(vals)
                merge_sudo._repoint(survivor, others)
        except psycopg2.IntegrityError as error:
            raise UserError(
                self.env._(
                    "The database refuses to join the records: %(reason)s. Nothing"
                    " has been changed.",
                    reason=error.diag.message_primary,
                )
            ) from error
        self.env.invalidate_all()
        # The user may write the records, which is checked above; what follows is
        # theirs.
        merge_sudo._archive(survivor.sudo(), others.sudo())
        merge_sudo._write_values(survivor, values)
        merge_sudo._refresh_stored(survivor.sudo())  # whoever may see what has moved
        merge_sudo._close_pairs(survivor, others)
        self._tell(survivor, others, values)
        return merge_sudo.sudo(self.env.su)

    @api.model
    def _check_merge(self, survivor, records) -> None:
        """Refuse what must not be merged.

        :raises AccessError: if the user may not change each of the records
        :raises UserError: with the reasons
        """
        group = self._merge_group(survivor._name)
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(self.env._("You may not merge records of this kind."))
        survivor.ensure_one()
        if len(records) < 2:
            raise UserError(self.env._("Choose at least two different records."))
        if len(records.exists()) < len(records):
            raise UserError(
                self.env._("One of the records was deleted. Reload the list.")
            )
        records.check_access("write")
        if reasons := self._obstacles(survivor, records):
            raise UserError("\n".join(reasons))

    @api.model
    def _merge_group(self, model: str) -> str:
        """Name the group whose users merge records of a model; addons add theirs."""
        return "base.group_partner_manager"

    @api.model
    def _obstacles(self, survivor, records) -> list[str]:
        """Say in sentences why these records cannot be one."""
        reasons = [
            self.env._(
                "%(name)s is merged into %(other)s already.",
                name=record.display_name,
                other=record.merged_into_id.display_name,
            )
            for record in records
            if record.merged_into_id
        ]
        return reasons + records._merge_obstacles(survivor)

    @api.model
    def _lock(self, records) -> None:
        """Have the records for us alone until the end of the transaction."""
        try:
            records.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody is changing one of these records at this moment. Try"
                    " again, and look whether it is merged already."
                )
            ) from error

    @api.model
    def _prepare_merge(self, survivor, others) -> dict:
        return {
            "name": survivor.display_name,
            "merged_names": ", ".join(others.mapped("display_name")),
            "res_model": survivor._name,
            "res_id": survivor.id,
            "merged_ids": others.ids,
            "user_id": self.env.uid,
            "company_id": (survivor | others).company_id.id,
        }

    def _archive(self, survivor, others) -> None:
        was_active = {str(record.id): record.active for record in others}
        others.write({"active": False, "merged_into_id": survivor.id})
        self.values = {"active": was_active}

    def _write_values(self, survivor, values: dict) -> None:
        """Write on the survivor what was chosen; remember what it had."""
        if any(not record.company_id for record in survivor | self._others()):
            # One of them belongs to all companies: so does the whole.
            values = values | {"company_id": False}
        old = survivor.read(list(values), load=None)[0] if values else {}
        changed = {name: new for name, new in values.items() if old[name] != new}
        if changed:
            survivor.write(dict(changed))  # writing a contact adds to what it is given
        written = survivor.read(list(changed), load=None)[0] if changed else {}
        pairs = {name: [_plain(old[name]), _plain(written[name])] for name in changed}
        self.values = {**self.values, "survivor": pairs}

    def _others(self):
        model = self.env[self.res_model].with_context(active_test=False)
        return model.browse(self.merged_ids).exists()

    def _survivor(self):
        model = self.env[self.res_model].with_context(active_test=False)
        return model.browse(self.res_id).exists()

    def _close_pairs(self, survivor, others) -> None:
        """Mark the pairs of this merge; drop other proposals of what is archived, and
        look at once what the survivor doubles now."""
        ids = (survivor | others).ids
        inside = Domain("res_id", "in", ids) & Domain("other_id", "in", ids)
        touched = Domain("res_id", "in", others.ids) | Domain(
            "other_id", "in", others.ids
        )
        pairs_sudo = self.env["crm.duplicate"].search(
            Domain("res_model", "=", self.res_model)
            & Domain("state", "=", "new")
            & (inside | touched)
        )
        merged = pairs_sudo.filtered_domain(inside)
        merged.write(
            {
                "state": "merged",
                "merge_id": self.id,
                "user_id": self.user_id.id,
                "date_decided": self.date,
            }
        )
        (pairs_sudo - merged).unlink()
        self._look_again(survivor)

    def _look_again(self, records) -> None:
        """Look whether the records double others; not all kinds are looked for."""
        duplicate = self.env["crm.duplicate"]
        if not duplicate._has_source(self.res_model):
            return
        self.env.flush_all()
        source = duplicate._duplicate_source(self.res_model)
        duplicate._find(source, records.ids, {})

    @api.model
    def _tell(self, survivor, others, values: dict) -> None:
        """Note the merge in both histories, with what of the others was not taken."""
        lost = Markup().join(
            Markup("<li>%s</li>") % line
            for record in others
            if (line := self._not_taken(survivor, record))
        )
        body = Markup("<p>%s</p>") % self.env._(
            "Merged into this: %(names)s.",
            names=", ".join(
                f"{record.display_name} ({record.id})" for record in others
            ),
        )
        if lost:
            body += Markup("<p>%s</p><ul>%s</ul>") % (
                self.env._("Kept only there:"),
                lost,
            )
        survivor.message_post(body=body)
        for record in others:
            record.message_post(
                body=self.env._(
                    "Merged into %(name)s (%(id)s).",
                    name=survivor.display_name,
                    id=survivor.id,
                )
            )

    @api.model
    def _not_taken(self, survivor, record) -> str:
        """The values of a merged record that differ from what stays, in one line."""
        texts = [
            f"{label}: {record[name]}"
            for name, label in self._contact_fields(record).items()
            if record[name] and record[name] != survivor[name]
        ]
        return f"{record.display_name}: {'; '.join(texts)}" if texts else ""

    @api.model
    def _contact_fields(self, record) -> dict[str, str]:
        """The fields by which somebody is reached, with their labels."""
        names = ["phone", "email", "street", "zip", "city", "vat", "website"]
        return {
            name: record._fields[name]._description_string(self.env)
            for name in names
            if name in record._fields
        }

    # Undoing

    def _undo(self) -> None:
        self.ensure_one()
        self._check_undo()
        # As the merge: who may undo it was checked, and all goes back.
        merge_sudo = self.sudo()
        survivor, others = merge_sudo._survivor(), merge_sudo._others()
        self.env.flush_all()
        known = [self.res_id, *self.merged_ids]
        missing = {
            (self.env[self.res_model]._table, id_)
            for id_ in set(known) - set((survivor | others).ids)
        }
        # As the merge: all that moved goes back, whoever may read it.
        left = merge_sudo.journal_ids._undo(missing)
        self.env.invalidate_all()
        texts = [merge_sudo._left_text(table, count) for table, count in left]
        texts += merge_sudo._undo_values(survivor)
        texts += [
            self.env._("A record was deleted (%(id)s).", id=id_)
            for _table, id_ in sorted(missing)
        ]
        merge_sudo._unarchive(others)
        merge_sudo._refresh_stored(survivor | others)
        merge_sudo.write(
            {
                "state": "partly" if texts else "undone",
                "report": "\n".join(dict.fromkeys(texts)),
                "undo_user_id": self.env.uid,
                "undo_date": fields.Datetime.now(),
            }
        )
        merge_sudo.pair_ids.write(
            {"state": "new", "merge_id": False, "user_id": False, "date_decided": False}
        )
        if survivor | others:
            merge_sudo._look_again(survivor | others)
        for record in (survivor | others).sudo(self.env.su):
            record.message_post(
                body=self.env._(
                    "The merge of %(names)s into %(name)s was undone.",
                    names=self.merged_names,
                    name=self.name,
                )
            )

    def _check_undo(self) -> None:
        if not self.may_undo and self.state == "done":
            raise AccessError(
                self.env._("Only managers and who merged the records may undo it.")
            )
        try:
            # A lock is a write, and merges are written by the server alone.
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody is undoing this at the moment.")
            ) from error
        self.invalidate_recordset(["state"])
        if self.state != "done":
            raise UserError(self.env._("This merge is undone already."))
        survivor, others = self._survivor(), self._others()
        (survivor | others).check_access("write")
        if later := survivor.merged_into_id:
            raise UserError(
                self.env._(
                    "%(name)s was merged into %(other)s later. Undo that first.",
                    name=survivor.display_name,
                    other=later.display_name,
                )
            )
        self._lock(survivor | others)

    def _undo_values(self, survivor) -> list[str]:
        """Give the survivor back what it had, where nobody has changed it since."""
        pairs = self.values.get("survivor", {})
        if not survivor:
            return []
        now = survivor.read(list(pairs), load=None)[0] if pairs else {}
        same = {name for name, (_old, new) in pairs.items() if _plain(now[name]) == new}
        if same:
            survivor.write({name: pairs[name][0] for name in same})
        return [
            self.env._(
                "%(field)s of %(name)s was changed since.",
                field=survivor._fields[name]._description_string(self.env),
                name=survivor.display_name,
            )
            for name in pairs
            if name not in same
        ]

    def _unarchive(self, others) -> None:
        for active, records in others.grouped(
            lambda record: self.values["active"].get(str(record.id), True)
        ).items():
            records.write({"active": active, "merged_into_id": False})

    def _left_text(self, table: str, count: int) -> str:
        models_ = (m for m in self.env.registry.values() if m._table == table)
        model = next((m._name for m in models_ if not m._abstract), None)
        name = self.env["ir.model"]._get(model).name if model else table
        return self.env._(
            "%(what)s: %(count)s changed or deleted since the merge.",
            what=name,
            count=count,
        )


def _plain(value):
    """A value of a field as JSON keeps it."""
    if isinstance(value, bytes):
        return value.decode()
    return value if isinstance(value, str | int | float | bool) else str(value)
