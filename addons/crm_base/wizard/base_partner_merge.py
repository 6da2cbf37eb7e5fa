from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    """Odoo's own merge moves references past the ORM; what documents have copied of
    their customer, such as the company, would stay that of the contact that is gone."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        copies = [
            (field, self._records_of(column, src_partners))
            for field, column in self._copies_of_partners()
        ]
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for field, records in copies:
            records.invalidate_recordset()
            self.env.add_to_compute(field, records.exists())
        return result

    @api.model
    def _copies_of_partners(self) -> list[tuple]:
        """Give the stored fields that are made of something of a contact, each with
        the field that holds the contact."""
        depends = self.env.registry.field_depends
        return [
            (field, column)
            for model in self.env.registry.values()
            if model._auto and not model._abstract and not model._transient
            for column in model._fields.values()
            if column.type == "many2one"
            and column.store
            and column.comodel_name == "res.partner"
            for field in model._fields.values()
            if field.store
            and field.compute
            and field.readonly
            and any(path.startswith(f"{column.name}.") for path in depends[field])
        ]

    @api.model
    def _records_of(self, column, partners):
        # Whatever points at the contact is moved, so whoever may read it.
        model_sudo = self.env[column.model_name].sudo().with_context(active_test=False)
        return model_sudo.search([(column.name, "in", partners.ids)])
