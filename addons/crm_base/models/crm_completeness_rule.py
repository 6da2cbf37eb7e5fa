from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from .res_partner import VALUE_CLASSES

# A field of another type is never plainly "filled".
FIELD_TYPES = (
    "char",
    "date",
    "datetime",
    "many2many",
    "many2one",
    "one2many",
    "selection",
    "text",
)


class CrmCompletenessRule(models.Model):
    """One thing that should be known of a kind of customer, and how much it matters."""

    _name = "crm.completeness.rule"
    _description = "Completeness Rule"
    _order = "applies_to, weight desc, id"

    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        index=True,
        ondelete="cascade",
        domain=lambda self: list(self._field_domain()),
        help="What should be filled in. Of a list, at least one entry.",
    )
    field_name = fields.Char("Technical Name", related="field_id.name")
    applies_to = fields.Selection(
        [("company", "Companies"), ("person", "People")],
        required=True,
        default="company",
    )
    category_id = fields.Many2one(
        "res.partner.category",
        "Tag",
        index="btree_not_null",
        ondelete="cascade",
        help="Only contacts with this tag. Empty: all.",
    )
    value_class = fields.Selection(
        VALUE_CLASSES,
        help="Only customers of this class in any of our companies. Empty: all.",
    )
    weight = fields.Integer(
        required=True,
        default=1,
        help="How much it matters beside the other rules: what lacks counts so much.",
    )
    hint = fields.Char(
        translate=True,
        size=200,
        help="Where one finds it, or how to ask for it. Shown under the field.",
    )

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "The weight of a rule must be 1 or more."
    )
    _once = models.UniqueIndex(
        "(field_id, applies_to, COALESCE(category_id, 0), COALESCE(value_class, ''))",
        "There is a rule for this field and this kind of customer already. "
        "Change the weight of that one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._score_all_anew()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._score_all_anew()
        return result

    def unlink(self):
        result = super().unlink()
        self._score_all_anew()
        return result

    @api.depends("field_id", "applies_to")
    def _compute_display_name(self):
        kinds = dict(self._fields["applies_to"]._description_selection(self.env))
        for rule in self:
            parts = (rule.field_id.field_description, kinds.get(rule.applies_to))
            rule.display_name = ": ".join(filter(None, parts))

    @api.constrains("field_id")
    def _check_field(self):
        for rule in self:
            if not rule.field_id.filtered_domain(self._field_domain()):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be asked for: choose a field of the"
                        " contact that people fill in, with one value for all of our"
                        " companies.",
                        field=rule.field_id.field_description,
                    )
                )

    @api.model
    def _field_domain(self) -> Domain:
        """The fields that a rule may ask for."""
        return Domain(
            [
                ("model", "=", "res.partner"),
                ("ttype", "in", FIELD_TYPES),
                ("company_dependent", "=", False),
                "|",
                ("store", "=", True),
                ("ttype", "=", "one2many"),
            ]
        ) & Domain("name", "in", self._asked_fields())

    @api.model
    @ormcache()
    def _asked_fields(self) -> tuple[str, ...]:
        """Name the fields of the contact that SQL can look at by themselves."""
        partner = self.env["res.partner"]
        return tuple(
            name
            for name, field in partner._fields.items()
            if field.type in FIELD_TYPES
            and not field.readonly
            and not field.company_dependent
            and not name.startswith(("activity_", "message_"))
            and (field.store or (field.type == "one2many" and not field.compute))
        )

    @api.model
    def _score_all_anew(self):
        self.env.registry.clear_cache()
        # The form in which people fill in what lacks is made of the rules.
        self.env.registry.clear_cache("templates")
        cron = self.env.ref(
            "crm_base.ir_cron_score_customers", raise_if_not_found=False
        )
        if cron:
            cron.sudo()._trigger()  # whoever may change rules is no administrator

    @api.model
    @ormcache()
    def _rule_fields(self) -> frozenset[str]:
        """Name the fields whose change changes a score."""
        # Whoever changes a contact changes its score, by rules one need not read.
        return frozenset(self.sudo().search(Domain.TRUE).mapped("field_name"))

    def _known_rules(self):
        """Leave out rules for fields whose addon is just going or coming."""
        known = self.env["res.partner"]._fields
        return self.filtered(lambda rule: rule.field_name in known)

    def _applies_domain(self) -> Domain:
        """The contacts that a rule is for. Mere addresses are none."""
        self.ensure_one()
        domain = Domain("is_company", "=", self.applies_to == "company")
        if self.applies_to == "person":
            domain &= Domain("type", "=", "contact")
        if self.category_id:
            domain &= Domain("category_id", "in", self.category_id.ids)
        if self.value_class:
            domain &= Domain.custom(to_sql=self._value_class_sql)
        return domain

    def _value_class_sql(self, model, alias, query) -> SQL:
        """Ask for the class in any of our companies: what is known of a customer is
        known to all of them."""
        return SQL(
            "EXISTS (SELECT FROM jsonb_each_text(%s) AS of WHERE of.value = %s)",
            SQL.identifier(alias, "value_class", to_flush=model._fields["value_class"]),
            self.value_class,
        )
