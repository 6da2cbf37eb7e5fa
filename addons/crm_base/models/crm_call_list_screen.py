from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_datetime, format_duration


class CrmCallList(models.Model):
    """What the calling screen asks for."""

    _inherit = "crm.call.list"

    @api.model
    @api.readonly
    def my_lists(self) -> list[dict]:
        """Give the lists that one may call from now, with how many are waiting."""
        lists = self.search(self._callable_domain())
        return [
            {
                "id": one.id,
                "name": one.name,
                "campaign": one.campaign_id.name or "",
                "waiting": one.todo_count + one.no_answer_count,
                "success": one.success_count,
                "progress": round(one.progress),
            }
            for one in lists
        ]

    @api.model
    def _callable_domain(self) -> Domain:
        return Domain("state", "=", "open") & Domain("user_ids", "in", self.env.uid)

    def next_call(self) -> dict:
        """Take the next entry in hand and give what its caller has to know."""
        self.ensure_one()
        self._check_caller()
        problem = self._closed_because()
        line = self.env["crm.call.list.line"]
        if not problem:
            line = line._take_next(self)
        return self._screen(line, problem)

    def _check_caller(self):
        self.check_access("read")
        if self.env.user not in self.user_ids:
            raise AccessError(
                self.env._(
                    "You are not among the callers of “%(name)s”. %(who)s decides who"
                    " calls.",
                    name=self.name,
                    who=self.user_id.name,
                )
            )

    def _closed_because(self) -> str:
        """Say why nobody may be called from this list today."""
        today = fields.Date.context_today(self)
        if self.state != "open":
            return self.env._(
                "The list is not open. Ask %(who)s.", who=self.user_id.name
            )
        if today < self.date_from:
            return self.env._("The calls begin on %(day)s.", day=self.date_from)
        if self.date_to and today > self.date_to:
            return self.env._("The last day for calls was %(day)s.", day=self.date_to)
        return ""

    def _screen(self, line, problem: str = "") -> dict:
        """Give all that the screen shows."""
        screen = {
            "list": {
                "id": self.id,
                "name": self.name,
                "waiting": self.todo_count + self.no_answer_count,
                "success": self.success_count,
                "reached": self.reached_count,
                "progress": round(self.progress),
            },
            "line": False,
            "problem": problem,
        }
        if line:
            return screen | {"line": line._screen_line()} | line._screen_parts()
        return screen | {"problem": problem or self._nobody_because()}

    def _nobody_because(self) -> str:
        """Say when the next call may be made."""
        lines_sudo = self.env["crm.call.list.line"].sudo()  # counted, not shown
        waiting = Domain("list_id", "=", self.id) & lines_sudo._waiting_domain()
        if not lines_sudo.search_count(waiting, limit=1):
            return self.env._("Everybody on this list was called. Well done!")
        nearest = lines_sudo.search(
            waiting & Domain("date_next", ">", "now"), order="date_next", limit=1
        )
        if nearest and not self._is_closed_hour():
            return self.env._(
                "Nobody may be called at this moment. The next is due on %(when)s.",
                when=format_datetime(self.env, nearest.date_next),
            )
        return self.env._(
            "Nobody may be called at this moment: the list allows calls from %(start)s"
            " to %(stop)s where the customers are.",
            start=format_duration(self.hour_from),
            stop=format_duration(self.hour_to),
        )

    def _is_closed_hour(self) -> bool:
        lines = self.env["crm.call.list.line"]
        return not lines._zones_open(self, fields.Datetime.now())
