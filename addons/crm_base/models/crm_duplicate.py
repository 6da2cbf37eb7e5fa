from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.duplicates import SURE, Evidence

# More records than these are no group of doubles any more.
MOST_IN_GROUP = 20


class CrmDuplicate(models.Model):
    """Two records that may mean the same person or company, and what became of it."""

    _name = "crm.duplicate"
    _description = "Possible Duplicate"
    _order = "score desc, id desc"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "First", model_field="res_model", required=True, readonly=True
    )
    other_id = fields.Many2oneReference(
        "Second", model_field="res_model", required=True, readonly=True
    )
    kind = fields.Char(compute="_compute_kind")
    name = fields.Char("First Record", compute="_compute_names")
    other_name = fields.Char("Second Record", compute="_compute_names")
    score = fields.Float(
        "Likeness",
        readonly=True,
        aggregator="avg",
        help="How likely it is that both are one: 1 is certain.",
    )
    level = fields.Selection(
        [("sure", "Sure"), ("likely", "Likely")],
        compute="_compute_level",
        store=True,
        index=True,
        help="Sure: merge after a glance. Likely: compare the two first.",
    )
    evidence = fields.Json(readonly=True)
    explanation = fields.Char(
        "Why", compute="_compute_explanation", help="What speaks for it and against it."
    )
    state = fields.Selection(
        [
            ("new", "To decide"),
            ("merged", "Merged"),
            ("not_duplicate", "Not a duplicate"),
        ],
        required=True,
        default="new",
        readonly=True,
        index=True,
        help="What was said to be no duplicate is never proposed again.",
    )
    date_found = fields.Datetime(
        "Found on", required=True, readonly=True, default=fields.Datetime.now
    )
    date_decided = fields.Datetime("Decided on", readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", readonly=True, index=True)
    merge_id = fields.Many2one(
        "crm.merge", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="I care for one of the two.",
    )

    _pair_uniq = models.UniqueIndex("(res_model, res_id, other_id)")
    _other_idx = models.Index("(res_model, other_id)")
    _order_check = models.Constraint(
        "CHECK (res_id < other_id)", "A pair is two records, the older one first."
    )

    @api.depends("res_model", "res_id", "other_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_names(self):
        for model, pairs in self.grouped("res_model").items():
            ids = {*pairs.mapped("res_id"), *pairs.mapped("other_id")}
            records = self.env[model].browse(ids).exists()._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            gone = self.env._("(not there, or not for you)")
            for pair in pairs:
                pair.name = names.get(pair.res_id, gone)
                pair.other_name = names.get(pair.other_id, gone)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_kind(self):
        for pair in self:
            pair.kind = self.env["ir.model"]._get(pair.res_model).name

    @api.depends("score")
    def _compute_level(self):
        for pair in self:
            pair.level = "sure" if pair.score >= SURE else "likely"

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for pair in self:
            parts = [Evidence(*part) for part in pair.evidence or []]
            pair.explanation = self._explain(parts)

    def _compute_is_mine(self):
        mine = self.filtered_domain(self._search_is_mine("in", [True]))
        mine.is_mine = True
        (self - mine).is_mine = False

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain.FALSE
        for source in self._duplicate_candidates():
            if source.user and self.env[source.model].has_access("read"):
                ids = self.env[source.model]._search([(source.user, "=", self.env.uid)])
                mine |= Domain("res_model", "=", source.model) & (
                    Domain("res_id", "in", ids) | Domain("other_id", "in", ids)
                )
        return mine

    def action_not_duplicate(self):
        """Remember that these are two."""
        self.check_access("read")
        # Who decided is written by the server alone.
        self._to_decide().sudo().write(
            {
                "state": "not_duplicate",
                "user_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )

    def action_reopen(self):
        """Take back that these are two."""
        self.check_access("read")
        refused = self.filtered(lambda pair: pair.state == "not_duplicate")
        # Who decided is written by the server alone.
        refused.sudo().write({"state": "new", "user_id": False, "date_decided": False})

    def action_merge(self):
        """Open the preview of merging these records, with all that belong to them."""
        ids = self._to_decide()._group()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": self._merge_wizard(self[0].res_model),
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": self[0].res_model, "active_ids": ids},
        }

    @api.model
    def _merge_wizard(self, model: str) -> str:
        """Name the preview of merges of a model; addons add theirs."""
        return "crm.duplicate.merge"

    def _to_decide(self):
        """These pairs, all of one model and still to be decided."""
        pairs = self.filtered(lambda pair: pair.state == "new")
        if not pairs:
            raise UserError(self.env._("This is decided already. Reload the list."))
        return pairs

    def _group(self) -> list[int]:
        """Give the records of these pairs, and whoever is surely one with them."""
        if len(set(self.mapped("res_model"))) > 1:
            raise UserError(self.env._("Choose pairs of one kind of records only."))
        ids = {*self.mapped("res_id"), *self.mapped("other_id")}
        size = 0
        while size < len(ids) < MOST_IN_GROUP:
            size = len(ids)
            pairs = self.search(
                Domain("state", "=", "new")
                & Domain("level", "=", "sure")
                & Domain("res_model", "=", self[0].res_model)
                & (Domain("res_id", "in", ids) | Domain("other_id", "in", ids))
            )
            ids |= {*pairs.mapped("res_id"), *pairs.mapped("other_id")}
        return sorted(ids)

    @api.model
    def _forget(self, model: str, ids: list[int]) -> None:
        """Drop the pairs of records that are no more."""
        ids = list(ids)
        # Pairs go with their records, whoever may see them.
        self.sudo().search(
            Domain("res_model", "=", model)
            & (Domain("res_id", "in", ids) | Domain("other_id", "in", ids))
        ).unlink()

    @api.model
    def _explain(self, evidence: list[Evidence]) -> str:
        """Say in words what speaks for one person and what against, in this order."""
        ordered = sorted(evidence, key=lambda part: -part.weight)
        texts = [self._explain_part(part) for part in ordered]
        return ", ".join(filter(None, texts))

    @api.model
    def _explain_part(self, part: Evidence) -> str:
        labels = {
            "name": self.env._("name"),
            "email": self.env._("e-mail"),
            "phone": self.env._("phone"),
            "vat": self.env._("tax number"),
            "address": self.env._("address"),
            "birth": self.env._("date of birth"),
        }
        if part.field == "family":
            return self.env._("of one company")
        label = labels.get(part.field, part.field)
        if part.similarity == 1:
            return self.env._("same %(field)s", field=label)
        if part.weight < 0:
            return self.env._("different %(field)s", field=label)
        percent = min(99, round(part.similarity * 100))
        return self.env._(
            "%(field)s %(percent)s %% alike", field=label, percent=percent
        )
