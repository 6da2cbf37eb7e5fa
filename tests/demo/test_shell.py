"""``make shell`` runs the script that is piped into it, on the demo database."""

import os
import subprocess

from tools.settings import ROOT


def run_shell(script):
    outer = {"MAKEFLAGS", "MAKELEVEL"}
    env = {key: value for key, value in os.environ.items() if key not in outer}
    return subprocess.run(
        ["make", "--silent", "shell"], cwd=ROOT, env=env, input=script, text=True,
        capture_output=True, timeout=300, check=False,
    )  # fmt: skip


def test_a_script_runs_and_prints_what_it_finds():
    done = run_shell("print(env.ref('crm_base.user_agent').login)")
    assert (done.returncode, done.stdout) == (0, "agent\n"), done.stderr


def test_a_script_that_fails_ends_with_an_error():
    done = run_shell("print('before')\nraise ValueError('on purpose')")
    assert done.returncode != 0
    assert done.stdout == "before\n"
    assert "ValueError: on purpose" in done.stderr
