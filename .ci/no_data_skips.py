"""A pytest plugin: a test marked `data` that was skipped although W2VCORE_DATA names a folder fails the run.

`.ci/run` loads it with ``-p no_data_skips``.
"""

import os
from pathlib import Path

import pytest

skipped = []


def _data_is_here():
    folder = os.environ.get("W2VCORE_DATA")
    return bool(folder) and Path(folder).is_dir()


def pytest_runtest_logreport(report):
    """Note the tests marked `data` that did not run."""
    lacks_device = "gpu" in report.keywords  # CI has the data, but no GPU
    if report.skipped and "data" in report.keywords and not lacks_device and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report):
    """Note whole files that skip themselves; their tests, and so their marks, are never seen."""
    path = Path(getattr(report, "fspath", "") or "")
    if report.skipped and path.is_file() and "mark.data" in path.read_text(encoding="utf8"):
        skipped.append(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Fail the run."""
    if skipped and _data_is_here() and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say which."""
    if skipped and _data_is_here():
        terminalreporter.section("data tests skipped although W2VCORE_DATA is there", red=True)
        for nodeid in skipped:
            terminalreporter.write_line(nodeid)
