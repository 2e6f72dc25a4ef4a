"""Every test has a home of its own, and the same surroundings on every machine."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.harness.isolation import Guard, Home, at_home, usual_process

ROOT = Path(__file__).parents[1]

# The same examples at every run; NNTUI_EXPLORE=1 draws new ones. On a busy machine an example may take long.
settings.register_profile(
    "nntui",
    derandomize=not os.environ.get("NNTUI_EXPLORE"),
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("nntui")

# Before any module of Textual or NumPy is imported: they read the environment then.
usual_process()
_user = dict(os.environ)
_guard = Guard(_user, [ROOT, tempfile.gettempdir(), sys.prefix, sys.base_prefix, *filter(None, sys.path)])
_session = contextlib.ExitStack()
_homes = Path(_session.enter_context(tempfile.TemporaryDirectory(prefix="nntui-tests-", ignore_cleanup_errors=True)))
_session.enter_context(at_home(_homes / "session"))
_numbers = count()
_guard.install()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the whole suite in parallel, with one process more than cores, because tests often wait (``-n0``: in one)."""
    if "PYTEST_XDIST_WORKER" in os.environ or not config.pluginmanager.hasplugin("xdist"):
        return  # one of those processes, or a child of one: it must never start others
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.usepdb
    if whole and config.option.numprocesses is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        config.option.numprocesses, config.option.dist = cores + 1, "worksteal"


@pytest.fixture
def guard() -> Guard:
    """What refuses this session the user's files."""
    return _guard


@pytest.fixture(autouse=True)
def home() -> Iterator[Home]:
    """A new home: in this process, in each that it starts, and gone afterwards."""
    with at_home(_homes / str(next(_numbers)), _user) as own:
        yield own
    trespasses, _guard.trespasses = _guard.trespasses, []
    assert trespasses == []


def pytest_unconfigure() -> None:
    _session.close()
