"""The first start in a real terminal: the run waits for the choice; a named preset does not."""

from __future__ import annotations

import pytest

from tests.harness.isolation import Home
from tests.terminal.dashboard import Dashboard


def test_first_run_waits_until_the_newcomer_chooses_to_watch(home: Home) -> None:
    home.first_start()
    with Dashboard(columns=80, rows=24) as screen:
        screen.wait_for("Take the course")
        screen.until(lambda: screen.state == "paused")
        assert screen.epoch == 0
        screen.press("1")
        screen.wait_for("A network is learning · 1 of 6")
        screen.until(lambda: screen.state == "running" and screen.epoch >= 1)
        screen.press("escape")
        screen.until(lambda: "of 6" not in screen.text)
        screen.press("q")
        assert screen.wait_exit() == 0
    with Dashboard(columns=80, rows=24) as screen:  # and never again
        screen.begun()
        assert "Welcome" not in screen.text


@pytest.mark.slow
def test_named_preset_begins_immediately_at_a_first_start(home: Home) -> None:
    home.first_start()
    with Dashboard("xor", columns=80, rows=24) as screen:
        screen.until(lambda: screen.state == "running" and screen.epoch >= 1)
        assert "Welcome" not in screen.text
        screen.wait_for("New here")
