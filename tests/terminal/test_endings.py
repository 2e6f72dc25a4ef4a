"""The end of the dashboard when something in it hangs, or its terminal does."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.hangups import KINDS, trial
from tests.terminal.dashboard import FLAT_OUT, Dashboard
from tests.terminal.test_failures import gone

HANGS = """
import pathlib, sys, threading, time
from nntui.tui import exit_guard
from nntui.tui.drawings import loss
from nntui.cli import main

exit_guard.PATIENCE = 0.5
draw, asked = loss.draw, pathlib.Path({asked!r})

def hanging(request):
    if asked.exists():
        asked.unlink()
        {hang}
    return draw(request)

loss.draw = hanging
sys.exit(main(sys.argv[1:]))
"""
LOCK = "lock = threading.Lock(); lock.acquire(); lock.acquire()"
LOOP = "exec('while True: pass')"
THREAD = "import asyncio; asyncio.get_running_loop().run_in_executor(None, time.sleep, 1000)"
IN_C = "import re; re.match('(x+)+y', 'x' * 100)"
"""One call that lets no other thread run, ever."""


@contextmanager
def hanging(hang: str, folder: Path) -> Iterator[Dashboard]:
    """A dashboard that trains flat out, and then meets this while it draws."""
    asked = folder / "hang"
    program = [sys.executable, "-c", HANGS.format(hang=hang, asked=str(asked)), *FLAT_OUT]
    with Dashboard(*FLAT_OUT, program=program) as dashboard:
        dashboard.begun()
        asked.touch()
        dashboard.until(lambda: not asked.exists())
        yield dashboard


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hang", "way"),
    [
        pytest.param(LOCK, signal.SIGTERM, id="lock"),
        pytest.param(LOCK, signal.SIGHUP, id="lock-hangup", marks=pytest.mark.slow),
        pytest.param(LOOP, signal.SIGTERM, id="loop", marks=pytest.mark.slow),
        pytest.param(THREAD, signal.SIGTERM, id="thread", marks=pytest.mark.slow),
    ],
)
def test_hanging_dashboard_ends_in_time_and_leaves_nothing(hang: str, way: signal.Signals, tmp_path: Path) -> None:
    with hanging(hang, tmp_path) as dashboard:
        child = dashboard.trainer()
        dashboard.send_signal(way)
        assert dashboard.wait_exit(20) == 128 + way
        assert dashboard.leftovers() == []
        assert gone(child)


@pytest.mark.slow
def test_endless_call_that_keeps_the_interpreter_ends_too(tmp_path: Path) -> None:
    with hanging(IN_C, tmp_path) as dashboard:
        family = dashboard.family()
        dashboard.send_signal(signal.SIGTERM)
        dashboard.wait_end(20)
        assert all(gone(pid) for pid in family)


@pytest.mark.slow
def test_quitting_with_a_hanging_thread_ends_in_order(tmp_path: Path) -> None:
    with hanging(THREAD, tmp_path) as dashboard:
        dashboard.press("q")
        assert dashboard.wait_exit(20) == 0
        assert dashboard.leftovers() == []


@pytest.mark.slow
@pytest.mark.parametrize("way", [signal.SIGTERM, pytest.param("q", marks=pytest.mark.slow)])
def test_terminal_that_reads_nothing_does_not_keep_the_program(way: signal.Signals | str) -> None:
    with Dashboard(*FLAT_OUT, columns=200, rows=60) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        with dashboard.stalled():
            for _ in range(10):
                dashboard.press(*"123456")
            dashboard.send_signal(way) if isinstance(way, signal.Signals) else dashboard.press(way)
            assert dashboard.wait_end(20) == (0 if way == "q" else 143)
        assert gone(child)


@pytest.mark.slow
def test_terminal_that_read_nothing_for_a_while_shows_the_present() -> None:
    with Dashboard(*FLAT_OUT, columns=200, rows=60) as dashboard:
        dashboard.begun()
        with dashboard.stalled():
            for _ in range(36):  # 252 keys: 256 that are read together would be a paste
                dashboard.press(*"1234561")
        dashboard.press("space")
        dashboard.until(lambda: dashboard.state == "paused" and "Hyperparameters" in dashboard.titles())
        epoch = dashboard.epoch
        dashboard.press("n")
        dashboard.until(lambda: dashboard.state == "paused" and dashboard.epoch == epoch + 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_no_process_is_left_by_an_end_at_a_random_moment(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    for number in range(3):
        seconds, left = trial(KINDS[name], chance, tmp_path / str(number))
        assert not left, f"trial {number}: {left} after {seconds:.1f} s"
