from odoo import fields, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    timesheet_project_id = fields.Many2one(
        "project.project",
        index="btree_not_null",
        ondelete="set null",
        domain="[('allow_timesheets', '=', True)]",
        check_company=True,
        help="Time on tickets under this contract goes here, and not on the project of"
        " the team.",
    )
