import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

_logger = logging.getLogger(__name__)

# Customers between two commits.
BATCH = 20


class CrmOfferBatch(models.Model):
    """Drafts for many customers, made by the offer rules in the background. Each
    customer has one line and gets one draft, however often the work is interrupted."""

    _name = "crm.offer.batch"
    _description = "Offer Batch"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "For",
        required=True,
        readonly=True,
        index=True,
        help="With whose rights the drafts are made.",
    )
    state = fields.Selection(
        [
            ("draft", "Ready"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        index=True,
    )
    line_ids = fields.One2many("crm.offer.batch.line", "batch_id", readonly=True)
    total_count = fields.Integer("Customers", compute="_compute_counts")
    made_count = fields.Integer("Drafts", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")

    def _compute_counts(self):
        counts = {
            (batch.id, state): count
            for batch, state, count in self.env["crm.offer.batch.line"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
            )
        }
        for batch in self:
            mine = {state: n for (key, state), n in counts.items() if key == batch.id}
            batch.total_count = sum(mine.values())
            batch.made_count = mine.get("made", 0)
            batch.failed_count = mine.get("failed", 0)
            left = mine.get("todo", 0)
            total = batch.total_count
            batch.progress = 100 * (total - left) / total if total else 100

    @api.model
    def _begin(self, partners):
        """Make a batch of the companies of these partners."""
        customers = partners.commercial_partner_id
        if not customers:
            raise UserError(self.env._("Choose some customers first."))
        company = self.env.company
        # Its lines are written by the work alone.
        batch_sudo = self.sudo().create(
            {
                "name": self.env._(
                    "Offers of %(day)s", day=fields.Date.context_today(self)
                ),
                "company_id": company.id,
                "user_id": self.env.uid,
                "line_ids": [
                    (0, 0, {"partner_id": customer.id}) for customer in customers
                ],
            }
        )
        return batch_sudo.sudo(self.env.su)

    def action_start(self):
        """Begin, or go on where it was stopped."""
        self._move("running", "draft", "stopped")
        # Whoever may make offers wakes the job, and touches no other.
        self.env.ref("crm_sfa.crm_offer_batch_cron").sudo()._trigger()

    def action_stop(self):
        """Stop after the customers that are being worked on."""
        self._move("stopped", "running")

    def action_retry(self):
        """Try those again that failed."""
        self._move("running", "done", "stopped")
        # Whose batch it is was checked; its lines are written by the work alone.
        self.sudo().line_ids.filtered(lambda line: line.state == "failed").write(
            {"state": "todo", "told": False}
        )
        self.env.ref("crm_sfa.crm_offer_batch_cron").sudo()._trigger()  # only woken

    def _move(self, state: str, *allowed: str):
        self.check_access("read")
        for batch in self:
            if batch.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "“%(name)s” makes offers with the rights of %(who)s, who alone"
                        " starts and stops it.",
                        name=batch.name,
                        who=batch.user_id.name,
                    )
                )
            if batch.state not in allowed:
                raise UserError(
                    self.env._(
                        "“%(name)s” has moved on meanwhile. Reload the page.",
                        name=batch.name,
                    )
                )
        self.sudo().write({"state": state})  # nobody writes states by hand

    @api.readonly
    def action_open_orders(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.order_id.ids)],
        }

    @api.model
    def _cron_make(self):
        """Make the drafts of running batches. Killed or run twice, it makes none
        twice: a line is locked, and settled together with its draft."""
        lines = self.env["crm.offer.batch.line"]
        waiting = [("batch_id.state", "=", "running"), ("state", "=", "todo")]
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=lines.search_count(waiting))
        while found := lines.search(waiting, limit=BATCH, order="id"):
            locked = found.try_lock_for_update()
            # What another process settled since the search is not made again.
            locked.invalidate_recordset()
            for line in locked.filtered_domain(waiting):
                line._settle()
            if not locked or not commit(len(locked)):
                break
        self.search([("state", "=", "running")])._finish()

    def _finish(self):
        for batch in self:
            if batch.line_ids.filtered(lambda line: line.state == "todo"):
                continue
            batch.state = "done"
            batch.message_post(
                body=self.env._(
                    "Done: %(made)s drafts for %(total)s customers, %(failed)s failed.",
                    made=batch.made_count,
                    total=batch.total_count,
                    failed=batch.failed_count,
                ),
                partner_ids=batch.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _try(self, customer):
        """Give the draft for a customer, and what is to be told of it."""
        try:
            with self.env.cr.savepoint():
                order, told = self._make(customer)
                self.env.flush_all()
                return order, told, "made" if order else "skipped"
        except (UserError, RedirectWarning) as error:
            # Of one customer; what else goes wrong is a fault, and fails the job.
            _logger.info("Offer batch %s: customer %s failed", self.id, customer.id)
            return self.env["sale.order"], str(error.args[0]), "failed"

    def _make(self, customer):
        """Make the draft with the rights of the batch's user."""
        company = self.company_id
        rules = self.env["crm.offer.rule"].with_user(self.user_id)
        rules = rules.with_context(
            lang=self.user_id.lang, allowed_company_ids=company.ids
        )
        customer = customer.with_env(rules.env)
        customer.check_access("read")
        plan = rules._plans(customer, company)[customer.id]
        rules._check_plan(plan, customer, company)
        basket = rules._plan_basket(plan, customer, company)
        basket, left_out = rules._offered(basket, company)
        reasons = rules._plan_reasons(plan, left_out)
        if not basket and not plan["sale_order_template_id"]:
            told = self.env._("Nothing to offer: no usual products, and no template.")
            return self.env["sale.order"], told
        order = rules._make_offer(plan, customer, company, basket)
        order._message_log(body=reasons)
        return order, False
