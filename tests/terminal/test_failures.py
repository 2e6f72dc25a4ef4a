"""What happens when things go wrong: each is provoked, in a real terminal, while it trains."""

from __future__ import annotations

import os
import re
import signal
import sys
import time

import pytest

from tests.harness.patience import PATIENCE
from tests.harness.terminal import alive
from tests.terminal.dashboard import ENDLESS, FLAT_OUT, TITLES, Dashboard

DIVERGES = (
    "waves", "--set", "schedule.scale=1e5", "--set", "optimizer.name=momentum", "--set", "network.activation=relu",
    "--set", "training.epochs=100000",
)  # fmt: skip


def gone(pid: int) -> bool:
    """Whether a process ends."""
    deadline = time.monotonic() + PATIENCE
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


@pytest.mark.parametrize(
    ("number", "said"),
    [(signal.SIGKILL, "SIGKILL"), pytest.param(signal.SIGSEGV, "SIGSEGV", marks=pytest.mark.slow)],
)
def test_a_child_that_is_killed_is_told_and_can_be_started_again(number: signal.Signals, said: str) -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        os.kill(child, number)
        dashboard.until(lambda: dashboard.state == "failed" and said in dashboard.text)
        assert re.search(r"\br\b[^.]*starts it again", " ".join(dashboard.text.split()))
        dashboard.press("r")
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch >= 1)
        assert dashboard.trainer() != child
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []


@pytest.mark.slow
def test_a_child_that_hangs_is_given_up_after_five_seconds() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        stopped = time.perf_counter()
        os.kill(child, signal.SIGSTOP)
        dashboard.wait_for(r"no answer for 5 s")
        assert time.perf_counter() - stopped > 4
        assert gone(child)
        dashboard.press("r")
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch >= 1)


@pytest.mark.slow
def test_a_child_that_only_pauses_for_breath_is_not_given_up() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        os.kill(child, signal.SIGSTOP)
        time.sleep(2.0)
        epoch = dashboard.epoch
        os.kill(child, signal.SIGCONT)
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > epoch)
        assert dashboard.trainer() == child


@pytest.mark.slow
def test_quitting_does_not_wait_for_a_child_that_hangs() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        os.kill(child, signal.SIGSTOP)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert gone(child)
        assert dashboard.leftovers() == []


@pytest.mark.slow
def test_a_divergence_is_told_and_a_lower_rate_goes_on() -> None:
    with Dashboard(*DIVERGES) as dashboard:
        dashboard.until(lambda: dashboard.state == "diverged" and "Diverged at" in dashboard.text)
        said = " ".join(dashboard.text.split())
        assert re.search(r"Diverged at step [\d,]+ .*: .+ no longer a finite number", said)
        step = dashboard.step
        dashboard.press(*["["] * 50, "space")
        dashboard.until(lambda: dashboard.state == "running" and (dashboard.epoch >= 1 or dashboard.step > step))
        assert "Diverged" not in dashboard.text
        epoch = dashboard.epoch
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > epoch)


@pytest.mark.slow
def test_a_divergence_that_comes_again_is_told_again() -> None:
    with Dashboard(*DIVERGES) as dashboard:
        for _ in range(3):
            dashboard.until(lambda: dashboard.state == "diverged" and "Diverged at step" in dashboard.text)
            dashboard.press("[", "space")
        dashboard.until(lambda: dashboard.state == "diverged" and "Diverged at step" in dashboard.text)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0


WAYS = {
    "q": 0,
    "ctrl+c": 0,
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
}


@pytest.mark.parametrize("way", ["q", *(pytest.param(way, marks=pytest.mark.slow) for way in list(WAYS)[1:])])
def test_every_way_out_restores_the_terminal_and_leaves_no_child(way: str | signal.Signals) -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        leave(dashboard.begun(), way)


@pytest.mark.slow
@pytest.mark.parametrize("way", [way for way in WAYS if way != "q"], ids=str)
@pytest.mark.parametrize(("key", "shown"), [("e", "Nothing changed"), ("p", "search by"), ("?", "let it go on")])
def test_every_way_out_works_from_a_dialog(way: str | signal.Signals, key: str, shown: str) -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun().press(key)
        dashboard.wait_for(shown)
        leave(dashboard, way)


def leave(dashboard: Dashboard, way: str | signal.Signals) -> None:
    child = dashboard.trainer()
    if isinstance(way, signal.Signals):
        dashboard.send_signal(way)
    else:
        dashboard.press(way)
    assert dashboard.wait_exit() == WAYS[way]
    assert dashboard.leftovers() == []
    assert gone(child)


@pytest.mark.slow
@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.25, 0.4])
def test_a_signal_during_the_start_leaves_nothing_behind(way: signal.Signals, moment: float) -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        time.sleep(moment)
        family = dashboard.family()
        dashboard.send_signal(way)
        dashboard.wait_exit()
        assert dashboard.leftovers() == []
        assert all(gone(pid) for pid in family)


@pytest.mark.slow
def test_the_child_ends_when_the_dashboard_is_killed() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        child = dashboard.trainer()
        dashboard.send_signal(signal.SIGKILL)
        assert dashboard.wait_exit() == -signal.SIGKILL
        assert gone(child)


@pytest.mark.slow
def test_a_terminal_that_closes_ends_both() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        family = dashboard.family()
        dashboard.hang_up()
        assert all(gone(pid) for pid in family)


BROKEN = """
import sys
from nntui.tui.drawings import loss
from nntui.cli import main

draw, calls = loss.draw, 0

def broken(request):
    global calls
    calls += 1
    if calls > 20:
        raise RuntimeError("a bug in a panel")
    return draw(request)

loss.draw = broken
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_an_exception_in_the_dashboard_restores_the_terminal() -> None:
    with Dashboard(program=[sys.executable, "-c", BROKEN, *ENDLESS]) as dashboard:
        dashboard.wait_for("running")
        child = dashboard.trainer()
        assert dashboard.wait_exit() == 1
        assert "a bug in a panel" in dashboard.text
        assert dashboard.leftovers() == []
        assert gone(child)


@pytest.mark.slow
def test_a_smaller_and_a_larger_terminal_lose_nothing() -> None:
    with Dashboard(*FLAT_OUT, columns=200, rows=60) as dashboard:
        dashboard.begun()
        epoch = dashboard.epoch
        dashboard.resize(20, 5)
        dashboard.wait_for("80×24")
        dashboard.press("]")  # changes nothing that cannot be seen
        for columns, rows in ((79, 24), (80, 23), (1, 1), (3, 2), (80, 24)):
            dashboard.resize_seen(columns, rows)
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        dashboard.resize(200, 60)
        dashboard.until(lambda: dashboard.titles() == set(TITLES) and dashboard.setting("rate scale") == "1")
        dashboard.press("]")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1.25")
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > epoch)


@pytest.mark.slow
def test_many_sizes_in_a_row_while_dialogs_are_open() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        for key in ("e", "p", "i", "?", "ctrl+p"):
            dashboard.press(key)
            for columns, rows in ((60, 10), (20, 5), (1, 1), (300, 100), (80, 24), (120, 40)):
                dashboard.resize(columns, rows)
            dashboard.press("escape")
        dashboard.press("space")
        dashboard.until(lambda: dashboard.state == "paused" and dashboard.titles() == set(TITLES))
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []


@pytest.mark.slow
def test_a_terminal_that_reads_nothing_does_not_stop_the_training() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        epoch = dashboard.epoch
        with dashboard.stalled():
            time.sleep(3.0)
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > epoch + 1000)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0


@pytest.mark.slow
def test_two_hundred_keys_in_no_order_break_nothing() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        keys = [*"nb[]{}<>lsm", "tab", "space", "up", "down", "shift+tab", *"[]n "]
        for turn in range(12):
            dashboard.press(*(keys[(turn * 7 + place * 11) % len(keys)] for place in range(18)))
            dashboard.press("i", "escape", "?", "escape", "e", "escape", "p", "escape")
        dashboard.press("r")
        dashboard.until(lambda: dashboard.state in ("running", "paused") and dashboard.titles())
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []
