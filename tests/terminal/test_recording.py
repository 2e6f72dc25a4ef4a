"""A dashboard that is left can be gone back to."""

from __future__ import annotations

from pathlib import Path

import pytest

from nntui.runs.catalogue import list_runs
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from tests.terminal.dashboard import FLAT_OUT, Dashboard


@pytest.mark.slow
def test_a_run_is_left_and_taken_up_again_where_it_was(tmp_path: Path) -> None:
    place = ("--runs", str(tmp_path))
    with Dashboard(*FLAT_OUT, *place) as dashboard:
        dashboard.begun()
        dashboard.press("]")
        dashboard.until(lambda: dashboard.epoch > 500)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    [listed] = list_runs(tmp_path)
    summary = listed.summary
    assert summary is not None
    assert (summary.preset, summary.state) == ("xor", "stopped")
    with Dashboard("resume", "last", *place) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.epoch > summary.epochs)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
    assert len(list_runs(tmp_path)) == 1
    assert first_difference(open_run(listed.path)) is None
