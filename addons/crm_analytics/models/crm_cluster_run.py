from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools import clusters

CURSOR = SQL.identifier("crm_cluster_rows")
# So many customers are read, and written, at a time.
BATCH = 20_000
POPULATIONS = [
    ("buyers", "Customers who ordered in the period"),
    ("all", "All who did anything in the period"),
]


class CrmClusterRun(models.Model):
    """One search for groups of customers who behave alike, in a period; kept with the
    groups, why they are so many, and how far they can be relied on."""

    _name = "crm.cluster.run"
    _description = "Search for Customer Groups"
    _inherit = ["crm.analytics.job"]
    _order = "id desc"
    _asked = frozenset(["date_from", "date_to", "population", "wanted"])
    # Groups may be renamed, and nothing else of them.
    _anytime = frozenset(["cluster_ids"])

    date_from = fields.Date(default=lambda self: self._default_date_from())
    date_to = fields.Date(default=lambda self: self._default_date_to())
    population = fields.Selection(
        POPULATIONS, "Who", required=True, readonly=True, default="buyers"
    )
    wanted = fields.Integer(
        "Number of Groups Wanted",
        readonly=True,
        aggregator=None,
        help="From 2 to 8. With 0 the number is chosen that separates best.",
    )
    customers = fields.Integer(readonly=True, copy=False, aggregator=None)
    groups = fields.Integer(
        "Number of Groups", readonly=True, copy=False, aggregator=None
    )
    silhouette = fields.Float(
        readonly=True,
        copy=False,
        aggregator=None,
        digits=(4, 2),
        help="How well the groups are apart: 1 is best; 0 is no groups at all.",
    )
    stability = fields.Float(
        readonly=True,
        copy=False,
        aggregator=None,
        digits=(4, 2),
        help="How far the groups of 20 resamples agree with these (mean adjusted Rand"
        " index): 1 is the same groups, 0 is chance.",
    )
    stability_low = fields.Float(
        "Least Stability", readonly=True, copy=False, aggregator=None, digits=(4, 2)
    )
    choices = fields.Json(readonly=True, copy=False)
    # Codes of what was compared, and of what was the same for all.
    compared = fields.Json(readonly=True, copy=False)
    left_out = fields.Json(readonly=True, copy=False)
    explanation = fields.Text(compute="_compute_explanation")
    picture = fields.Json(compute="_compute_picture")
    cluster_ids = fields.One2many("crm.cluster", "run_id", "Groups", copy=False)

    _wanted_range = models.Constraint(
        "CHECK (wanted = 0 OR wanted BETWEEN 2 AND 8)",
        "The number of groups is 2 to 8, or 0 to have it chosen.",
    )

    @api.model
    def _default_date_to(self):
        return self.env["crm.value.source"]._today(self.env.company)

    @api.model
    def _default_date_from(self):
        return self._default_date_to() - relativedelta(years=1, days=-1)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Groups %(from)s to %(to)s",
                **{
                    "from": format_date(self.env, run.date_from),
                    "to": format_date(self.env, run.date_to),
                },
            )

    @api.depends("state", "choices", "groups", "stability")
    @api.depends_context("lang")
    def _compute_explanation(self):
        words = self._words()
        for run in self:
            run.explanation = run._explain(words) if run.choices else False

    @api.depends("state", "choices", "cluster_ids.profile", "cluster_ids.name")
    @api.depends_context("lang")
    def _compute_picture(self):
        words = self._words()
        for run in self:
            run.picture = run.choices and {
                "choices": run.choices,
                "chosen": run.groups,
                "features": [
                    words[code].label if code in words else code
                    for code in run.compared or []
                ],
                "clusters": [
                    {
                        # While the form is edited it is a copy of the record.
                        "id": cluster._origin.id,
                        "name": cluster.name,
                        "size": cluster.size,
                        "profile": cluster.profile or [],
                    }
                    for cluster in run.cluster_ids
                ],
            }

    def action_open_members(self) -> dict:
        """Open the customers with the group that each is in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_cluster_member_action"
        )
        return action | {
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_group_cluster": 1},
        }

    # In words

    @api.model
    def _words(self) -> dict[str, clusters.Feature]:
        sources = self.env["crm.cluster.source"]._cluster_words().values()
        return {feature.code: feature for source in sources for feature in source}

    def _explain(self, words) -> str:
        """Tell why there are so many groups, and how far they can be relied on."""
        told = [self._explain_choice(), self._explain_silhouette()]
        told.append(self._explain_stability())
        labels = [words[code].label for code in self.left_out or [] if code in words]
        if labels:
            told.append(
                self.env._(
                    "Not compared, for it is the same for all: %(labels)s.",
                    labels=", ".join(labels),
                )
            )
        return " ".join(told)

    def _explain_choice(self) -> str:
        if self.wanted == self.groups:
            return self.env._(
                "%(groups)s groups, as was asked for.", groups=self.groups
            )
        if self.wanted:
            return self.env._(
                "%(groups)s groups, and not %(wanted)s as was asked for: the customers"
                " differ too little.",
                groups=self.groups,
                wanted=self.wanted,
            )
        return self.env._(
            "%(groups)s groups: of all numbers from %(least)s to %(most)s this one"
            " separates the customers best.",
            groups=self.groups,
            least=self.choices[0]["groups"],
            most=self.choices[-1]["groups"],
        )

    def _explain_silhouette(self) -> str:
        """The words are those of Kaufman and Rousseeuw (1990)."""
        if self.silhouette > 0.7:
            return self.env._("They are clearly apart.")
        if self.silhouette > 0.5:
            return self.env._("They are reasonably apart.")
        if self.silhouette > 0.25:
            return self.env._(
                "They run into each other: take them for a rough division."
            )
        return self.env._(
            "The customers fall into no clear groups: this is no more than a division"
            " of what belongs together."
        )

    def _explain_stability(self) -> str:
        if self.stability >= 0.8:
            return self.env._(
                "With other customers of the same kind they stay the same."
            )
        if self.stability >= 0.6:
            return self.env._(
                "With other customers of the same kind they stay much the same."
            )
        return self.env._(
            "With other customers of the same kind they would be others: do not build"
            " on them."
        )

    # The work

    @api.model
    def _job_cron(self):
        return self.env.ref("crm_analytics.crm_cluster_run_cron")

    def _work(self, tell):
        # What it tells is read by whoever began it.
        lang = self.user_id.lang or self.env.lang
        self.with_context(lang=lang)._find_groups(tell)

    def _find_groups(self, tell):
        sources = self.env["crm.cluster.source"]._cluster_words()
        features = [feature for source in sources.values() for feature in source]
        self.cluster_ids.unlink()
        tell(5, self.env._("Reading the customers"))
        ids, amounts, values = self._matrix(sources)
        tell(30, self.env._("Searching groups"))
        clusters.fill(values, [feature.missing for feature in features])
        try:
            found = clusters.find(
                values,
                [feature.log for feature in features],
                self.wanted,
                lambda share: tell(30 + 50 * share, self.env._("Searching groups")),
            )
        except clusters.TooFew:
            raise UserError(self._why_none(len(ids))) from None
        tell(85, self.env._("Writing the groups"))
        self._keep(features, found, len(ids))
        made = self._create_clusters(features, amounts, values, found)
        codes = [feature.code for feature in features]
        orders = values[:, codes.index("orders")]
        self._write_members(made.ids, ids, amounts, orders, found)

    def _why_none(self, count: int) -> str:
        if count >= clusters.FEWEST_CUSTOMERS:
            return self.env._(
                "All %(count)s customers behaved alike in this period: there is nothing"
                " to tell them apart by.",
                count=count,
            )
        return self.env._(
            "In this period there are %(count)s customers to compare, and groups take"
            " %(fewest)s at least. Choose a longer period.",
            count=count,
            fewest=clusters.FEWEST_CUSTOMERS,
        )

    def _matrix(self, sources: dict):
        """Read one row per customer, in order of their ids: id, turnover, features.

        Distances need no more than single precision; the turnover, which is shown,
        would lose its cents. The database hands them over in parts, so nothing but the
        arrays grows with their number.
        """
        import numpy as np

        self.env.flush_all()
        query = self._rows_sql(sources)
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", CURSOR, query))
        width = sum(len(features) for features in sources.values())
        ids, amounts = [np.empty(0, dtype=np.int32)], [np.empty(0)]
        parts = [np.empty((0, width), np.float32)]
        while rows := self.env.execute_query(
            SQL("FETCH FORWARD %s FROM %s", BATCH, CURSOR)
        ):
            ids.append(np.array([row[0] for row in rows], dtype=np.int32))
            amounts.append(np.array([row[1] for row in rows], dtype=float))
            parts.append(np.array([row[2:] for row in rows], dtype=np.float32))
        self.env.cr.execute(SQL("CLOSE %s", CURSOR))
        return np.concatenate(ids), np.concatenate(amounts), np.concatenate(parts)

    def _rows_sql(self, sources: dict) -> SQL:
        """Join the sources of those who take part; what a source does not know of
        somebody is NULL, or else what its feature says."""
        queries = self.env["crm.cluster.source"]._cluster_features(
            self.company_id, self.date_from, self.date_to
        )
        names = {source: SQL.identifier(f"of_{source}") for source in sources}
        columns = [
            SQL(
                "COALESCE(%s.%s::float4, %s)",
                names[source],
                SQL.identifier(feature.code),
                feature.missing,
            )
            for source, features in sources.items()
            for feature in features
        ]
        return SQL(
            "WITH %s, population AS (%s) SELECT partner_id,"
            " COALESCE(%s.amount::float8, 0), %s FROM population %s"
            " ORDER BY partner_id",
            SQL(", ").join(
                SQL("%s AS MATERIALIZED (%s)", names[source], queries[source])
                for source in sources
            ),
            self._population_sql(names),
            names["orders"],
            SQL(", ").join(columns),
            SQL(" ").join(
                SQL("LEFT JOIN %s USING (partner_id)", name) for name in names.values()
            ),
        )

    def _population_sql(self, names: dict) -> SQL:
        if self.population == "buyers":
            return SQL(
                "SELECT partner_id FROM %s WHERE orders > 0 AND partner_id IS NOT NULL",
                names["orders"],
            )
        return SQL(" UNION ").join(
            SQL("SELECT partner_id FROM %s WHERE partner_id IS NOT NULL", name)
            for name in names.values()
        )

    def _keep(self, features, found, count: int):
        groups = len(found.profile)
        self.write(
            {
                "customers": count,
                "groups": groups,
                "silhouette": next(
                    choice.silhouette
                    for choice in found.choices
                    if choice.groups == groups
                ),
                "stability": sum(found.stability) / len(found.stability),
                "stability_low": min(found.stability),
                "choices": [choice._asdict() for choice in found.choices],
                "compared": [features[at].code for at in found.columns],
                "left_out": [
                    feature.code
                    for at, feature in enumerate(features)
                    if at not in found.columns
                ],
            }
        )

    def _create_clusters(self, features, amounts, values, found):
        """Write the groups, named in each language that is installed."""
        total = amounts.sum()
        vals_list = []
        for group, peculiar in enumerate(found.profile):
            mine = found.labels == group
            means = values[mine].mean(axis=0, dtype=float)
            vals_list.append(
                {
                    "run_id": self.id,
                    "sequence": group + 1,
                    "name": str(group + 1),
                    "size": int(mine.sum()),
                    "size_share": 100 * float(mine.mean()),
                    "amount": float(amounts[mine].sum()),
                    "amount_share": 100 * float(amounts[mine].sum() / total)
                    if total > 0
                    else 0,
                    "profile": [
                        {
                            "code": features[at].code,
                            "mean": round(float(means[at]), 2),
                            "score": round(float(score), 2),
                        }
                        for at, score in zip(found.columns, peculiar, strict=True)
                    ],
                }
            )
        made = self.env["crm.cluster"].create(vals_list)
        made._name_by_profile()
        return made

    def _write_members(self, cluster_ids, ids, amounts, orders, found):
        for first in range(0, len(ids), BATCH):
            part = slice(first, first + BATCH)
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO crm_cluster_member (
                           run_id, cluster_id, partner_id, distance, amount, orders)
                    SELECT %s, of_ids.cluster_ids[m.label + 1], m.partner_id,
                           m.distance, m.amount, m.orders
                      FROM (SELECT %s::int[] AS cluster_ids) AS of_ids,
                           unnest(%s::int[], %s::int[], %s::float8[], %s::numeric[],
                                  %s::int[])
                           AS m (partner_id, label, distance, amount, orders)
                    """,
                    self.id,
                    list(cluster_ids),
                    ids[part].tolist(),
                    found.labels[part].tolist(),
                    found.distances[part].tolist(),
                    amounts[part].tolist(),
                    orders[part].astype(int).tolist(),
                )
            )
        self.env["crm.cluster.member"].invalidate_model()
