from odoo import api, fields, models

VALUE_CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    value_class = fields.Selection(
        VALUE_CLASSES,
        company_dependent=True,
        tracking=True,
        help="What this customer is worth to the company you work in: A most, C least.",
    )
    interaction_ids = fields.One2many("crm.interaction", "partner_id")

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "value_class"]

    def _crm_family(self):
        """Give the company of this person with all its people, archived ones too."""
        return self.with_context(active_test=False).search(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        )

    @api.readonly
    def crm_card(self) -> dict:
        """Give what an employee must see at once when this customer is in touch.

        :return: ``partner_id``, ``name``, ``value_class``, ``parts`` (see
            :meth:`_card_parts`) and ``timeline``, the newest page of it
        """
        self.ensure_one()
        timeline = self.env["crm.timeline"]
        timeline.check_access("read")
        return {
            "partner_id": self.id,
            "name": self.commercial_partner_id.display_name,
            "value_class": self.commercial_partner_id.value_class or "",
            "kinds": timeline._fields["kind"]._description_selection(self.env),
            "parts": self._card_parts(),
            "timeline": timeline.read_page(self.id),
        }

    def _card_parts(self) -> list[dict]:
        """Give the figures of the card, in order; addons add theirs.

        :return: dicts of ``key``, ``label``, ``value`` (text), ``warn`` (bool) and
            ``action``, the window that shows the records behind the figure
        """
        family = self._crm_family()
        contacts = self.env["crm.interaction"].search_count(
            [("partner_id", "in", family.ids)]
        )
        return [
            {
                "key": "contacts",
                "label": self.env._("Contacts noted"),
                "value": str(contacts),
                "warn": False,
                "action": self._card_action(
                    "crm.interaction", [("partner_id", "in", family.ids)]
                ),
            }
        ]

    def _card_action(self, model: str, domain: list) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.commercial_partner_id.display_name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }
