from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More than these are a campaign, with an opt-out and a queue of its own.
MOST_RECEIVERS = 50


class CrmMaterialSendWizard(models.TransientModel):
    """A mail with links to materials, before it goes to its receivers."""

    _name = "crm.material.send.wizard"
    _description = "Send Materials"

    partner_ids = fields.Many2many(
        "res.partner",
        string="To",
        required=True,
        default=lambda self: self._default_partner_ids(),
    )
    material_ids = fields.Many2many(
        "crm.material",
        string="Materials",
        required=True,
        domain="[('is_sendable', '=', True), '|', ('lang_id', '=', False),"
        " ('lang_id', 'in', lang_ids)]",
    )
    all_languages = fields.Boolean(
        "Any Language", help="Offer materials in other languages than the customer's."
    )
    lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        compute="_compute_lang_ids",
        context={"active_test": False},
    )
    subject = fields.Char(
        compute="_compute_text", compute_sudo=False, store=True, readonly=False
    )
    body = fields.Html(
        "Message",
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="The links follow below it, one for each material; every receiver gets"
        " links of one's own.",
    )

    def _default_partner_ids(self):
        if self.env.context.get("active_model") == "res.partner":
            return self.env.context.get("active_ids", [])
        return []

    @api.depends("partner_ids", "all_languages")
    def _compute_lang_ids(self):
        """Give the languages of the receivers, in all countries where it is spoken.

        Where Odoo has one language only, everybody has it, and it tells nothing.
        """
        one_only = len(self.env["res.lang"].get_installed()) < 2
        languages = self.env["res.lang"].with_context(active_test=False)
        for wizard in self:
            codes = {code.split("_")[0] for code in wizard._languages_of_receivers()}
            spoken = Domain.OR([Domain("code", "=like", f"{code}%") for code in codes])
            if wizard.all_languages or one_only or not codes:
                spoken = Domain("code", "!=", False)
            wizard.lang_ids = languages.search(spoken)

    def _languages_of_receivers(self) -> list[str]:
        return [partner.lang for partner in self.partner_ids if partner.lang]

    @api.depends("partner_ids")
    def _compute_text(self):
        template = self.env.ref("crm_base.mail_template_material")
        for wizard in self:
            lang = wizard.partner_ids[:1].lang or self.env.lang
            text = template.with_context(lang=lang)
            wizard.subject = wizard.subject or text.subject
            wizard.body = wizard.body or text.body_html

    def action_send(self) -> dict:
        """Send each receiver a mail with links of one's own."""
        self.ensure_one()
        self._check_materials()
        self._check_receivers()
        for partner in self.partner_ids:
            self._mail(partner, self._create_sends(partner))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Sent to %(names)s.", names=", ".join(self._names(self.partner_ids))
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_materials(self):
        self.material_ids.check_access("read")
        if not self.material_ids:
            raise UserError(self.env._("Choose at least one material."))
        kept_back = self.material_ids.filtered(
            lambda material: not material.is_sendable
        )
        if kept_back:
            raise UserError(
                self.env._(
                    "Only approved materials for customers that have not expired can be"
                    " sent. Take out: %(names)s.",
                    names=", ".join(kept_back.mapped("display_name")),
                )
            )

    def _check_receivers(self):
        self.partner_ids.check_access("read")
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one receiver."))
        if len(self.partner_ids) > MOST_RECEIVERS:
            raise UserError(
                self.env._(
                    "These are %(count)s receivers. For more than %(limit)s write a"
                    " mailing.",
                    count=len(self.partner_ids),
                    limit=MOST_RECEIVERS,
                )
            )
        for partner in self.partner_ids:
            self._check_may_send(partner)

    def _check_may_send(self, partner):
        """Refuse a receiver who cannot or must not get this mail: the one place where
        consent is asked for."""
        if not partner.email_normalized:
            raise UserError(
                self.env._(
                    "%(name)s has no valid e-mail address. Enter it, or take this"
                    " receiver out.",
                    name=partner.display_name,
                )
            )
        answer = partner.may_contact("email", "service")
        if not answer:
            raise UserError(
                self.env._(
                    "%(name)s may not get mails: %(reason)s Take this receiver out.",
                    name=partner.display_name,
                    reason=answer.reason,
                )
            )

    def _create_sends(self, partner):
        # sudo: users read what was sent, and change or invent nothing of it
        return (
            self.env["crm.material.send"]
            .sudo()
            .create(
                [
                    {
                        "subject": material.name,
                        "material_id": material.id,
                        "version": material.version,
                        "partner_id": partner.id,
                        "user_id": self.env.uid,
                        "company_id": (material.company_id or self.env.company).id,
                    }
                    for material in self.material_ids
                ]
            )
        )

    def _mail(self, partner, sends):
        partner.with_context(lang=partner.lang).message_mail_with_source(
            "crm_base.material_mail",
            render_values={
                "body": self.body,
                "sends": sends,
                "signature": self.env.user.signature,
            },
            subject=self.subject,
        )

    def _names(self, partners) -> list[str]:
        return [partner.name or partner.display_name for partner in partners]
