"""Every schedule follows its paper point by point, and is one function for training and for drawing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nntui.nn.registry import SCHEDULES
from nntui.nn.schedules import ReduceOnPlateau, Schedule, make_schedule

R, T = 0.3, 400


def smith(t: int, base: float, peak: float, step_size: int, mode: str, gamma: float) -> float:
    """The lines of Smith's paper, arXiv 1506.01186, section 3, in its own names."""
    cycle = math.floor(1 + t / (2 * step_size))
    x = abs(t / step_size - 2 * cycle + 1)
    scale: float = {"triangular": 1.0, "triangular2": 1 / 2 ** (cycle - 1), "exp_range": gamma**t}[mode]
    return base + (peak - base) * max(0.0, 1 - x) * scale


def restarts(t: int, period: int, multiplier: int, end: float) -> float:
    """Loshchilov & Hutter, counting the periods down one by one."""
    while t >= period:
        t -= period
        period *= multiplier
    return R * end + 0.5 * R * (1 - end) * (1 + math.cos(math.pi * t / period))


def one_cycle(t: int, rise: float, start: float, end: float, shape: str) -> float:
    def between(first: float, second: float, way: float) -> float:
        if shape == "linear":
            return first + (second - first) * way
        return second + (first - second) / 2 * (1 + math.cos(math.pi * way))

    top = rise * T - 1
    if t <= top:
        return between(R * start, R, t / top)
    return between(R, R * end, min(1.0, (t - top) / (T - 1 - top)))


FORMULAS: list[tuple[str, dict[str, Any], Callable[[int], float]]] = [
    ("constant", {}, lambda t: R),
    ("time_decay", {"decay": 0.02}, lambda t: R / (1 + 0.02 * t)),
    ("time_decay", {}, lambda t: R / (1 + 0.01 * t)),
    ("step_decay", {"factor": 0.4, "drop_every": 37}, lambda t: R * 0.4 ** (t // 37)),
    ("step_decay", {}, lambda t: R * 0.5 ** (t // (T // 5))),
    (
        "multi_step",
        {"milestones": (10, 200, 201), "factor": 0.3},
        lambda t: R * 0.3 ** sum(m <= t for m in (10, 200, 201)),
    ),
    ("multi_step", {"milestones": (90, 7)}, lambda t: R * 0.1 ** sum(m <= t for m in (7, 90))),
    ("multi_step", {}, lambda t: R * 0.1 ** sum(m <= t for m in (T // 2, 3 * T // 4))),
    ("exponential_decay", {"factor": 0.997, "decay_steps": 1}, lambda t: R * 0.997**t),
    ("exponential_decay", {}, lambda t: R * 0.01 ** (t / T)),
    ("polynomial_decay", {"power": 3.0, "decay_steps": 250}, lambda t: R * (1 - min(t, 250) / 250) ** 3),
    ("polynomial_decay", {"end_factor": 0.2}, lambda t: 0.2 * R + 0.8 * R * (1 - min(t, T) / T) ** 2),
    ("linear", {}, lambda t: R * (1 - min(t, T) / T)),
    (
        "linear",
        {"start_factor": 0.5, "end_factor": 0.1, "decay_steps": 100},
        lambda t: R * (0.5 - 0.4 * min(t, 100) / 100),
    ),
    ("cosine_decay", {}, lambda t: R * (1 + math.cos(math.pi * min(t, T) / T)) / 2),
    (
        "cosine_decay",
        {"end_factor": 0.25, "decay_steps": 90},
        lambda t: 0.25 * R + 0.75 * R * (1 + math.cos(math.pi * min(t, 90) / 90)) / 2,
    ),
    ("cosine_restarts", {"period": 30, "multiplier": 2, "end_factor": 0.1}, lambda t: restarts(t, 30, 2, 0.1)),
    ("cosine_restarts", {"period": 45, "multiplier": 1}, lambda t: restarts(t, 45, 1, 0.0)),
    ("cosine_restarts", {"multiplier": 3}, lambda t: restarts(t, round(T / 13), 3, 0.0)),
    *(
        (
            "cyclic",
            {"peak": 1.2, "step_size": s, "mode": mode, "gamma": 0.99},
            lambda t, s=s, mode=mode: smith(t, R, 1.2, s, mode, 0.99),
        )
        for mode in ("triangular", "triangular2", "exp_range")
        for s in (1, 7, 50)
    ),
    ("cyclic", {}, lambda t: smith(t, R, 4 * R, T // 10, "triangular", 1.0)),
    ("one_cycle", {}, lambda t: one_cycle(t, 0.3, 1 / 25, 4e-6, "cosine")),
    (
        "one_cycle",
        {"rise": 0.45, "start_factor": 0.2, "end_factor": 0.01, "anneal": "linear"},
        lambda t: one_cycle(t, 0.45, 0.2, 0.01, "linear"),
    ),
    ("inverse_sqrt", {"timescale": 25}, lambda t: R / math.sqrt(1 + t / 25)),
    ("inverse_sqrt", {}, lambda t: R / math.sqrt(1 + t / (T / 100))),
    ("reduce_on_plateau", {}, lambda t: R),
]


def test_every_schedule_has_its_formula_here() -> None:
    assert {name for name, _, _ in FORMULAS} == set(SCHEDULES)


@pytest.mark.parametrize(("name", "options", "formula"), FORMULAS)
def test_formula(name: str, options: dict[str, Any], formula: Callable[[int], float]) -> None:
    schedule = make_schedule(name, R, T, options)
    steps = range(2 * T)
    expected = [formula(t) for t in steps]
    np.testing.assert_allclose(schedule.values(np.arange(2 * T)), expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(("name", "options", "formula"), FORMULAS)
@pytest.mark.parametrize("warmup", [1, 13])
def test_warmup_rises_in_a_straight_line_to_the_first_rate(
    name: str, options: dict[str, Any], formula: Callable[[int], float], warmup: int
) -> None:
    schedule = make_schedule(name, R, T + warmup, options, warmup)
    expected = [formula(0) * (t + 1) / (warmup + 1) for t in range(warmup)] + [formula(t) for t in range(T)]
    np.testing.assert_allclose(schedule.values(np.arange(T + warmup)), expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("warmup", [0, 10])
def test_one_step_alone_is_the_same_number_as_among_many(name: str, warmup: int) -> None:
    schedule = make_schedule(name, 0.1234567, 317, {}, warmup)
    together = schedule.values(np.arange(400))
    assert all(schedule(step) == together[step] for step in range(400))
    for size in (1, 3, 7, 16, 33):
        assert np.array_equal(
            np.concatenate([schedule.values(np.arange(i, i + size)) for i in range(0, 400, size)])[:400], together
        )
    assert np.array_equal(schedule.values(np.arange(0, 400, 9)), together[::9])


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 3, 10, 1_000_000])
@pytest.mark.parametrize("warmup", [0, 1, 5])
def test_rates_are_sane_for_runs_of_any_length(name: str, total: int, warmup: int) -> None:
    rates = make_schedule(name, 0.5, total, {}, warmup).values(np.unique(np.linspace(0, total + 10, 300).astype(int)))
    assert np.all(np.isfinite(rates))
    assert np.all(rates >= 0.0)
    assert np.all(rates <= 2.0)


@pytest.mark.parametrize("name", SCHEDULES)
def test_values_of_no_steps_are_none(name: str) -> None:
    assert make_schedule(name, 0.5, 100, {}, 3).values(np.empty(0, np.int64)).shape == (0,)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_result_may_be_written_to(name: str) -> None:
    schedule = make_schedule(name, 0.5, 100)
    first = schedule.values(np.arange(10))
    kept = first.copy()
    first *= 2.0
    assert np.array_equal(schedule.values(np.arange(10)), kept)


@pytest.mark.parametrize("name", SCHEDULES)
def test_an_unknown_option_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} has no option warmth"):
        make_schedule(name, 0.1, 10, {"warmth": 1.0})


@pytest.mark.parametrize("name", SCHEDULES)
def test_only_a_schedule_that_depends_on_the_run_has_an_unknown_future(name: str) -> None:
    schedule = make_schedule(name, 0.1, 100)
    if "future" in SCHEDULES[name].traits:
        assert schedule.unknown_from == 0
        assert make_schedule(name, 0.1, 100, {}, 12).unknown_from == 12
    else:
        before = schedule.values(np.arange(100))
        schedule.observe(1e9, 50)
        assert schedule.unknown_from is None
        assert np.array_equal(schedule.values(np.arange(100)), before)


def run(schedule: Schedule, losses: list[float], epoch: int = 10) -> list[float]:
    """The rates of the epochs of a run of these losses."""
    rates = []
    for number, loss in enumerate(losses, start=1):
        rates.append(schedule((number - 1) * epoch))
        schedule.observe(loss, number * epoch)
    return rates


def test_a_plateau_longer_than_the_patience_lowers_the_rate() -> None:
    schedule = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 2, "factor": 0.5})
    assert run(schedule, [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0]) == [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5]


def test_the_past_keeps_its_rates_and_the_future_is_unknown() -> None:
    schedule = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 0, "factor": 0.1})
    run(schedule, [1.0, 1.0, 1.0])
    assert schedule.unknown_from == 30
    np.testing.assert_allclose(schedule.values([0, 19, 20, 29, 30, 900]), [1.0, 1.0, 0.1, 0.1, 0.01, 0.01])


def test_cooldown_threshold_and_floor() -> None:
    cooled = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 0, "factor": 0.5, "cooldown": 2})
    assert run(cooled, [1.0] * 8) == [1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]
    strict = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 0, "factor": 0.5, "threshold": 0.1})
    assert run(strict, [1.0, 0.95, 0.8, 0.7, 0.7]) == [1.0, 1.0, 0.5, 0.5, 0.5]
    floored = make_schedule("reduce_on_plateau", 2.0, 1000, {"patience": 0, "factor": 0.1, "end_factor": 0.05})
    assert run(floored, [1.0] * 5) == pytest.approx([2.0, 2.0, 0.2, 0.1, 0.1])


def test_a_loss_that_is_not_a_number_counts_as_not_lower() -> None:
    schedule = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 1, "factor": 0.5})
    assert run(schedule, [math.nan, math.inf, math.nan, 1.0]) == [1.0, 1.0, 0.5, 0.5]


def test_a_plateau_after_a_warmup_is_not_counted_before_its_end() -> None:
    schedule = make_schedule("reduce_on_plateau", 1.0, 1000, {"patience": 0, "factor": 0.5}, warmup_steps=30)
    run(schedule, [1.0, 1.0, 1.0, 1.0, 1.0])
    assert schedule(30) == 1.0
    assert schedule(49) == 0.5


@pytest.mark.parametrize("warmup", [0, 15])
def test_a_restored_plateau_goes_on_as_it_was(warmup: int) -> None:
    options = {"patience": 3, "factor": 0.7, "cooldown": 2}
    losses = [*np.random.default_rng(1).normal(1.0, 0.1, 80), math.inf, math.nan]
    whole, first, second = (make_schedule("reduce_on_plateau", 0.4, 1000, options, warmup) for _ in range(3))
    expected = run(whole, losses)
    for cut in (0, 1, 31):
        first = make_schedule("reduce_on_plateau", 0.4, 1000, options, warmup)
        for number, loss in enumerate(losses[:cut], start=1):
            first.observe(loss, 10 * number)
        second = make_schedule("reduce_on_plateau", 0.4, 1000, options, warmup)
        second.restore(json.loads(json.dumps(first.state(), allow_nan=False)))
        assert second.unknown_from == first.unknown_from
        for number, loss in enumerate(losses[cut:], start=cut + 1):
            assert second(10 * (number - 1)) == expected[number - 1]
            second.observe(loss, 10 * number)
        assert np.array_equal(second.values(np.arange(900)), whole.values(np.arange(900)))


def test_a_plateau_is_a_schedule_like_the_others() -> None:
    assert isinstance(make_schedule("reduce_on_plateau", 0.1, 10), ReduceOnPlateau)
