"""Each view in a real terminal of each size, while the network trains."""

from __future__ import annotations

from functools import partial

import pytest

from tests.terminal.dashboard import SPIRALS, Dashboard

VIEWS = (
    ("2", "Gradient flow"), ("3", "Units"), ("4", "Confusion"), ("5", "Loss surface"), ("6", "Branches"), ("1", "Loss"),
)  # fmt: skip
SIZES = ((120, 40), *(pytest.param(*size, marks=pytest.mark.slow) for size in ((80, 24), (200, 60))))


def shows(dashboard: Dashboard, title: str) -> bool:
    """Whether a panel of this title stands there with something in it, over the whole screen."""
    return f" {title} " in dashboard.text and "measuring" not in dashboard.text and dashboard.state == "running"


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_every_view_is_a_key_away(columns: int, rows: int) -> None:
    with Dashboard(*SPIRALS, columns=columns, rows=rows) as dashboard:
        dashboard.begun()
        for key, title in VIEWS:
            dashboard.press(key)
            dashboard.until(partial(shows, dashboard, title))
            assert max(map(len, dashboard.screen)) == columns
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
