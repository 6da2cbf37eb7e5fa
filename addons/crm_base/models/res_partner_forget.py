from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.forget import Part, scrub

MESSAGE_TEXTS = (
    "subject",
    "body",
    "email_from",
    "reply_to",
    "incoming_email_to",
    "incoming_email_cc",
    "outgoing_email_to",
)
FILE_TEXTS = ("name", "description", "index_content")
TRACKED_TEXTS = (
    "old_value_char",
    "new_value_char",
    "old_value_text",
    "new_value_text",
)


class ResPartner(models.Model):
    """The right to be forgotten: who can be, and what becomes of which records."""

    _inherit = "res.partner"

    forgotten_date = fields.Datetime(
        "Forgotten On",
        readonly=True,
        copy=False,
        groups="crm_base.crm_base_group_user",
        help="When all that identifies this person was taken away.",
    )

    def action_forget(self):
        """Open the dialog that shows what forgetting this person does."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_forget_wizard_action"
        )
        return action | {"context": {"default_partner_id": self.id}}

    # What other addons declare

    def _forget_parts(self) -> list[Part]:
        """Declare what becomes of the records of a person; addons add theirs.

        Called on the person and the person's own addresses, without access rules.
        """
        return [
            *self._forget_contact_parts(),
            *self._forget_talk_parts(),
            *self._forget_work_parts(),
            *self._forget_mention_parts(),
        ]

    def _forget_own_documents(self) -> dict[str, list[int]]:
        """Map the models whose whole chatter is about the person to their records."""
        return {
            "res.partner": self.ids,
            "crm.interaction": self.interaction_ids.ids,
        }

    def _forget_kept_documents(self) -> dict[str, str]:
        """Map the documents whose attachments the law keeps to the reason."""
        return {}

    def _forget_obstacles(self) -> list[str]:
        """Tell what has to be kept for now, in sentences; addons add theirs."""
        return []

    def _forget_refusal(self) -> str:
        """Tell why this contact cannot be forgotten; empty where it can."""
        self.ensure_one()
        # Managers forget whom they see; what hinders it may be hidden from them.
        contact = self.sudo().with_context(active_test=False)
        if contact.forgotten_date:
            return self.env._(
                "This person was forgotten already, on %(date)s.",
                date=fields.Date.to_string(contact.forgotten_date),
            )
        if contact == self.env.user.partner_id:
            return self.env._(
                "This is you, and nobody can forget themselves. Ask another manager."
            )
        if contact.user_ids.filtered(lambda user: not user.share):
            return self.env._(
                "%(name)s is a colleague with a login. What is kept of employees is no"
                " matter of this dialog.",
                name=contact.name,
            )
        own = (
            # Also companies that this user may not work in.
            self.env["res.company"].sudo().search_count([("partner_id", "=", self.id)])
        )
        if contact.is_public or own:
            return self.env._("The system itself needs this contact.")
        return self._forget_people_refusal(contact)

    def _forget_people_refusal(self, contact) -> str:
        people = contact.child_ids.filtered(
            lambda child: child.type == "contact" and not child.forgotten_date
        )
        if not people:
            return ""
        return self.env._(
            "%(name)s has %(count)s people, for example %(first)s. Only people are"
            " forgotten: begin with them, or move them to another company.",
            name=contact.name,
            count=len(people),
            first=people[0].name,
        )

    # What this addon declares

    def _forget_contact_parts(self):
        """The contact, its logins, bank accounts, consent and occasions."""
        mine = Domain("partner_id", "in", self.ids)
        consent = self.env._("Proof of what was said, without its words.")
        return [
            Part(
                "res.partner",
                Domain("id", "in", self.ids),
                clear=self._forget_texts("res.partner")
                | {
                    "name": self._forgotten_name(SQL("res_partner.id")),
                    "partner_latitude": None,
                    "partner_longitude": None,
                    "active": False,
                    "forgotten_date": fields.Datetime.now(),
                },
            ),
            *self._forget_login_parts(),
            Part(
                "res.partner.bank",
                mine,
                clear=self._forget_texts("res.partner.bank")
                | {
                    "acc_number": SQL("'forgotten-' || res_partner_bank.id"),
                    "active": False,
                },
            ),
            Part(
                "crm.consent",
                mine,
                clear={"proof": None, "proof_filename": None},
                reason=consent,
            ),
            Part("crm.occasion", mine, delete=True),
            Part("mail.followers", mine, delete=True),
            Part("portal.wizard.user", mine, delete=True),
            *self._forget_address_parts(),
        ]

    def _forget_login_parts(self):
        """What lets the person in, and from where that was done."""
        users = Domain("user_id", "in", self.user_ids.ids)
        return [
            Part(
                "res.users",
                Domain("partner_id", "in", self.ids),
                clear={
                    "login": SQL("'forgotten-' || res_users.id"),
                    "password": None,
                    "signature": None,
                    "active": False,
                },
            ),
            Part("res.users.apikeys", users, delete=True),
            Part("res.device.log", users, delete=True),
        ]

    def _forget_address_parts(self):
        """What knows the person by the address alone."""
        mails, numbers = self._forget_mails(), self._forget_numbers()
        return [
            Part("mail.blacklist", Domain("email", "in", mails), delete=True),
            Part("phone.blacklist", Domain("number", "in", numbers), delete=True),
            Part(
                "mail.gateway.allowed",
                Domain("email_normalized", "in", mails),
                delete=True,
            ),
            Part(
                "mail.guest",
                Domain("email", "in", mails),
                clear={"name": self._forgotten_name(), "email": None},
            ),
        ]

    def _forget_talk_parts(self):
        """Messages by the person and about the person, with their files."""
        own = self._own_messages()
        messages = self.env["mail.message"].search(own)
        in_them = Domain("mail_message_id", "in", messages.ids)
        return [
            Part(
                "mail.message",
                own,
                clear=dict.fromkeys(MESSAGE_TEXTS) | {"body": ""},
            ),
            Part("mail.tracking.value", in_them, clear=dict.fromkeys(TRACKED_TEXTS)),
            Part(
                "mail.mail",
                in_them,
                clear={"body_html": "", "headers": None, "email_to": None},
            ),
            Part(
                "mail.message.translation",
                Domain("message_id", "in", messages.ids),
                delete=True,
            ),
            Part(
                "mail.notification",
                Domain("res_partner_id", "in", self.ids),
                clear=self._forget_texts("mail.notification"),
            ),
            *self._forget_file_parts(messages),
        ]

    def _forget_file_parts(self, messages):
        """Files of these messages and of the person's documents; others by whose name
        the person is known. What a law keeps stays."""
        kept = self._forget_kept_documents()
        lawful = Domain("res_model", "in", list(kept))
        files = Domain("id", "in", messages.attachment_ids.ids)
        documents = self._forget_own_documents() | {
            "crm.consent": self.consent_ids.ids,
        }
        for model, ids in documents.items():
            files |= Domain("res_model", "=", model) & Domain("res_id", "in", ids)
        return [
            Part("ir.attachment", files & ~lawful, delete=True),
            Part("ir.attachment", ~lawful, mentioned=FILE_TEXTS, scrub=FILE_TEXTS),
            *(
                Part(
                    "ir.attachment",
                    Domain("res_model", "=", model),
                    mentioned=FILE_TEXTS,
                    kept_in=FILE_TEXTS,
                    reason=reason,
                )
                for model, reason in kept.items()
            ),
        ]

    def _forget_work_parts(self):
        """What colleagues noted and planned."""
        activities = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", ids)
            for model, ids in self._forget_own_documents().items()
        )
        return [
            Part(
                "crm.interaction",
                Domain("partner_id", "in", self.ids),
                clear={"name": self._forgotten_name(), "description": None},
            ),
            Part(
                "mail.activity",
                activities,
                clear={"summary": None, "note": None, "feedback": None},
            ),
            Part("mail.compose.message", mentioned=("body", "subject"), delete=True),
            Part("bus.bus", mentioned=("message",), delete=True),
            Part("mail.push", mentioned=("payload",), delete=True),
        ]

    def _forget_mention_parts(self):
        """Texts of others that name the person."""
        return [
            scrub("res.partner", "comment"),
            scrub("crm.interaction", "name", "description"),
            scrub("crm.occasion", "name", "note"),
            scrub("mail.message", *MESSAGE_TEXTS),
            scrub("mail.tracking.value", *TRACKED_TEXTS),
            scrub(
                "mail.mail",
                "body_html",
                "headers",
                "email_to",
                "email_cc",
                "failure_reason",
            ),
            scrub("mail.activity", "res_name", "summary", "note", "feedback"),
            scrub(
                "mail.scheduled.message", "subject", "body", "notification_parameters"
            ),
            scrub("mail.notification", "mail_email_address", "failure_reason"),
            scrub("discuss.channel", "name", "description"),
            scrub("discuss.channel.member", "custom_channel_name"),
            scrub("calendar.event", "name", "description", "location", "notes"),
        ]

    def _own_messages(self) -> Domain:
        written = Domain("author_id", "in", self.ids)
        written |= self._mentioning(self._forget_mails(), ["email_from"])
        for model, ids in self._forget_own_documents().items():
            written |= Domain("model", "=", model) & Domain("res_id", "in", ids)
        return written
