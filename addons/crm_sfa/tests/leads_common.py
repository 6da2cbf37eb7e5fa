import base64
from io import BytesIO

import openpyxl

from .common import SalesCase


class LeadsCase(SalesCase):
    """The two sellers take leads; nobody else in the base does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["crm.team.member"].search([("crm_team_id", "!=", cls.team.id)])
        others.assignment_optout = True
        cls.env["crm.team"].search([("id", "!=", cls.team.id)]).assignment_optout = True
        cls.team.use_leads = True
        cls.members = cls.team.crm_team_member_ids
        cls.members.assignment_max = 1000
        cls.of_seller = cls.members.filtered(lambda m: m.user_id == cls.seller)
        cls.of_colleague = cls.members - cls.of_seller

    @classmethod
    def _create_leads(cls, count=1, **vals):
        """Leads that wait in the team for somebody."""
        vals = {"type": "lead", "user_id": False, "team_id": cls.team.id} | vals
        leads = cls.env["crm.lead"].with_context(tracking_disable=True)
        return leads.create([{"name": f"Lead {i}"} | vals for i in range(count)])

    @classmethod
    def _assign(cls):
        return cls.team._assign_and_convert_leads()

    def _counts(self, leads):
        """How many of some leads the seller and the colleague have."""
        return tuple(
            len(leads.filtered(lambda lead, u=user: lead.user_id == u))
            for user in (self.seller, self.colleague)
        )

    @classmethod
    def _create_import(cls, data, name="fair.csv", user=None, **vals):
        data = data.encode() if isinstance(data, str) else data
        vals = {
            "name": name,
            "file": base64.b64encode(data),
            "country_id": cls.env.ref("base.de").id,
            "team_id": cls.team.id,
        } | vals
        return cls.env["crm.lead.import"].with_user(user or cls.manager).create(vals)

    @classmethod
    def _import(cls, data, **vals):
        record = cls._create_import(data, **vals)
        record.action_start()
        return record

    @classmethod
    def _xlsx(cls, rows, merge=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merge:
            book.active.merge_cells(cells)
        stream = BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _leads_of(self, record):
        return self.env["crm.lead"].search(
            [("campaign_id", "=", record.campaign_id.id)], order="id"
        )

    def _targets(self, record):
        return [column.target for column in record.column_ids]
