from markupsafe import Markup

from odoo import api, fields, models


class CrmLead(models.Model):
    """What moves the customer, and against whom we compete."""

    _inherit = "crm.lead"

    motive_ids = fields.One2many("crm.lead.motive", "lead_id", "Motives")
    rival_ids = fields.One2many("crm.lead.competitor", "lead_id", "Competitors")
    battle_cards = fields.Html(compute="_compute_battle_cards", sanitize=False)

    @api.depends("rival_ids.competitor_id.battle_card")
    def _compute_battle_cards(self):
        for lead in self:
            # The cards were sanitised when they were written.
            lead.battle_cards = Markup().join(
                Markup("<h4>%s</h4>%s") % (rival.name, rival.battle_card)
                for rival in lead.rival_ids.competitor_id
                if rival.battle_card
            )

    def _merge_get_fields_specific(self):
        return super()._merge_get_fields_specific() | {
            "motive_ids": lambda _name, leads: leads._merged_lines("motive_id"),
            "rival_ids": lambda _name, leads: leads._merged_lines("competitor_id"),
        }

    def _merged_lines(self, key: str) -> list:
        """Give the lines of all, each motive or competitor once."""
        lines = self.motive_ids if key == "motive_id" else self.rival_ids
        first = {}
        for line in lines:
            first.setdefault(line[key], line)
        return [fields.Command.link(line.id) for line in first.values()]

    def _note_motives(self, motives):
        for lead in self:
            missing = motives - lead.motive_ids.motive_id
            lead.motive_ids.create(
                [{"lead_id": lead.id, "motive_id": motive.id} for motive in missing]
            )

    def _note_winner(self, competitor):
        for lead in self.filtered(lambda lead: competitor):
            rival = lead.rival_ids.filtered(
                lambda line: line.competitor_id == competitor
            )
            if rival:
                rival.is_winner = True
            else:
                vals = {"lead_id": lead.id, "competitor_id": competitor.id}
                rival.create(vals | {"is_winner": True})
