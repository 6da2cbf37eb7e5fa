"""The demo tells a story to its end: nothing of what is shown stands empty."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

CAMPAIGNS = ("campaign_hotels", "campaign_guide")


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    def test_leads_of_two_campaigns_come_to_every_step_of_the_funnel(self):
        first = fields.Date.today() - timedelta(days=300)
        board = self.env["crm.funnel"].read_funnel("campaign", first.isoformat())
        rows = {row["key"]: row["cells"] for row in board["rows"]}
        for name in CAMPAIGNS:
            campaign = self.env.ref(f"crm_sfa.{name}")
            counts = [cell["count"] for cell in rows[campaign.id]]
            self.assertEqual(counts, sorted(counts, reverse=True))
            self.assertTrue(all(counts), counts)

    def test_campaigns_cost_something_and_brought_more_or_less_than_that(self):
        campaigns = self.env["utm.campaign"]
        for name in CAMPAIGNS:
            campaigns |= self.env.ref(f"crm_sfa.{name}")
        self.assertTrue(all(one.crm_cost and one.crm_income for one in campaigns))
