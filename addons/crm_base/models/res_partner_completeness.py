from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# Customers that the job scores between two commits.
BATCH = 20_000
# So many things at once are asked for in the work-off form.
ASKED_AT_ONCE = 3


class ResPartner(models.Model):
    """How complete the data of a customer are, by the rules of the house."""

    _inherit = "res.partner"

    completeness = fields.Integer(
        compute="_compute_completeness",
        store=True,
        compute_sudo=True,
        aggregator="avg",
        help="How much of what should be known of this contact is known, in percent.",
        groups="base.group_user",
    )
    completeness_gap = fields.Integer(
        "To Gain",
        compute="_compute_completeness_gap",
        aggregator=None,
        help="What lacks, in percent, times three for class A and two for class B.",
        groups="base.group_user",
    )
    completeness_missing = fields.Char(
        "Missing",
        compute="_compute_completeness_missing",
        compute_sudo=True,
        help="What should be known of this contact and is not, most important first.",
        groups="base.group_user",
    )
    completeness_next = fields.Char(
        compute="_compute_completeness_missing",
        compute_sudo=True,
        export_string_translation=False,
        groups="base.group_user",
    )

    def _auto_init(self):
        # Else the ORM scores every contact at install, one batch after the other, by
        # rules that are not loaded yet. The job does it.
        if not column_exists(self.env.cr, self._table, "completeness"):
            create_column(self.env.cr, self._table, "completeness", "int4")
        return super()._auto_init()

    # The fields that a rule asks for are in :meth:`write`; here are those that decide
    # whether it applies, and those written on other contacts.
    @api.depends("is_company", "type", "category_id", "value_class", "child_ids.active")
    def _compute_completeness(self):
        scores = {row[0]: row[1] for row in self._completeness_rows()}
        for partner in self:
            partner.completeness = scores.get(partner._origin.id, 0)

    @api.depends("completeness", "value_class")
    @api.depends_context("company")
    def _compute_completeness_gap(self):
        weights = {"a": 3, "b": 2}
        for partner in self:
            lacks = 100 - partner.completeness
            partner.completeness_gap = lacks * weights.get(partner.value_class, 1)

    @api.depends("completeness")
    @api.depends_context("lang")
    def _compute_completeness_missing(self):
        rules = self.env["crm.completeness.rule"]
        missing = {row[0]: rules.browse(row[2]) for row in self._completeness_rows()}
        for partner in self:
            # Two rules may ask for one field.
            lacking = missing.get(partner._origin.id, rules).field_id
            labels = lacking.mapped("field_description")
            partner.completeness_missing = ", ".join(labels)
            asked = ",".join(lacking[:ASKED_AT_ONCE].mapped("name"))
            partner.completeness_next = asked and f",{asked},"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self.env["crm.completeness.rule"]._rule_fields()):
            self.env.add_to_compute(self._fields["completeness"], self)
            # What is shown of it depends on it, and would stay as it was.
            self.modified(["completeness"])
        return result

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        group = arch.find(".//group[@name='completeness_asked']")
        if group is not None:
            # Whoever sees a contact sees what it lacks, by rules one need not read.
            rules = self.env["crm.completeness.rule"].sudo().search(Domain.TRUE)
            for name, of_field in rules._known_rules().grouped("field_name").items():
                group.extend(self._completeness_nodes(arch, name, of_field))
        return arch, view

    def _completeness_nodes(self, arch, name: str, rules) -> list:
        """Give the field with the hints of its rules, shown while it is asked for."""
        unasked = f"',{name},' not in (completeness_next or '')"
        field = arch.makeelement("field", name=name, invisible=unasked)
        if self._fields[name].type == "many2many":
            field.set("widget", "many2many_tags")
        nodes = [field]
        for rule in rules.filtered("hint"):
            other = "not is_company" if rule.applies_to == "company" else "is_company"
            hint = arch.makeelement(
                "div",
                colspan="2",
                invisible=f"{unasked} or {other}",
                attrib={"class": "o_crm_hint text-muted small mb-3"},
            )
            hint.text = rule.hint
            nodes.append(hint)
        return nodes

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "completeness_gap":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        gap = SQL(
            "(100 - COALESCE(%s, 0)) * CASE %s WHEN 'a' THEN 3 WHEN 'b' THEN 2"
            " ELSE 1 END",
            self._field_to_sql(alias, "completeness", query),
            self._field_to_sql(alias, "value_class", query),
        )
        return SQL("%s %s %s", gap, direction, nulls)

    def _completeness_rows(self) -> list[tuple]:
        """Give id, score and ids of the rules that are not met, most weighty first."""
        ids = self._origin.ids
        if not ids:
            return []
        where = SQL("res_partner.id IN %s", tuple(ids))
        return self.env.execute_query(self._completeness_sql(where))

    @api.model
    def _completeness_sql(self, where: SQL) -> SQL:
        """Give the query of id, score and unmet rules of the contacts that fit.

        A contact that no rule is for lacks nothing.
        """
        # Whoever sees a contact sees what it lacks, by rules one need not read.
        rules = self.env["crm.completeness.rule"].sudo().search(Domain.TRUE)
        total, lack, missing = [SQL("0")], [SQL("0")], [SQL("NULL::int")]
        rules = rules._known_rules().sorted(lambda rule: (-rule.weight, rule.id))
        for rule in rules:
            applies = self._completeness_condition(rule._applies_domain())
            filled = self._completeness_condition(Domain(rule.field_name, "!=", False))
            lacks = SQL("(%s) AND (%s) IS NOT TRUE", applies, filled)
            points = SQL("CASE WHEN %s THEN %s ELSE 0 END", applies, rule.weight)
            total.append(points)
            lack.append(SQL("CASE WHEN %s THEN %s ELSE 0 END", lacks, rule.weight))
            missing.append(SQL("CASE WHEN %s THEN %s END", lacks, rule.id))
        return SQL(
            """SELECT id, CASE WHEN total = 0 THEN 100
                               ELSE 100 * (total - lack) / total END AS score, missing
                 FROM (SELECT res_partner.id, %s AS total, %s AS lack,
                              array_remove(ARRAY[%s], NULL) AS missing
                         FROM res_partner WHERE %s) AS counted""",
            SQL(" + ").join(total),
            SQL(" + ").join(lack),
            SQL(", ").join(missing),
            where,
        )

    def _completeness_condition(self, domain: Domain) -> SQL:
        """Give a domain as a condition on the table itself. The score is the same for
        every reader, so nobody's rules are applied."""
        # The condition alone is taken; which contacts, says the caller.
        partners = self.env["res.partner"].sudo()
        query = partners._search(domain, active_test=False, bypass_access=True)
        return query.where_clause

    @api.model
    def _cron_score_customers(self):
        """Write the scores that are not right: after a change of rules, or of records
        that a write on the contact does not show."""
        commit = self.env["ir.cron"]._commit_progress
        last, batch = 0, self._completeness_batch(0)
        commit(remaining=self.with_context(active_test=False).search_count([]))
        while batch:
            self._write_scores(last, batch[-1])
            last = batch[-1]
            if not commit(len(batch)):
                break
            batch = self._completeness_batch(last)

    @api.model
    def _completeness_batch(self, last: int) -> list[int]:
        query = "SELECT id FROM res_partner WHERE id > %s ORDER BY id LIMIT %s"
        return [row[0] for row in self.env.execute_query(SQL(query, last, BATCH))]

    @api.model
    def _write_scores(self, after: int, last: int):
        """Write the wrong ones only, and leave alone what somebody else is writing."""
        where = SQL("res_partner.id > %s AND res_partner.id <= %s", after, last)
        self.flush_model(["completeness"])
        self.env.execute_query(
            SQL(
                """WITH wrong AS (
                       SELECT p.id, s.score FROM res_partner AS p
                         JOIN (%s) AS s ON s.id = p.id
                        WHERE p.completeness IS DISTINCT FROM s.score
                   ), mine AS (
                       SELECT id FROM res_partner WHERE id IN (SELECT id FROM wrong)
                          FOR NO KEY UPDATE SKIP LOCKED
                   )
                   UPDATE res_partner AS p SET completeness = wrong.score
                     FROM wrong JOIN mine USING (id) WHERE p.id = wrong.id
                RETURNING p.id""",
                self._completeness_sql(where),
            )
        )
        self.invalidate_model(["completeness"])

    # The card

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        if self.completeness >= 100:
            return facts
        complete = {
            "key": "completeness",
            "label": self.env._("Complete"),
            "value": f"{self.completeness} %",
            "action": False,
        }
        return [*facts, complete]
