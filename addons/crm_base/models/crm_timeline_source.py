from odoo import api, models

from ..tools.timeline import Source


class CrmTimeline(models.Model):
    """What is a contact with a customer: the documents that become rows."""

    _inherit = "crm.timeline"

    @api.model
    def _timeline_sources(self) -> list[Source]:
        """Declare the kinds of documents that are contacts; addons add theirs."""
        return [
            *self._talk_sources(),
            *self._incoming_sources(),
            *self._outgoing_sources(),
            *self._paper_sources(),
        ]

    def _talk_sources(self) -> list[Source]:
        """Calls, meetings and activities: what an employee did."""
        return [
            Source(
                slot=0,
                model="crm.interaction",
                kind="kind",
                kind_field=True,
                direction="direction",
                direction_field=True,
                date="date",
                partner="partner_id",
                user="user_id",
                company="company_id",
                subject=("name",),
                texts=("name", "description"),
            ),
            Source(
                slot=1,
                model="calendar.attendee",
                kind="meeting",
                date="event_id.start",
                partner="partner_id",
                user="event_id.user_id",
                subject=("name",),
                document="event_id",
                domain=(
                    ("event_id.active", "=", True),
                    ("partner_id.partner_share", "=", True),
                ),
                reader=(
                    "|",
                    ("privacy", "!=", "private"),
                    ("user_id", "=", self.env.uid),
                ),
                texts=("name", "description"),
            ),
            Source(
                slot=6,
                model="mail.activity",
                kind="activity",
                direction="out",
                date="date_done",
                partner="res_id",
                user="user_id",
                subject=("summary", "display_name"),
                # A meeting that was planned by an activity stands there already.
                domain=(
                    ("active", "=", False),
                    ("res_model", "=", "res.partner"),
                    ("calendar_event_id", "=", False),
                ),
                guard=("res_model", "res_id"),
                texts=("summary", "feedback"),
            ),
        ]

    def _incoming_sources(self) -> list[Source]:
        """What customers wrote."""
        common = {
            "model": "mail.message",
            "direction": "in",
            "date": "date",
            "partner": "author_id",
            "guard": ("model", "res_id"),
            "texts": ("subject", "body"),
        }
        of_customer = (
            ("author_id.partner_share", "=", True),
            ("model", "in", self._guarded_models()),
        )
        return [
            Source(
                slot=2,
                kind="mail",
                subject=("subject", "preview"),
                domain=(("message_type", "=", "email"), *of_customer),
                **common,
            ),
            Source(
                slot=3,
                kind="message",
                # Sending a message gives it the document's name as subject.
                subject=("preview", "subject"),
                domain=(("message_type", "=", "comment"), *of_customer),
                **common,
            ),
        ]

    def _outgoing_sources(self) -> list[Source]:
        """What was sent to customers."""
        common = {
            "model": "mail.notification",
            "direction": "out",
            "date": "mail_message_id.date",
            "partner": "res_partner_id",
            "user": "mail_message_id.create_uid",
            "subject": ("preview", "subject"),
            "document": "mail_message_id",
            "guard": ("model", "res_id"),
            "texts": ("subject", "body"),
        }
        to_customer = (
            ("res_partner_id.partner_share", "=", True),
            ("mail_message_id.model", "in", self._guarded_models()),
        )
        return [
            Source(
                slot=4,
                kind="mail",
                domain=(("notification_type", "=", "email"), *to_customer),
                **common,
            ),
            Source(
                slot=5,
                kind="sms",
                domain=(("notification_type", "=", "sms"), *to_customer),
                **common,
            ),
        ]

    def _paper_sources(self) -> list[Source]:
        """Letters, and material that was sent as a link."""
        common = {
            "date": "date",
            "partner": "partner_id",
            "user": "user_id",
            "company": "company_id",
        }
        return [
            Source(
                slot=7,
                model="crm.document",
                kind="letter",
                direction="direction",
                direction_field=True,
                subject=("name",),
                domain=(
                    ("is_letter", "=", True),
                    ("date_registered", "!=", False),
                    ("is_superseded", "=", False),
                ),
                texts=("name", "number", "note"),
                **common,
            ),
            Source(
                slot=22,
                model="crm.material.send",
                kind="material",
                direction="out",
                subject=("subject",),
                texts=("subject",),
                **common,
            ),
        ]

    @api.model
    def _kind_icons(self) -> dict[str, str]:
        """Map each kind to its Font Awesome icon; addons add theirs."""
        return {
            "activity": "fa-check",
            "call": "fa-phone",
            "chat": "fa-commenting-o",
            "letter": "fa-file-text-o",
            "mail": "fa-envelope-o",
            "material": "fa-file-image-o",
            "meeting": "fa-calendar",
            "message": "fa-comment-o",
            "sms": "fa-mobile",
            "visit": "fa-car",
        }

    @api.model
    def _contact_kinds(self) -> list[str]:
        """Name the kinds in which an employee and a customer really were in touch."""
        return [
            "call",
            "chat",
            "letter",
            "mail",
            "meeting",
            "message",
            "sms",
            "visit",
        ]

    @api.model
    def _guarded_models(self) -> list[str]:
        """Name the documents whose messages are contacts; addons add theirs."""
        return ["res.partner", "crm.interaction"]
