"""Twenty agents ask for the next item at the same moment: nobody gets another's.

A database of its own, since each agent has a connection of his own and commits.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import odoo as tool
from tools import settings

DATABASE = "crm_test_agents"
# Odoo's own way to serve a call: begin anew when two transactions collide.
ASK = """
from collections import Counter
from threading import Barrier, Thread

from odoo.service.model import retrying

AGENTS, TICKETS, EACH = 20, 150, 10
group = env.ref("helpdesk_mgmt.group_helpdesk_user_own")
agents = env["res.users"].create([
    {"name": f"Agent {n}", "login": f"queue{n}", "group_ids": [(4, group.id)]}
    for n in range(AGENTS)
])
team = env["helpdesk.ticket.team"].create(
    {"name": "T", "user_ids": [(6, 0, agents.ids)]}
)
customer = env["res.partner"].create({"name": "Anna Berg"})
env["helpdesk.ticket"].create([
    {"name": str(n), "description": "x", "team_id": team.id, "partner_id": customer.id,
     "severity": str(n % 4)}
    for n in range(TICKETS)
])
env.cr.commit()
got, failed, barrier = [], [], Barrier(AGENTS)

def work(uid):
    barrier.wait()
    for _turn in range(EACH):
        with env.registry.cursor() as cr:
            mine = env(cr=cr, user=uid)
            try:
                action = retrying(lambda: mine["crm.work.item"].take_next(), mine)
            except Exception as error:
                failed.append(repr(error))
                continue
            if "res_id" in action:
                got.append((uid, action["res_id"]))

threads = [Thread(target=work, args=(uid,)) for uid in agents.ids]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not failed, failed[:3]
owner = dict((ticket, uid) for uid, ticket in got)
assert len(owner) == TICKETS, f"{len(owner)} of {TICKETS} tickets were handed out"
twice = [t for t, n in Counter(t for _uid, t in set(got)).items() if n > 1]
assert not twice, f"handed to two agents: {twice}"
env.invalidate_all()
for ticket in env["helpdesk.ticket"].browse(owner):
    assert ticket.user_id.id == owner[ticket.id], ticket
print("HANDED OUT", len(got))
"""


class TestWorkQueue(unittest.TestCase):
    def test_no_item_goes_to_two_agents_and_none_is_lost(self):
        config, env = settings.load(), dict(os.environ)
        tool.drop(env, DATABASE)
        tool.copy(env, tool.ensure_base(config, env, demo=False), DATABASE)
        self.addCleanup(tool.drop, env, DATABASE)
        tool.build(config, env, DATABASE, install=["crm_css"])
        done = subprocess.run(
            tool.command(
                config, DATABASE, "--no-http", "--log-level=error", verb="shell"
            ),
            env=tool.environment(env),
            input=ASK,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertIn(
            "HANDED OUT 150", done.stdout, (done.stdout + done.stderr)[-3000:]
        )
