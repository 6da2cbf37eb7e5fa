"""The suite comes onto a database in use, and leaves it without a trace.

A database of its own is made: the base without the suite, its own snapshot of tables,
columns, functions, triggers and records as the measure.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import odoo as tool
from tools import postgres, settings

DATABASE = "crm_test_uninstall"
WORK = """
partner = env["res.partner"].create({"name": "Anna Berg", "email": "a@n.example.com"})
env["crm.interaction"].create({"name": "Call", "partner_id": partner.id})
partner.message_post(body="Hello", author_id=partner.id, message_type="email")
env.cr.commit()
assert env["crm.timeline"].search_count([("partner_id", "=", partner.id)]) == 2
"""
UNINSTALL = """
suite = env["ir.module.module"].search([("name", "=", "crm_base")])
suite.button_immediate_uninstall()
"""
# Writing to every table that had triggers must work as before.
USE = """
partner = env["res.partner"].search([("email", "=", "a@n.example.com")])
partner.write({"name": "Anna Weber", "parent_id": env.company.partner_id.id})
partner.message_post(body="Hello again", author_id=partner.id, message_type="email")
partner.activity_schedule(summary="Call").action_feedback()
partner.unlink()
env.cr.commit()
"""
TRACES = {
    "tables": "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v')"
    " AND relnamespace = 'public'::regnamespace",
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "functions": "SELECT proname FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "models": "SELECT model FROM ir_model",
    "views": "SELECT name FROM ir_ui_view",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "crons": "SELECT cron_name FROM ir_cron",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "actions": "SELECT name->>'en_US' FROM ir_actions",
    "parameters": "SELECT key FROM ir_config_parameter",
    "data": "SELECT module || '.' || name FROM ir_model_data"
    " WHERE module LIKE 'crm\\_%'"
    " AND module NOT IN (SELECT name FROM ir_module_module WHERE state = 'installed')",
}


class TestUninstall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.config, cls.env = settings.load(), dict(os.environ)
        base = tool.ensure_base(cls.config, cls.env, demo=False)
        tool.drop(cls.env, DATABASE)
        tool.copy(cls.env, base, DATABASE)
        cls.addClassCleanup(tool.drop, cls.env, DATABASE)

    def _run(self, script: str) -> None:
        done = subprocess.run(
            tool.command(
                self.config, DATABASE, "--no-http", "--log-level=warn", verb="shell"
            ),
            env=tool.environment(self.env),
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        told = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, told[-3000:])
        self.assertEqual(tool.complaints(told), [])

    def _traces(self) -> dict[str, set[str]]:
        return {
            name: set(postgres.sql(self.env, query, DATABASE).splitlines())
            for name, query in TRACES.items()
        }

    def test_suite_leaves_no_trace(self):
        before = self._traces()
        tool.build(self.config, self.env, DATABASE, install=tool.suite())
        self._run(WORK)
        self._run(UNINSTALL)
        after = self._traces()
        for name, traces in after.items():
            with self.subTest(traces=name):
                self.assertEqual(traces - before[name], set())
        self._run(USE)
        tool.build(self.config, self.env, DATABASE, install=tool.suite())
        self._run("assert env['crm.timeline']._differences() == {}")
