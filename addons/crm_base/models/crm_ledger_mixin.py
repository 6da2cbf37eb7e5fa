from odoo import models
from odoo.exceptions import AccessError


class CrmLedgerMixin(models.AbstractModel):
    """Entries that prove something: they are added, and never changed or deleted."""

    _name = "crm.ledger.mixin"
    _description = "Ledger"

    def _check_access(self, operation):
        if operation in ("write", "unlink") and not self.env.su:
            return self, self._make_ledger_error
        return super()._check_access(operation)

    def _make_ledger_error(self):
        return AccessError(
            self.env._(
                "Entries of the ledger “%(ledger)s” prove what was said and done, so"
                " nobody may change or delete them. Add a new entry that corrects the"
                " old one.",
                ledger=self.env["ir.model"]._get(self._name).name,
            )
        )
