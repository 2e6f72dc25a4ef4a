"""Runs are called so that those that began later stand behind."""

from __future__ import annotations

import time

from nntui.runs.places import is_identifier, new_id


def test_later_runs_sort_behind() -> None:
    names = []
    for _ in range(30):
        names.append(new_id("two moons"))
        time.sleep(0.002)
    assert names == sorted(names)
    assert len(set(names)) == 30
    assert all(is_identifier(name) for name in names)
