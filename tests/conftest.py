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
