import json
import secrets
import uuid
from datetime import timedelta

import urllib3

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.webhook import BadTarget, post, sign, split_target

# After which minutes a call that failed is tried again.
RETRIES = (1, 5, 30, 120, 720)
# One that was begun so long ago was killed: nobody knows whether it arrived.
LOST = timedelta(minutes=10)


class CrmServiceWebhook(models.Model):
    """A call of a web hook that a rule asked for: sent later, by a job, and told.

    Claimed in a committed row before it is sent, and settled after. What was cut off in
    between is shown as unclear, and goes out again only if a person says so.
    """

    _name = "crm.service.webhook"
    _description = "Web Hook Call"
    _order = "id desc"
    _rec_name = "url"

    action_id = fields.Many2one(
        "crm.service.rule.action", readonly=True, ondelete="set null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    url = fields.Char("Address", required=True, readonly=True)
    payload = fields.Text(readonly=True)
    key = fields.Char("Delivery", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("unclear", "Unclear"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    date_next = fields.Datetime("Next Try", readonly=True)
    date_begun = fields.Datetime("Begun", readonly=True)
    tries = fields.Integer(readonly=True, aggregator=None)
    answer = fields.Char(readonly=True, help="What the other side, or the line, said.")

    @api.model
    def _check_address(self, url: str):
        try:
            split_target(url)
        except BadTarget as error:
            raise ValidationError(
                self.env._(
                    "“%(url)s” is no address that a web hook may call: %(error)s.",
                    url=url,
                    error=error,
                )
            ) from error

    @api.model
    def _put(self, action, ticket):
        """Note that ``action`` calls its web hook for ``ticket``, and wake the job."""
        self.create(
            {
                "action_id": action.id,
                "ticket_id": ticket.id,
                "url": action.url,
                "payload": json.dumps(self._prepare_payload(action, ticket)),
                "key": str(uuid.uuid4()),
                "date_next": fields.Datetime.now(),
            }
        )
        self.env.ref("crm_css.ir_cron_webhook")._trigger()

    @api.model
    def _prepare_payload(self, action, ticket) -> dict:
        return {
            "event": action.rule_id.trigger,
            "rule": action.rule_id.name,
            "ticket": {
                "id": ticket.id,
                "number": ticket.number,
                "title": ticket.name,
                "stage": ticket.stage_id.name,
                "team": ticket.team_id.name or None,
                "severity": ticket.severity,
                "priority": ticket.priority,
                "customer_id": ticket.commercial_partner_id.id or None,
            },
        }

    @api.model
    def _cron_send(self):
        """Send what waits. Each call is claimed before it goes out."""
        self._find_lost()
        due = self.search(
            Domain("state", "=", "waiting")
            & Domain("date_next", "<=", fields.Datetime.now()),
            order="date_next, id",
            limit=200,
        )
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(due))
        for call in due:
            call = call.try_lock_for_update().filtered(
                lambda call: call.state == "waiting"
            )
            call.write({"state": "sending", "date_begun": fields.Datetime.now()})
            commit()
            if call:
                call._settle(*call._send())
            if not commit(1):
                break

    @api.model
    def _find_lost(self):
        begun = Domain("date_begun", "<", fields.Datetime.now() - LOST)
        lost = self.search(Domain("state", "=", "sending") & begun)
        answer = self.env._("The server stopped while this was being sent.")
        lost.write({"state": "unclear", "answer": answer})

    def _send(self) -> tuple[bool, str]:
        """Call the other side once; tell whether it took it, and what it said."""
        body = self.payload.encode()
        moment = str(int(fields.Datetime.now().timestamp()))
        params = self.env["ir.config_parameter"].sudo()  # the job's own settings
        secret = self._secret()
        internal = params.get_param("crm_css.webhook_internal_hosts") or ""
        headers = {
            "Content-Type": "application/json",
            "X-CRM-Delivery": self.key,
            "X-CRM-Timestamp": moment,
            "X-CRM-Signature": sign(secret, moment, body),
        }
        try:
            hosts = frozenset(internal.replace(",", " ").split())
            status = post(self.url, body, headers, hosts)
        except (BadTarget, urllib3.exceptions.HTTPError, OSError) as error:
            return False, str(error)[:200]
        return 200 <= status < 300, f"HTTP {status}"

    @api.model
    def _secret(self) -> str:
        """Give the key that calls are signed with; it is made once."""
        params = self.env["ir.config_parameter"].sudo()  # nobody else reads it
        secret = params.get_param("crm_css.webhook_secret")
        if not secret:
            secret = secrets.token_hex(32)
            params.set_param("crm_css.webhook_secret", secret)
        return secret

    def _settle(self, taken: bool, answer: str):
        tries = self.tries + 1
        vals = {"tries": tries, "answer": answer}
        if taken:
            vals["state"] = "sent"
        elif tries > len(RETRIES):
            vals["state"] = "failed"
        else:
            wait = timedelta(minutes=RETRIES[tries - 1])
            vals |= {"state": "waiting", "date_next": fields.Datetime.now() + wait}
        self.write(vals)

    def action_send_again(self):
        """Send what failed or stayed unclear once more, with the same delivery key."""
        self.check_access("read")  # managers, of their companies
        again = self.filtered(lambda call: call.state in ("failed", "unclear"))
        now = fields.Datetime.now()
        again.sudo().write(  # they may ask for it, and write nothing else
            {"state": "waiting", "tries": 0, "date_next": now}
        )
        self.env.ref("crm_css.ir_cron_webhook")._trigger()

    @api.autovacuum
    def _gc_sent(self):
        """Forget what arrived long ago: the log of the rule stays."""
        limit = fields.Datetime.now() - timedelta(days=90)
        old = self.search(
            Domain("state", "=", "sent") & Domain("create_date", "<", limit),
            limit=10000,
        )
        old.unlink()
        return len(old), len(old) == 10000
