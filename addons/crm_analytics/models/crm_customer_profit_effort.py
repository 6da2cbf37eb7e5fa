from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.profit import COST, Source


class CrmCustomerProfit(models.Model):
    """What the work for a customer costs: tickets, visits, meetings and campaigns."""

    _inherit = "crm.customer.profit"

    @api.model
    def _profit_sources(self):
        tickets, meetings = "helpdesk.ticket", "calendar.event"
        return super()._profit_sources() | {
            "tickets": Source(COST, -1, 70, tickets, self._tickets_domain),
            "visits": Source(COST, -1, 80, "crm.visit", self._visits_domain),
            "meetings": Source(COST, -1, 90, meetings, self._meetings_domain),
            "campaigns": Source(COST, -1, 100, "utm.campaign", self._campaigns_domain),
        }

    @api.model
    def _profit_queries(self, run):
        env = self.env
        queries = super()._profit_queries(run)
        if run.ticket_cost:
            queries.append((env._("Tickets"), self._ticket_parts_sql(run)))
        if run.visit_cost or run.hour_cost:
            queries.append((env._("Visits"), self._visit_parts_sql(run)))
            queries.append((env._("Meetings"), self._meeting_parts_sql(run)))
        return [*queries, (env._("Campaigns"), self._campaign_parts_sql(run))]

    # Tickets, at a standard cost

    @api.model
    def _ticket_parts_sql(self, run) -> SQL:
        return SQL(
            """SELECT t.partner_id, 'tickets', count(*) * %s::numeric
                 FROM helpdesk_ticket AS t
                WHERE t.company_id = %s AND t.active AND %s AND %s
             GROUP BY t.partner_id""",
            run.ticket_cost,
            run.company_id.id,
            self._within_run(run, "t.create_date"),
            self._ticket_condition_sql(),
        )

    @api.model
    def _ticket_condition_sql(self) -> SQL:
        """Limit to the tickets (``t``) whose cost nothing else tells."""
        return SQL("TRUE")

    def _tickets_domain(self, profit) -> Domain:
        return Domain(
            [
                ("partner_id.commercial_partner_id", "=", profit.partner_id.id),
                ("company_id", "=", profit.company_id.id),
                ("active", "=", True),
            ]
        ) & profit._moments("create_date")

    # Visits and meetings, at a standard cost each and by the hour

    @api.model
    def _visit_parts_sql(self, run) -> SQL:
        return SQL(
            """SELECT v.partner_id, 'visits',
                      %s::numeric + COALESCE(v.hours, 0)::numeric * %s::numeric
                 FROM crm_visit AS v WHERE v.company_id = %s AND %s""",
            run.visit_cost,
            run.hour_cost,
            run.company_id.id,
            self._within_run(run, "v.date_in"),
        )

    def _visits_domain(self, profit) -> Domain:
        return Domain(
            [
                ("partner_id.commercial_partner_id", "=", profit.partner_id.id),
                ("company_id", "=", profit.company_id.id),
            ]
        ) & profit._moments("date_in")

    @api.model
    def _meeting_parts_sql(self, run) -> SQL:
        """A meeting of several customers is shared among them. One that was planned as
        a visit counts as that visit, once somebody went there."""
        return SQL(
            """SELECT c.partner_id, 'meetings',
                      (%s::numeric + c.hours * %s::numeric)
                      / count(*) OVER (PARTITION BY c.event_id)
                 FROM (SELECT DISTINCT e.id AS event_id,
                              p.commercial_partner_id AS partner_id,
                              CASE WHEN e.allday THEN 0
                                   ELSE COALESCE(e.duration, 0) END::numeric AS hours
                         FROM calendar_event AS e
                         JOIN res_users AS u ON u.id = e.user_id
                         JOIN calendar_attendee AS a ON a.event_id = e.id
                          AND a.state IS DISTINCT FROM 'declined'
                         JOIN res_partner AS p
                           ON p.id = a.partner_id AND p.partner_share
                        WHERE e.active AND u.company_id = %s AND e.stop <= %s AND %s
                          AND NOT EXISTS (
                              SELECT FROM crm_visit AS v WHERE v.event_id = e.id)
                          AND NOT EXISTS (
                              SELECT FROM res_company AS own
                               WHERE own.partner_id = p.commercial_partner_id)
                      ) AS c""",
            run.visit_cost,
            run.hour_cost,
            run.company_id.id,
            fields.Datetime.now(),
            self._within_run(run, "e.start"),
        )

    def _meetings_domain(self, profit) -> Domain:
        customer = profit.partner_id.id
        guest = Domain("partner_id.commercial_partner_id", "=", customer)
        guest &= Domain("state", "!=", "declined")
        guest &= Domain("partner_id.partner_share", "=", True)
        # Which of them were visits is not for every reader to know, nor to be asked.
        visited = (
            self.env["crm.visit"]
            .sudo()
            .search(
                Domain("event_id.partner_ids.commercial_partner_id", "=", customer)
                & profit._moments("event_id.start")
            )
        )
        return (
            Domain("attendee_ids", "any", guest)
            & Domain("user_id.company_id", "=", profit.company_id.id)
            & Domain("active", "=", True)
            & Domain("stop", "<=", profit.run_id.date_start or fields.Datetime.now())
            & Domain("id", "not in", visited.event_id.ids)
            & profit._moments("start")
        )

    # Campaigns: their cost is shared by all whom they reached

    @api.model
    def _campaign_parts_sql(self, run) -> SQL:
        return SQL(
            "SELECT touch.partner_id, 'campaigns', touch.share FROM (%s) AS touch",
            self._touches_sql(run),
        )

    @api.model
    def _touches_sql(self, run) -> SQL:
        """Give the leads and sent mails of campaigns that cost money, in the period.

        Each bears the same share of the cost, also the one of another period or of
        somebody unknown: so all periods and customers together bear it once.
        """
        return SQL(
            """SELECT touch.campaign_id, touch.partner_id, touch.share
                 FROM (SELECT c.id AS campaign_id, t.partner_id, t.moment,
                              c.crm_cost / count(*) OVER (PARTITION BY c.id) AS share
                         FROM utm_campaign AS c
                         JOIN (SELECT campaign_id, partner_id, create_date AS moment
                                 FROM crm_lead WHERE campaign_id IS NOT NULL
                                UNION ALL
                               SELECT t.campaign_id,
                                      CASE t.model WHEN 'res.partner' THEN t.res_id
                                           WHEN 'crm.lead' THEN lead.partner_id END,
                                      t.sent_datetime
                                 FROM mailing_trace AS t
                                 LEFT JOIN crm_lead AS lead
                                   ON t.model = 'crm.lead' AND lead.id = t.res_id
                                WHERE t.campaign_id IS NOT NULL
                                  AND t.sent_datetime IS NOT NULL
                                  AND t.is_test_trace IS NOT TRUE
                              ) AS t ON t.campaign_id = c.id
                        WHERE c.crm_cost > 0 AND c.company_id = %s) AS touch
                WHERE touch.partner_id IS NOT NULL AND %s""",
            run.company_id.id,
            self._within_run(run, "touch.moment"),
        )

    def _campaigns_domain(self, profit) -> Domain:
        query = SQL(
            """SELECT DISTINCT touch.campaign_id FROM (%s) AS touch
                 JOIN res_partner AS p ON p.id = touch.partner_id
                WHERE p.commercial_partner_id = %s""",
            self._touches_sql(profit.run_id),
            profit.partner_id.id,
        )
        rows = self.env.execute_query(query)
        return Domain("id", "in", [campaign_id for (campaign_id,) in rows])

    @api.model
    def _within_run(self, run, column: str) -> SQL:
        """Give the condition that a moment lies in the period of a run."""
        return self.env["crm.value.source"]._within(
            run.company_id, SQL(column), run.date_from, run.date_to
        )
