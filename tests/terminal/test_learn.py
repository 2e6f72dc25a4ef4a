"""A lesson in a real terminal, as somebody goes through it who has never heard of a dead neuron."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.dashboard import TITLES, Dashboard


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 120])
def test_the_first_steps_of_a_lesson(tmp_path: Path, columns: int) -> None:
    progress = {"NNTUI_PROGRESS": str(tmp_path / "progress.json")}
    with Dashboard("learn", columns=columns, rows=24 if columns == 80 else 40, environment=progress) as dashboard:
        dashboard.wait_for("Lessons")
        dashboard.strike("down", "down", "down", "down")
        dashboard.wait_for("Kill half a layer")
        dashboard.press("enter")
        dashboard.wait_for("Step 1 of")
        dashboard.until(lambda: dashboard.state == "paused")
        dashboard.press("escape")
        dashboard.until(lambda: "Step 1 of" not in dashboard.text and "Dead neurons 1/8" in dashboard.text)
        dashboard.press(*">" * 3, "space")
        dashboard.wait_for("Dead neurons 1/8: done")
        dashboard.until(lambda: dashboard.titles() == set(TITLES) and "never fire" in dashboard.text)
        dashboard.press("L")
        dashboard.wait_for("Step 2 of 8")
        dashboard.press("escape", "A")
        dashboard.wait_for("no gradient")
        dashboard.press("escape")
        dashboard.wait_for("Dead neurons 2/8: done")
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []
