from odoo import fields, models


class CrmNeedTopic(models.Model):
    """What needs are about, so that like ones can be counted and added up."""

    _name = "crm.need.topic"
    _description = "Topic of Needs"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _name_once = models.UniqueIndex(
        "(LOWER(name))", "There is a topic with this name already. Choose it instead."
    )
