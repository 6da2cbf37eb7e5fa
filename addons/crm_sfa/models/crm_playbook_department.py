from odoo import fields, models


class CrmPlaybookDepartment(models.Model):
    """A department whose people take steps of playbooks, one after the other."""

    _name = "crm.playbook.department"
    _description = "Department in Playbooks"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    user_ids = fields.Many2many(
        "res.users",
        string="People",
        domain="[('share', '=', False)]",
        help="They take turns. Who is away or has left is passed over.",
    )
    last_user_id = fields.Many2one(
        "res.users",
        "Had the Last Turn",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    def _in_turn(self):
        """Give the people, who is next first."""
        self.ensure_one()
        people = self.user_ids.filtered("active").sorted("id")
        last = self.last_user_id.id or 0
        return people.filtered(lambda user: user.id > last) | people
