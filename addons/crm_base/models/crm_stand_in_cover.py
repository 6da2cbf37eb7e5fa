from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.stand_in import Cover, Covered, Period, actors, circle, covers


class CrmStandIn(models.Model):
    """Who covers whose documents: what record rules and reports go by."""

    _inherit = "crm.stand.in"

    @api.model
    def _covered_models(self) -> dict[str, Covered]:
        """Declare by model what stand-ins carry on, in the order of their reports.

        Addons add theirs. Where the rules of a model keep colleagues out, it also
        inherits ``crm.stand.in.mixin`` and gets a rule that asks for ``is_covered``.
        """
        return {
            "calendar.event": Covered(self.env._("Meetings"), "user_id", "partner_ids"),
            "crm.interaction": Covered(
                self.env._("Contacts noted"), "user_id", "partner_id"
            ),
            "crm.promise": Covered(self.env._("Promises"), "user_id", "partner_id"),
            "crm.need": Covered(self.env._("Needs"), "user_id", "partner_id"),
            "res.partner": Covered(self.env._("Customers"), "user_id", "id"),
        }

    @api.model
    @tools.ormcache()
    def _periods(self) -> tuple[Period, ...]:
        """All confirmed times that are not settled; few, and asked at each access.

        Kept without regard to the clock: who asks compares with the moment.
        """
        # Rights follow from all periods of a chain, also from those of others.
        records_sudo = self.sudo().search(
            [("step", "=", "confirmed"), ("handed_back_at", "=", False)]
        )
        return tuple(record._period() for record in records_sudo)

    def _period(self) -> Period:
        self.ensure_one()
        return Period(
            self.id,
            self.user_id.id,
            self.stand_in_id.id,
            self.start,
            self.stop,
            self.scope == "all",
        )

    @api.model
    def _covers_now(self) -> list[Cover]:
        """Whom the user covers at this moment."""
        return covers(self._periods(), self.env.uid, fields.Datetime.now())

    @api.model
    def _covers_changed(self):
        """Forget what is kept about who covers whom, in all processes."""
        self.env.registry.clear_cache()
        for model in self._covered_models():
            if "is_covered" in self.env[model]._fields:
                self.env[model].invalidate_model(["is_covered"])

    def _check_circle(self):
        """Nobody stands in, through colleagues, for himself."""
        people = circle(
            (period for period in self._unsettled() if period.id != self.id),
            self._period(),
        )
        if people:
            # Of a chain one may know only one's own link.
            names = self.env["res.users"].sudo().browse(people).mapped("name")
            raise ValidationError(
                self.env._(
                    "In these days everybody would stand in for somebody who is away"
                    " too: %(names)s. Choose a colleague who is there.",
                    names=" → ".join([*names, names[0]]),
                )
            )

    def _unsettled(self) -> list[Period]:
        """What :meth:`_periods` gives, with what this transaction has changed."""
        self.env.registry.clear_cache()
        return list(self._periods())

    def _actor_ids(self) -> set[int]:
        """Who covered for the absent in this time: the stand-in, and who stood in for
        the stand-in."""
        self.ensure_one()
        # A chain goes through times of colleagues that one may not see.
        around_sudo = self.sudo().search(
            [
                ("step", "=", "confirmed"),
                ("start", "<", self.stop),
                ("stop", ">", self.start),
            ]
        )
        periods = [record._period() for record in around_sudo]
        others = [p for p in periods if p.absent != self.user_id.id or p.id == self.id]
        return actors(others, self.user_id.id, self.start, self.stop)

    def _covered_domain(self, covered: Covered) -> Domain:
        """The absent's own documents of a model, within the chosen customers."""
        self.ensure_one()
        domain = Domain(covered.user, "=", self.user_id.id)
        if self.scope == "all":
            return domain
        return domain & Domain(covered.customer, "in", self.partner_ids.ids)

    def _customers_domain(self, covered: Covered) -> Domain:
        """Documents with the absent's customers, whoever keeps them."""
        self.ensure_one()
        if self.scope == "all":
            salesperson = f"{covered.customer}.user_id"
            return Domain(salesperson, "=", self.user_id.id)
        return Domain(covered.customer, "in", self.partner_ids.ids)

    def _covered_search(self, model: str, domain=(), **kwargs):
        """Search the absent's documents of a model with the user's own rights."""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        covered = self._covered_models()[model]
        return records.search(self._covered_domain(covered) & Domain(domain), **kwargs)

    @api.readonly
    def action_open_covered(self) -> dict:
        """Open the absent's documents of the model that the button names."""
        self.ensure_one()
        models = self._covered_models()
        name = self.env.context.get("crm_covered_model")
        covered = models.get(name) or models["res.partner"]
        name = name if name in models else "res.partner"
        return {
            "type": "ir.actions.act_window",
            "name": f"{covered.label}: {self.user_id.name}",
            "res_model": name,
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._covered_domain(covered)),
        }

    @api.readonly
    def action_open_activities(self) -> dict:
        """Open what the absent had to do for the customers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To do: %(name)s", name=self.user_id.name),
            "res_model": "mail.activity",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._activities_domain()),
        }

    def _activities_domain(self) -> Domain:
        """The absent's activities on the documents that are carried on."""
        self.ensure_one()
        mine = Domain("user_id", "=", self.user_id.id)
        models = self._covered_models()
        if self.scope == "all":
            return mine & Domain("res_model", "in", list(models))
        return mine & Domain.OR(
            Domain("res_model", "=", name)
            & Domain(
                "res_id",
                "in",
                self.env[name]._search(
                    Domain(covered.customer, "in", self.partner_ids.ids)
                ),
            )
            for name, covered in models.items()
            if self.env[name].has_access("read")
        )
