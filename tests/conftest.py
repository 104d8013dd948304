"""What every test may use: the outside data, and the gates that say what they counted."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import counting

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data nobody here wrote, kept beside the project and never in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the outside data sets in ../shared/data, beside the project")
    return SHARED_DATA


@pytest.fixture(scope="session")
def counted() -> Callable[[str, int], None]:
    """`counted("published figures compared", 41)`: see tests/counting.py."""
    return counting.counted


def _is_strict() -> bool:
    return os.environ.get("COURTSIDE_CI", "") not in ("", "0")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run keeps the notes of all; workers inherit the folder's name."""
    settings.register_profile("untimed", deadline=None)  # how long an example takes says how busy the machine is
    settings.load_profile("untimed")
    config.pluginmanager.register(Collected(), "courtside-collected")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gates(config), "courtside-gates")


class Collected:
    """In the process that collects: note the gates of every file."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for module in {item.getparent(pytest.Module) for item in session.items}:
            for gate in getattr(module.obj, "GATES", ()) if module else ():
                counting.declared(gate, module.nodeid)


class Gates:
    """In the process that reports: print what every gate counted, and fail the run for an empty one."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.skipped: set[str] = set()
        self.folder = Path(tempfile.mkdtemp(prefix="courtside-gates-"))
        os.environ[counting.NOTES_AT] = str(self.folder)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped.add(report.nodeid.split("::")[0])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._failures() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.config.option.collectonly:
            return
        lines = counting.tally(self.folder).lines(self.skipped)
        if lines:
            terminalreporter.section("gates")
        for line in lines:
            terminalreporter.write_line(line)
        for failure in self._failures():
            terminalreporter.write_line(f"gate failed: {failure}", red=True)

    def pytest_unconfigure(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(counting.NOTES_AT, None)

    def _failures(self) -> list[str]:
        return [] if self._is_narrowed() else counting.tally(self.folder).failures(self.skipped)

    def _is_narrowed(self) -> bool:
        """Whether only a part of the collected tests was asked for: then a gate need not report."""
        option = self.config.option
        asked = (option.keyword, option.markexpr, option.collectonly, getattr(option, "lf", False), option.deselect)
        return any(asked) or any("::" in str(argument) for argument in self.config.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skip is a failure: the machine must have what the suite needs."""
    report = yield
    if _is_strict() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if _is_strict() and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: Any) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
