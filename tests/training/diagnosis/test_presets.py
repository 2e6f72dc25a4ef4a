"""Every broken preset is caught in time, and its advice ends the diagnosis; the whole table is the benchmark's."""

from __future__ import annotations

import pytest

from tests.benchmarks.diagnosis import BROKEN, Broken, broken, healthy

QUICK = ("zero-init", "linear-collapse", "dying-relu-one-layer", "squared-or-cross-entropy", "maximise")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=() if case.preset in QUICK else pytest.mark.slow, id=f"{case.preset}-{case.rule}")
        for case in BROKEN
    ],
)
def test_a_broken_preset_is_caught_and_its_advice_ends_it(case: Broken) -> None:
    caught = [broken(case, seed) for seed in (11, 12, 13)]
    assert all(each.at is not None and each.at <= case.within for each in caught)
    assert sum(each.cleared for each in caught) >= 2


@pytest.mark.parametrize("preset", ["spirals", "xor", pytest.param("digits", marks=pytest.mark.slow)])
def test_of_a_healthy_preset_nothing_is_said(preset: str) -> None:
    assert healthy(preset, False, 14) == ()
