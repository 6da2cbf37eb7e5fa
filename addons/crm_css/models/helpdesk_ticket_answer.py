from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Who spoke last, since when the customer waits, and how often it came back."""

    _inherit = "helpdesk.ticket"

    asked_date = fields.Datetime(
        "Waits for an answer since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first word of the customer that we have not answered yet.",
    )
    first_answer_date = fields.Datetime("First answer", readonly=True, copy=False)
    last_answer_date = fields.Datetime("Last answer", readonly=True, copy=False)
    first_closed_date = fields.Datetime("First resolved", readonly=True, copy=False)
    reopen_count = fields.Integer("Reopened", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        now = fields.Datetime.now()
        closed = tickets.filtered("closed")
        closed.write({"closed_date": now, "first_closed_date": now})
        (tickets - closed).write({"asked_date": now})
        return tickets

    def write(self, vals):
        if not vals.get("stage_id"):
            return super().write(vals)
        was_closed = self.filtered("closed")
        result = super().write(vals)
        now = fields.Datetime.now()
        for ticket in self:
            if ticket.closed and ticket not in was_closed:
                first = ticket.first_closed_date or now
                ticket.update({"first_closed_date": first, "asked_date": False})
            elif not ticket.closed and ticket in was_closed:
                count = ticket.reopen_count + 1
                ticket.update({"closed_date": False, "reopen_count": count})
        return result

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        side = self._side_of(message)
        if side == "us":
            self._note_answer(message.date)
        elif side == "customer":
            self._note_question(message.date)
        return result

    @api.model
    def _side_of(self, message) -> str | None:
        """Tell who speaks: "us", "customer", or nobody (a note, a log, a machine)."""
        comment = self.env.ref("mail.mt_comment")
        spoken = message.message_type in ("comment", "email")
        if not spoken or message.is_internal or message.subtype_id != comment:
            return None
        author_sudo = message.author_id.sudo()  # the customer may not read employees
        ours = any(not user.share for user in author_sudo.user_ids)
        return "us" if ours else "customer"

    def _note_answer(self, date):
        for ticket_sudo in self.sudo():  # whoever may answer may not write all fields
            ticket_sudo.update(
                {
                    "first_answer_date": ticket_sudo.first_answer_date or date,
                    "last_answer_date": date,
                    "asked_date": False,
                }
            )

    def _note_question(self, date):
        """Note that the customer waits, and take back what was left to the customer."""
        for ticket_sudo in self.sudo():  # the customer may write, but not the ticket
            ticket_sudo.asked_date = ticket_sudo.asked_date or date
            if ticket_sudo.closed or ticket_sudo.stage_id.party == "customer":
                ticket_sudo.stage_id = ticket_sudo._reply_stage()

    def _reply_stage(self):
        """Give the stage in which an answered or reopened ticket is worked on."""
        self.ensure_one()
        ours = self.team_id._get_applicable_stages().filtered(
            lambda stage: stage.party == "us" and not stage.closed
        )
        return (ours.filtered(lambda stage: not stage.unattended) or ours)[:1] or (
            self.stage_id
        )
