from odoo import fields, models


class CrmPromiseClose(models.TransientModel):
    """The question that is asked when a promise is closed: how do you know, or why?"""

    _name = "crm.promise.close"
    _description = "Close a Promise"

    promise_id = fields.Many2one("crm.promise", required=True, ondelete="cascade")
    state = fields.Selection(
        [("kept", "Kept"), ("broken", "Broken"), ("withdrawn", "Withdrawn")],
        required=True,
        default="kept",
    )
    text = fields.Text(required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Papers")

    def action_confirm(self):
        self.ensure_one()
        # Only what was uploaded here: a paper of another document stays there.
        papers = self.attachment_ids.filtered(lambda paper: not paper.res_id)
        self.promise_id._close(self.state, self.text, papers)
        return {"type": "ir.actions.act_window_close"}
