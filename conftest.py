"""A test that is skipped has proved nothing: the run fails on it."""

import dataclasses

import freezegun
import pytest

# How long a test took is told by the real clock, also of one that stops time.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


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
