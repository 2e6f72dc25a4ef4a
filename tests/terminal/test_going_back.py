"""Going back, changing something and going on, with a real training process; and after everything was killed."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from nntui.runs.catalogue import list_runs
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from tests.terminal.dashboard import Dashboard

STEADY = ("xor", "--set", "training.epochs=100000000", "--set", "training.pace=60")


def cursor(dashboard: Dashboard) -> int:
    """The epoch looked at, as the status line says it."""
    found = re.search(r"looking at epoch ([\d,]+)", dashboard.text)
    return int(found.group(1).replace(",", "")) if found else -1


def killed(place: tuple[str, str]) -> None:
    """A run recorded in this place, with every process of it killed."""
    with Dashboard(*STEADY, *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > 30)
        for pid in reversed(dashboard.family()):
            os.kill(pid, signal.SIGKILL)
        dashboard.wait_end()


@pytest.mark.slow
def test_a_run_goes_back_goes_on_otherwise_and_returns(tmp_path: Path) -> None:
    with Dashboard(*STEADY, "--runs", str(tmp_path)) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > 60)
        dashboard.press("left", "left")
        dashboard.until(lambda: cursor(dashboard) > 0)
        seen = dashboard.epoch
        dashboard.until(lambda: dashboard.epoch > seen)  # the training goes on
        dashboard.press("home")
        dashboard.until(lambda: cursor(dashboard) == 0)
        for _ in range(3):
            before = cursor(dashboard)
            dashboard.press("right")
            dashboard.until(lambda before=before: cursor(dashboard) > before and "fetching" not in dashboard.text)  # type: ignore[misc]
        at = cursor(dashboard)
        dashboard.press("enter")
        dashboard.until(lambda: (dashboard.state, dashboard.epoch) == ("paused", at) and cursor(dashboard) < 0)
        dashboard.press("]")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1.25")
        dashboard.until(lambda: f"without lr 0.5 → 0.625 at {at}" in dashboard.text)  # the ghost
        dashboard.press("space")
        dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > at + 5)

        dashboard.press("t")
        dashboard.until(lambda: f"lr 0.5 → 0.625 at {at}" in dashboard.text and "goes on there" in dashboard.text)
        dashboard.press("up", "enter")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1" and dashboard.epoch > 60)
        dashboard.until(lambda: dashboard.state == "running")

        dashboard.press("]")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1.25")
        dashboard.press("u")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1" and "Undone" in dashboard.text)
        dashboard.press("U")
        dashboard.until(lambda: dashboard.setting("rate scale") == "1.25" and "Redone" in dashboard.text)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []
    listed = list_runs(tmp_path)
    assert len(listed) >= 2
    for one in listed:
        assert first_difference(open_run(one.path)) is None


@pytest.mark.slow
def test_after_everything_was_killed_the_run_is_offered(tmp_path: Path) -> None:
    place = ("--runs", str(tmp_path))
    killed(place)
    with Dashboard(*STEADY, *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: "A run of xor was interrupted after epoch" in dashboard.text)
        found = re.search(r"interrupted after epoch ([\d,]+)", dashboard.text)
        assert found is not None
        epochs = int(found.group(1))
        dashboard.press("o")
        dashboard.until(lambda: "On with xor" in dashboard.text and dashboard.epoch > epochs)
        assert "interrupted" not in dashboard.text
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    assert all(one.summary is not None and one.summary.state == "stopped" for one in list_runs(tmp_path))


@pytest.mark.slow
def test_an_offer_that_was_declined_is_not_made_again(tmp_path: Path) -> None:
    place = ("--runs", str(tmp_path))
    killed(place)
    with Dashboard(*STEADY, *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: "was interrupted" in dashboard.text)
        dashboard.press("escape")
        dashboard.until(lambda: "was interrupted" not in dashboard.text)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    with Dashboard(*STEADY, *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > 10)
        assert "was interrupted" not in dashboard.text


@pytest.mark.slow
def test_a_replay_goes_to_any_epoch_and_says_what_it_is(tmp_path: Path) -> None:
    place = ("--runs", str(tmp_path))
    with Dashboard(*STEADY, *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > 60)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    [listed] = list_runs(tmp_path)
    assert listed.summary is not None
    last = listed.summary.epochs
    with Dashboard("replay", "last", "--pace", "5", *place) as dashboard:
        dashboard.until(lambda: "Replaying, read-only" in dashboard.text and dashboard.epoch >= 1)
        dashboard.press("space")
        dashboard.until(lambda: dashboard.state == "paused")
        dashboard.press("end")
        dashboard.until(lambda: cursor(dashboard) == last)
        dashboard.press("enter")
        dashboard.until(lambda: dashboard.epoch == last and cursor(dashboard) < 0)
        dashboard.press("home", "right", "right", "enter")
        dashboard.until(lambda: 0 < dashboard.epoch < last)
        dashboard.press("]")
        dashboard.until(lambda: "this is a recording" in dashboard.text.lower())
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    assert list_runs(tmp_path)[0].summary == listed.summary


def test_without_a_recording_there_is_no_way_back(tmp_path: Path) -> None:
    with Dashboard(*STEADY, "--no-record") as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > 10)
        dashboard.press("left")
        dashboard.until(lambda: "not recorded" in dashboard.text)
        dashboard.press("enter")
        dashboard.until(lambda: "no way back" in " ".join(dashboard.text.split()))
        dashboard.press("escape")
        dashboard.until(lambda: "looking at" not in dashboard.text)
        assert dashboard.state == "running"
