"""Which epochs the curves show."""

from __future__ import annotations

import pytest

from nntui.tui.zoom import LEAST, Zoom


def test_at_first_the_whole_run_is_shown() -> None:
    assert Zoom().window(37.0, 200.0) == (0.0, 200.0)


def test_closer_follows_the_newest_epoch_and_mostly_stands_still() -> None:
    zoom = Zoom()
    zoom.closer(150.0, 200.0)
    starts = set()
    for tenth in range(1500, 1700):
        left, right = zoom.window(tenth / 10, 200.0)
        assert right - left == 100
        assert left <= tenth / 10 <= right
        starts.add(left)
    assert len(starts) <= 3


def test_closer_and_wider_lead_back() -> None:
    zoom = Zoom()
    spans = []
    for _ in range(4):
        zoom.closer(150.0, 200.0)
        left, right = zoom.window(150.0, 200.0)
        spans.append(right - left)
    assert spans == [100, 50, 20, 10]
    for span in (20, 50, 100):
        zoom.wider(150.0, 200.0)
        left, right = zoom.window(150.0, 200.0)
        assert right - left == span
    zoom.wider(150.0, 200.0)
    assert zoom.span is None
    assert zoom.window(150.0, 200.0) == (0.0, 200.0)


def test_nothing_is_closer_than_two_epochs() -> None:
    zoom = Zoom()
    for _ in range(40):
        zoom.closer(9.0, 10.0)
    assert zoom.span == LEAST


@pytest.mark.parametrize("cursor", [0.0, 3.0, 77.0, 149.0])
def test_about_the_cursor_it_stays_where_it_stands(cursor: float) -> None:
    zoom = Zoom()
    zoom.closer(150.0, 200.0, cursor)
    left, right = zoom.window(150.0, 200.0, cursor)
    share = cursor / 200
    assert left <= cursor <= right
    assert share < 0.1 or (cursor - left) / (right - left) == pytest.approx(share)


def test_the_cursor_pushes_the_window_along_and_gone_it_follows_the_newest_again() -> None:
    zoom = Zoom()
    zoom.closer(150.0, 200.0)
    zoom.closer(150.0, 200.0)
    newest = zoom.window(150.0, 200.0)
    seen = [zoom.window(150.0, 200.0, cursor) for cursor in range(150, 20, -1)]
    assert all(left <= cursor <= right for cursor, (left, right) in zip(range(150, 20, -1), seen, strict=True))
    assert seen[-1][0] < 30
    assert zoom.window(150.0, 200.0) == newest


def test_the_wheel_goes_closer_about_where_it_points() -> None:
    zoom = Zoom()
    zoom.closer(150.0, 200.0, at=50.0)
    assert zoom.window(150.0, 200.0) == (25.0, 125.0)
    zoom.wider(150.0, 200.0, at=50.0)
    assert zoom.window(150.0, 200.0) == (0.0, 200.0)
