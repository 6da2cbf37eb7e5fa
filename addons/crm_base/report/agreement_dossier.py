from odoo import api, fields, models
from odoo.tools import format_date


class AgreementDossier(models.AbstractModel):
    """Every agreement with a customer with its history, on paper, for a dispute.

    Everything is read under the rights of whoever prints it.
    """

    _name = "report.crm_base.agreement_dossier"
    _description = "Dossier of Agreements"

    @api.model
    def _get_report_values(self, docids, data=None):
        customers = self.env["res.partner"].browse(docids).commercial_partner_id
        customers.check_access("read")
        promises = self.env["crm.promise"]
        promises.check_access("read")
        found = promises.search(
            [("commercial_partner_id", "in", customers.ids)], order="date, id"
        )
        by_customer = found.grouped("commercial_partner_id")
        return {
            "doc_ids": customers.ids,
            "doc_model": "res.partner",
            "docs": customers,
            "today": fields.Date.context_today(self),
            "company": self.env.company,
            "promises_of": lambda customer: by_customer.get(customer, promises),
            "contact_of": lambda promise: promise.interaction_id._filtered_access(
                "read"
            ),
            "papers_of": self._papers,
            "history_of": self._history,
        }

    def _papers(self, promise) -> list[str]:
        return promise.message_ids.attachment_ids.mapped("name")

    def _history(self, promise) -> list[dict]:
        """Give the changes of a promise, oldest first: date, author, what changed."""
        lines = []
        for message in promise.message_ids.sorted("id"):
            # The values belong to the administrator alone; the filter gives what the
            # reader may see of them, as the chatter does.
            values = message.sudo().tracking_value_ids
            changes = values._filter_has_field_access(self.env)
            if changes:
                lines.append(
                    {
                        "date": message.date,
                        # The name alone, as the chatter shows it.
                        "author": message.author_id.sudo().name or "",
                        "changes": self._changes(changes),
                    }
                )
        return lines

    def _changes(self, values) -> list[dict]:
        return [
            {
                "field": value["fieldInfo"]["changedField"],
                "old": self._show(value["oldValue"], value["fieldInfo"]["fieldType"]),
                "new": self._show(value["newValue"], value["fieldInfo"]["fieldType"]),
            }
            for value in values._tracking_value_format()
        ]

    def _show(self, value, kind: str) -> str:
        if value and kind == "date":
            return format_date(self.env, value)
        return value or "–"
