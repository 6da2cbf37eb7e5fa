from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.consent import ANY, CHANNELS, Answer

GROUP = "crm_base.crm_base_group_user"
ICONS = {
    "granted": "fa-check text-success",
    "withdrawn": "fa-ban text-danger",
    "expired": "fa-clock-o text-warning",
}


class ResPartner(models.Model):
    """Consent: whether a contact may be contacted, and what the ledger says of it."""

    _inherit = "res.partner"

    consent_ids = fields.One2many(
        "crm.consent", "partner_id", "Consent Ledger", groups=GROUP
    )
    consent_overview = fields.Html(
        compute="_compute_consent_overview",
        compute_sudo=True,
        sanitize=False,
        groups=GROUP,
    )
    do_not_contact = fields.Boolean(
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=GROUP,
        help="Consent is withdrawn for every channel and every purpose.",
    )
    no_email_marketing = fields.Boolean(
        "No Marketing by E-mail",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=GROUP,
        help="Consent to marketing by e-mail is withdrawn.",
    )
    may_email_marketing = fields.Boolean(
        "May Get Marketing by E-mail",
        compute="_compute_may_email_marketing",
        search="_search_may_email_marketing",
        groups=GROUP,
        help="By the consent ledger, the rule of your company and the blacklist.",
    )

    @api.depends_context("lang", "company")
    def _compute_consent_overview(self):
        purposes = self.env["crm.consent.purpose"].search([("active", "=", True)])
        channels = self.env["crm.consent"]._fields["channel"]
        labels = dict(channels._description_selection(self.env))
        del labels[ANY]
        questions = [(key, purpose.id) for key in labels for purpose in purposes]
        states = self._consent_states(questions)
        for partner in self:
            partner.consent_overview = self._consent_table(
                list(labels.values()),
                [
                    (
                        purpose.name,
                        [states.get((partner.id, key, purpose.id)) for key in labels],
                    )
                    for purpose in purposes
                ],
            )

    @api.depends_context("company")
    def _compute_may_email_marketing(self):
        may = self._may_contact_query("email", "marketing")
        allowed = self.filtered_domain(may)
        allowed.may_email_marketing = True
        (self - allowed).may_email_marketing = False

    @api.model
    def _search_may_email_marketing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._may_contact_query("email", "marketing")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        """Keep what proves consent and what colleagues noted: deleting the contact
        would take the notes away with it."""
        family = Domain("partner_id", "in", self.ids)
        for model in ("crm.consent", "crm.interaction"):
            # What one may not see is kept too.
            found = self.env[model].sudo().search(family, limit=1)
            if found:
                raise UserError(
                    self.env._(
                        "“%(name)s” has a history (%(what)s) and cannot be deleted."
                        " Archive the contact, or ask a manager to forget the person.",
                        name=found.partner_id.display_name,
                        what=self.env["ir.model"]._get(model).name,
                    )
                )

    def action_do_not_contact(self):
        """Open the entry that says: not at all."""
        return self._consent_action(
            default_status="withdrawn", default_channel=ANY, default_purpose_id=False
        )

    def action_grant_consent(self):
        return self._consent_action(default_status="granted")

    def action_withdraw_consent(self):
        return self._consent_action(default_status="withdrawn")

    def _consent_action(self, **defaults) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_consent_action_quick"
        )
        if "default_purpose_id" not in defaults:
            marketing = self.env["crm.consent.purpose"]._with_code("marketing")
            defaults["default_purpose_id"] = marketing.id
        return action | {"context": {"default_partner_id": self.id} | defaults}

    @api.readonly
    def may_contact(self, channel: str, purpose: str) -> Answer:
        """Tell whether this contact may be contacted; every sender asks here.

        :param channel: a key of ``crm.consent.channel``, not ``any``
        :param purpose: the code of a ``crm.consent.purpose``
        :return: the answer, which is true where it is allowed, with its reason
        """
        self.ensure_one()
        self.check_access("read")
        self.env["crm.consent"].check_access("read")
        return self._may_contact(channel, purpose)

    def _may_contact(self, channel: str, purpose: str) -> Answer:
        purpose = self._check_question(channel, purpose)
        blocked = self._blocked_sql(channel, "res_partner")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, (SELECT state FROM (%s) AS states)"
                " FROM res_partner WHERE id = %s",
                blocked,
                self.env["crm.consent"]._state_query(
                    [(channel, purpose.id)], self.env.company, self.ids
                ),
                self.id,
            )
        )
        is_blocked, state = rows[0]
        return self._consent_answer(
            "blocked" if is_blocked else state,
            purpose._needs_consent(self.env.company),
        )

    def _consent_answer(self, state: str | None, needs_consent: bool) -> Answer:
        answers = {
            "blocked": (False, self.env._("The address or number is blacklisted.")),
            "withdrawn": (False, self.env._("Consent was withdrawn.")),
            "granted": (True, self.env._("Consent was granted.")),
        }
        undecided = {
            (True, "expired"): self.env._("The consent has expired."),
            (True, None): self.env._("Consent is needed and there is none."),
        }
        if state in answers:
            return Answer(*answers[state])
        not_refused = self.env._("Allowed as long as it is not refused.")
        reason = undecided.get((needs_consent, state), not_refused)
        return Answer(not needs_consent, reason)

    @api.model
    def _may_contact_query(self, channel: str, purpose: str, company=None) -> Domain:
        """Give the domain of all contacts who may be contacted; see `may_contact`."""
        company = company or self.env.company
        needs_consent = self._check_question(channel, purpose)._needs_consent(company)
        return self._consent_domain(channel, purpose, company, needs_consent)

    @api.model
    def _refused_query(self, channel: str, purpose: str, company=None) -> Domain:
        """Give the domain of those who refused, whatever the rule of the purpose."""
        company = company or self.env.company
        self._check_question(channel, purpose)
        return ~self._consent_domain(channel, purpose, company, needs_consent=False)

    def _consent_domain(self, channel, purpose, company, needs_consent) -> Domain:
        purpose = self.env["crm.consent.purpose"]._with_code(purpose)
        consent = self.env["crm.consent"]
        self.env["mail.blacklist"].flush_model()
        self.env["phone.blacklist"].flush_model()
        self.env["res.partner"].flush_model(["email_normalized", "phone_sanitized"])
        states = consent._state_query([(channel, purpose.id)], company)

        def to_sql(model, alias, query):
            own_id = SQL.identifier(alias, "id")
            decided = SQL(
                "%s %s (SELECT partner_id FROM (%s) AS states WHERE state = %s)",
                own_id,
                SQL("IN") if needs_consent else SQL("NOT IN"),
                states,
                "granted" if needs_consent else "withdrawn",
            )
            return SQL("(%s AND NOT %s)", decided, self._blocked_sql(channel, alias))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _check_question(self, channel: str, purpose: str):
        """Give the purpose asked for.

        :raises ValidationError: if channel or purpose are none
        """
        if channel == ANY or channel not in dict(CHANNELS):
            raise UserError(
                self.env._("There is no channel “%(name)s” to ask for.", name=channel)
            )
        return self.env["crm.consent.purpose"]._with_code(purpose)

    @api.model
    def _blocked_sql(self, channel: str, alias: str) -> SQL:
        """SQL of whether Odoo's own blacklists name the contact."""
        blacklists = {
            "email": ("mail_blacklist", "email", "email_normalized"),
            "phone": ("phone_blacklist", "number", "phone_sanitized"),
            "sms": ("phone_blacklist", "number", "phone_sanitized"),
        }
        if channel not in blacklists:
            return SQL("FALSE")
        table, listed, own = blacklists[channel]
        return SQL(
            "EXISTS (SELECT FROM %s AS listed WHERE listed.active AND %s = %s)",
            SQL.identifier(table),
            SQL.identifier("listed", listed),
            SQL.identifier(alias, own),
        )

    def _consent_states(self, questions) -> dict:
        """Map (contact, channel, purpose) to its state, of those with entries."""
        if not self.ids or not questions:
            return {}
        query = self.env["crm.consent"]._state_query(
            questions, self.env.company, self.ids
        )
        return {tuple(row[:3]): row[3] for row in self.env.execute_query(query)}

    def _consent_table(self, channels: list[str], rows: list[tuple]) -> Markup:
        """Draw the state of each channel and purpose."""
        states = self.env["crm.consent"]._fields["status"]
        titles = dict(states._description_selection(self.env))
        titles["expired"] = self.env._("Expired")
        nothing = Markup('<span class="text-muted">–</span>')
        icon = Markup('<i class="fa %s" title="%s" aria-label="%s" role="img"></i>')
        cell = Markup('<td class="text-center">%s</td>')
        row = Markup("<tr><th>%s</th>%s</tr>")
        head = Markup('<th class="text-center">%s</th>')
        return Markup(
            '<table class="table table-sm w-auto o_crm_consent"><thead><tr><th></th>%s'
            "</tr></thead><tbody>%s</tbody></table>"
        ) % (
            Markup().join(head % name for name in channels),
            Markup().join(
                row
                % (
                    name,
                    Markup().join(
                        cell
                        % (
                            icon % (ICONS[state], titles[state], titles[state])
                            if state
                            else nothing
                        )
                        for state in states_of_row
                    ),
                )
                for name, states_of_row in rows
            ),
        )

    @api.model
    def _refresh_consent_flags(self, partner_ids: list[int] | None = None):
        """Bring `do_not_contact` and `no_email_marketing` in line with the ledger."""
        marketing = self.env["crm.consent.purpose"]._with_code("marketing")
        flags = {
            "do_not_contact": (ANY, None),
            "no_email_marketing": ("email", marketing.id),
        }
        self.env["res.partner"].flush_model(list(flags))
        # The ledger holds for all companies.
        for company in self.env["res.company"].sudo().search(Domain.TRUE):
            for flag, question in flags.items():
                self._refresh_consent_flag(flag, question, company, partner_ids)
        self.env["res.partner"].invalidate_model(list(flags))

    def _refresh_consent_flag(self, flag, question, company, partner_ids):
        states = self.env["crm.consent"]._state_query([question], company, partner_ids)
        column = SQL.identifier("partner", flag)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner AS partner
                SET %(name)s = COALESCE(%(column)s, '{}')
                    || jsonb_build_object(%(company)s, states.flagged)
                FROM (SELECT partner_id, COALESCE(state = 'withdrawn', FALSE) AS flagged
                    FROM (%(states)s) AS s) AS states
                WHERE states.partner_id = partner.id
                  AND COALESCE((%(column)s->>%(company)s)::boolean, FALSE)
                      <> states.flagged""",
                name=SQL.identifier(flag),
                column=column,
                company=str(company.id),
                states=states,
            )
        )

    def _card_warnings(self, family):
        warnings = super()._card_warnings(family)
        if self.do_not_contact or self.commercial_partner_id.do_not_contact:
            text = self.env._("Do not contact: consent is withdrawn.")
        elif self.no_email_marketing:
            text = self.env._("No marketing by e-mail: consent is withdrawn.")
        else:
            return warnings
        return [{"key": "consent", "text": text, "action": False}, *warnings]
