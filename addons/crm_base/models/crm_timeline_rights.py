from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.timeline import Source


class CrmTimeline(models.Model):
    """Who may see a row: whoever may read its document, by that model's own rules."""

    _inherit = "crm.timeline"

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        self._flush_sources()
        query = super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
        if not self.env.su and not bypass_access:
            query.add_where(self._readable(self._table))
        return query

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if refused or not self or self.env.su:
            return refused
        hidden = self - self.search([("id", "in", self.ids)])
        if not hidden:
            return None
        return hidden, lambda: AccessError(
            self.env._("You may not read the documents behind these contacts.")
        )

    def _readable(self, alias: str) -> SQL:
        """Ask for rows whose document the reader may read, by its own rules."""
        allowed = [SQL("FALSE")]
        for name, source in self._document_sources().items():
            documents = self._readable_documents(name, source)
            if documents is not None:
                allowed.append(self._exists(alias, name, documents))
        return SQL("(%s)", SQL(" OR ").join(allowed))

    def _exists(self, alias: str, model_name: str, documents) -> SQL:
        table = documents.table
        documents.add_where(
            SQL(
                "%s = %s",
                SQL.identifier(table, "id"),
                SQL.identifier(alias, "res_id"),
            )
        )
        # OFFSET 0 has each row looked up by its id: the planner would otherwise read
        # whole tables of documents into a hash, for the fifty rows of a page.
        return SQL(
            "(%s = %s AND EXISTS (%s OFFSET 0))",
            SQL.identifier(alias, "res_model"),
            model_name,
            documents.select(SQL("1")),
        )

    def _readable_documents(self, name: str, source: Source):
        """Give the query of the documents that the reader may read, or None."""
        model = self.env[name].with_context(active_test=False)
        if not model.has_access("read"):
            return None
        if not source.guard:
            return model._search(Domain(list(source.reader)))
        documents = model._search(Domain.TRUE, bypass_access=True)
        documents.add_where(self._guard(model, source.guard, documents))
        return documents

    def _guard(self, model, guard: tuple[str, ...], documents) -> SQL:
        """Ask for a guarding record that the reader may read."""
        table = documents.table
        model_name, res_id = (
            model._field_to_sql(table, name, documents) for name in guard
        )
        allowed = [SQL("FALSE")]
        for name in self._guarded_models():
            guarding = self.env[name].with_context(active_test=False)
            if not guarding.has_access("read"):
                continue
            records = guarding._search(Domain.TRUE)
            records.add_where(
                SQL("%s = %s", SQL.identifier(guarding._table, "id"), res_id)
            )
            exists = SQL("EXISTS (%s OFFSET 0)", records.select(SQL("1")))
            allowed.append(SQL("(%s = %s AND %s)", model_name, name, exists))
        return SQL("(%s)", SQL(" OR ").join(allowed))

    def _document_sources(self) -> dict[str, Source]:
        """Give each model of documents with a source that tells who may read them."""
        return {
            self._document_model(source): source for source in self._timeline_sources()
        }

    def _document_model(self, source: Source) -> str:
        model = self.env[source.model]
        return (
            model._fields[source.document].comodel_name
            if source.document
            else source.model
        )

    def _text_condition(self, alias: str, text: str) -> SQL:
        """Ask for rows in whose document each word of the text stands."""
        words = text.split()[:10]
        found = [SQL("FALSE")]
        for name, source in self._document_sources().items():
            # Of rows that this reader may see: the caller asks for that beside it.
            model = self.env[name].sudo().with_context(active_test=False)
            domain = Domain.AND(
                Domain.OR(Domain(field, "ilike", word) for field in source.texts)
                for word in words
            )
            found.append(self._exists(alias, name, model._search(domain)))
        return SQL("(%s)", SQL(" OR ").join(found))
