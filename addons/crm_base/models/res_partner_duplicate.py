from odoo import api, fields, models


class ResPartner(models.Model):
    """Doubles: a new contact warns before it is saved, a merged one tells where."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.duplicate.mixin"]

    merged_into_id = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="This contact was a double. Everything is at the other one now.",
        groups="base.group_user",
    )

    def _duplicate_entry(self):
        family = self.parent_id.commercial_partner_id.id
        return super()._duplicate_entry()._replace(family=family or 0)

    def _merge_obstacles(self, survivor) -> list[str]:
        return [
            *super()._merge_obstacles(survivor),
            *self._user_obstacles(),
            *self._company_obstacles(),
            *self._family_obstacles(survivor),
        ]

    def _user_obstacles(self) -> list[str]:
        # A contact of an employee must be found whoever asks, archived users too.
        users_sudo = self.sudo().with_context(active_test=False).user_ids
        if internal := users_sudo.filtered(lambda user: not user.share):
            return [
                self.env._(
                    "%(name)s belongs to an employee who logs in here. Only customers"
                    " are merged.",
                    name=internal[0].partner_id.display_name,
                )
            ]
        if len(users_sudo.partner_id) > 1:
            return [
                self.env._(
                    "%(names)s each have a login of their own. Take one of the logins"
                    " away first.",
                    names=", ".join(users_sudo.partner_id.mapped("display_name")),
                )
            ]
        return []

    def _company_obstacles(self) -> list[str]:
        # Also companies that this user may not work in.
        own_sudo = (
            self.env["res.company"]
            .sudo()
            .search([("partner_id", "in", self.ids)], limit=1)
        )
        if own_sudo:
            return [
                self.env._("%(name)s is one of your own companies.", name=own_sudo.name)
            ]
        if len(self.company_id) > 1:
            return [
                self.env._(
                    "The records belong to different companies of yours: %(names)s."
                    " Share them between the companies first.",
                    # Names of companies alone.
                    names=", ".join(self.sudo().company_id.mapped("name")),
                )
            ]
        return []

    def _family_obstacles(self, survivor) -> list[str]:
        for partner in self:
            above = partner.parent_id
            while above and above not in self:
                above = above.parent_id
            if above:
                return [
                    self.env._(
                        "%(person)s belongs to %(company)s. A company and its people"
                        " are never one.",
                        person=partner.name or partner.display_name,
                        company=above.display_name,
                    )
                ]
        of_company = self.filtered("parent_id")
        if of_company and survivor and not survivor.parent_id:
            return [
                self.env._(
                    "%(person)s belongs to %(company)s, to which the documents go. Let"
                    " it be the one that stays.",
                    person=of_company[0].name or of_company[0].display_name,
                    company=of_company[0].parent_id.display_name,
                )
            ]
        companies = of_company.commercial_partner_id
        if len(companies) > 1:
            return [
                self.env._(
                    "They work for different companies (%(names)s), whose documents"
                    " would be mixed. Merge the companies first, if these are one.",
                    names=", ".join(companies.mapped("display_name")),
                )
            ]
        return []

    @api.model
    def _merge_kept_fields(self):
        kept = {"type", "color", "lang", "tz", "calendar_last_notif_ack", "parent_id"}
        return super()._merge_kept_fields() | kept
