"""A test that is skipped has proved nothing: the run fails on it."""

import dataclasses
import os
import shutil
import subprocess

import freezegun
import pytest

# How long a test took is told by the real clock, also of one that stops time.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Give each of several processes its own files: what one clears away, another may
    need."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    from odoo.tools import config

    shared = config.filestore("")
    own = f"{shared}-{worker}"
    shutil.rmtree(own, ignore_errors=True)
    # Hard links: Odoo never changes a stored file, it only adds and removes.
    subprocess.run(["cp", "-al", shared, own], check=True)
    # pytest-odoo has put a stand-in there, which gives the folder shared by all.
    config.filestore.return_value = own
    yield
    shutil.rmtree(own, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_report_to_serializable(report):
    """What a subtest is about goes as text from one process to the other."""
    if context := getattr(report, "context", None):
        texts = {name: str(value) for name, value in context.kwargs.items()}
        report.context = dataclasses.replace(context, kwargs=texts)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line(
            "Tests were skipped, which this project takes for a failure."
        )
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
