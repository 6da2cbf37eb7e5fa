"""P23: the board of the pipeline with 100,000 leads, with our cards and without."""

from collections.abc import Callable, Iterator

from odoo.fields import Domain

from . import session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER
from .generator.sizes import Size
from .p13_tickets import leave_out_views, spec
from .p19_day_plan import Day
from .spent import spent

VIEW = "crm.crm_case_kanban_view_leads"
PAGE = 80
PATIENCE = 90
RATIO = 1.1


class Pipeline:
    """Opened by a seller, whose own deals are shown first, and by who sees them all."""

    def __init__(self, size: Size):
        self.size = size
        self.queries = 0
        with session.environment(size.database, READER) as env:
            view_id = env["ir.model.data"]._xmlid_to_res_id(VIEW)
            self.ours = spec(env, "crm.lead", "kanban", view_id)
            leave_out_views(env)
            self.stock = spec(env, "crm.lead", "kanban", view_id)
        # The views without the suite are cached now, and were rolled back.
        env.registry.clear_all_caches()

    def board(self, whose: str, fields: dict) -> Callable[[], float]:
        def run() -> float:
            with session.environment(self.size.database) as env:
                seller = Day(self.size).prepare(env)
                reader = env["res.users"].search([("login", "=", READER)])
                env = env(user=(seller if whose == "seller" else reader).id)
                self._read(env, fields)  # fills what a server that has run has cached
                env.invalidate_all()
                taken = spent(lambda: self._read(env, fields))
            self.queries = taken.queries
            return 1000 * taken.seconds

        return run

    def _read(self, env, fields: dict) -> None:
        domain = Domain("type", "=", "opportunity")
        if not env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            domain &= Domain("user_id", "=", env.uid)
        env["crm.lead"].web_read_group(
            domain,
            ["stage_id"],
            ["__count", "expected_revenue:sum"],
            auto_unfold=True,
            unfold_read_specification=fields,
            unfold_read_default_limit=PAGE,
        )


@benchmark("P23", "board of the pipeline with 100,000 leads", sizes=("S", "L"))
def pipeline(size: Size) -> Iterator[Result]:
    pipeline = Pipeline(size)
    for whose in ("seller", "all"):
        sides = [pipeline.board(whose, of) for of in (pipeline.ours, pipeline.stock)]
        sides[1]()
        note = f"against {pipeline.queries} queries without our cards"
        sides[0]()
        note = f"{pipeline.queries} queries {note}"
        ours, theirs = in_turn(*sides, rounds=3, patience=PATIENCE)
        goal = RATIO if size.name == "L" else None
        yield Result(ours, theirs, part=whose, goal=goal, note=note)
