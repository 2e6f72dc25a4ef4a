"""The range test finds rates that train well, and leaves the run alone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment, InvalidValue
from nntui.nn.evaluate import evaluate
from nntui.training.range_test import RangeTest, range_test, read_curve, running_median
from nntui.training.session import Session


def experiment(
    data: str = "spirals",
    hidden: tuple[int, ...] = (16,),
    activation: str = "tanh",
    optimizer: str = "sgd",
    seed: int = 0,
) -> Experiment:
    """A small classifier or regression."""
    return Experiment.from_dict(
        {
            "data": {"name": data},
            "network": {"hidden": list(hidden), "activation": activation},
            "optimizer": {"name": optimizer},
            "training": {"seed": seed, "epochs": 1000},
        }
    )


def loss_after(tried: Experiment, steps: int) -> float:
    """Training loss after some steps; infinite where training diverged."""
    session = Session(tried)
    session.advance(steps)
    if session.state == "diverged":
        return np.inf
    return evaluate(session.network, session.loss, session.prepared.train_x, session.prepared.train_y)[0]


@pytest.mark.parametrize(
    ("data", "hidden", "activation", "optimizer"),
    [
        ("spirals", (64, 64), "relu", "momentum"),
        ("digits", (64, 32), "relu", "momentum"),
        ("circles", (16,), "tanh", "momentum"),
        ("waves", (32, 32), "tanh", "sgd"),
        ("breast_cancer", (16,), "relu", "sgd"),
        ("spirals", (32, 32), "relu", "adam"),
    ],
)
@pytest.mark.parametrize("seed", [0, 3])
def test_the_suggestion_is_within_a_factor_3_of_the_best_rate_of_a_grid(
    data: str, hidden: tuple[int, ...], activation: str, optimizer: str, seed: int
) -> None:
    tried = experiment(data, hidden, activation, optimizer, seed)
    suggested = range_test(tried).suggestions[0].learning_rate
    grid = 10.0 ** np.arange(-3.0, 1.1, 0.25)
    losses = [loss_after(tried.with_value("optimizer.learning_rate", float(rate)), 400) for rate in grid]
    best = grid[int(np.argmin(losses))]
    assert 1 / 3 <= suggested / best <= 3


def test_the_cycle_suggested_trains() -> None:
    tried = experiment("spirals", (32, 32), "relu", "momentum")
    cyclic = range_test(tried).suggestions[1]
    changed = tried
    for name, value in cyclic.settings.items():
        changed = changed.with_value(name, value)
    assert changed.schedule.name == "cyclic"
    assert changed.value("schedule.peak") == pytest.approx(4 * changed.optimizer.learning_rate)
    assert loss_after(changed.with_value("schedule.step_size", 100), 800) < 0.3 * loss_after(changed, 1)


def frozen(state: Any) -> Any:
    """A state with its arrays as bytes, to compare."""
    if isinstance(state, dict):
        return {key: frozen(value) for key, value in state.items()}
    return state.tobytes() if isinstance(state, np.ndarray) else state


def test_the_run_goes_on_as_if_nothing_had_been_tested() -> None:
    tried = experiment(optimizer="adam").with_value("network.dropout", 0.2)
    tested, untested = Session(tried), Session(tried)
    for session in (tested, untested):
        session.advance(37)
    before = repr(frozen(tested.state_dict()))
    first = range_test(tested)
    assert repr(frozen(tested.state_dict())) == before
    for session in (tested, untested):
        session.advance(200)
    assert np.array_equal(tested.network.parameters, untested.network.parameters)
    assert range_test(untested).losses[0] != first.losses[0]  # it starts from the weights of now


def test_a_test_can_be_repeated() -> None:
    first, second = range_test(experiment()), range_test(experiment())
    assert np.array_equal(first.losses, second.losses)
    assert first.suggestions == second.suggestions


def test_an_experiment_and_its_fresh_session_give_the_same() -> None:
    tried = experiment()
    session = Session(tried)
    fresh = range_test(session)
    assert np.array_equal(fresh.losses, range_test(tried).losses)
    session.advance(100)
    assert np.array_equal(range_test(session, from_start=True).losses, fresh.losses)


def test_it_ends_where_all_is_lost() -> None:
    found = range_test(experiment("waves"), low=0.01, high=1e6)
    assert len(found.losses) < 400
    assert found.limit is not None
    assert found.limit < 100
    assert len(found.rates) == len(found.losses) == len(found.smooth)


def test_progress_is_told() -> None:
    told: list[float] = []
    range_test(experiment(), high=0.01, steps=50, progress=told.append)
    assert told == [pytest.approx(step / 50) for step in range(1, 51)]


def test_steps_as_long_as_the_rate_are_tested_at_lower_rates() -> None:
    assert range_test(experiment(optimizer="adam")).rates[0] == pytest.approx(1e-5)
    assert range_test(experiment(optimizer="momentum")).rates[0] == pytest.approx(1e-4)
    chosen = range_test(experiment(optimizer="adam"), low=1e-3, high=1e-2, steps=30)
    np.testing.assert_allclose(chosen.rates, np.geomspace(1e-3, 1e-2, 30))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"low": 0.0}, "0 < low < high"),
        ({"low": 1.0, "high": 0.5}, "not 1 and 0.5"),
        ({"high": float("inf")}, "0 < low < high"),
        ({"high": float("nan")}, "0 < low < high"),
        ({"steps": 5}, "at least 20 steps, not 5"),
    ],
)
def test_impossible_tests_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        range_test(experiment(), **arguments)


def test_an_optimizer_without_use_for_a_rate_is_refused() -> None:
    with pytest.raises(InvalidValue, match="rprop"):
        range_test(experiment(optimizer="rprop"))


def test_it_has_a_json_form() -> None:
    found = range_test(experiment("waves"), high=1e6)
    read = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert read["limit"] == found.limit
    assert len(read["suggestions"]) == 5
    assert all({"rule", "settings", "caution"} == row.keys() for row in read["suggestions"])


def curve(*losses: float) -> RangeTest:
    """A curve over the rates 1, 2, 3 …"""
    return read_curve(np.arange(1.0, len(losses) + 1.0), np.array(losses))


def test_the_limit_is_where_the_median_passes_one_and_a_half_times_its_minimum() -> None:
    found = curve(10, 9, 8, 7, 6, 5, 4, 4, 4, 4, 5, 5.5, 6.5, 7, 8, 9, 20)
    # Medians of five from the rate 12 on: 5.5, 6.5, 7; 1.5 times the minimum is 6.
    assert found.limit == 13
    assert found.suggestions[0].learning_rate == pytest.approx(13 / 3)
    assert found.suggestions[1].settings["schedule.peak"] == pytest.approx(13 / 2)
    assert found.suggestions[1].learning_rate == pytest.approx(13 / 8)
    assert found.suggestions[3].learning_rate == pytest.approx(0.7)  # the median is lowest from the rate 7 on


def test_a_spike_alone_is_not_the_limit() -> None:
    assert curve(5, 4, 3, 2, 1, 1, 50, 1, 1, 1, 1, 1).limit is None


def test_a_loss_that_never_rises_is_said_to_have_none() -> None:
    found = curve(9, 8, 7, 6, 5, 4, 3)
    assert found.limit is None
    assert found.suggestions[0].learning_rate == pytest.approx(7 / 3)
    assert "never rose" in found.suggestions[0].caution


def test_a_loss_that_is_lost_at_once_has_its_limit_at_the_first_rate() -> None:
    assert curve(np.inf, np.nan, np.nan, np.nan, np.nan).limit == 1
    assert curve(1, 2, 4, 8, np.nan).limit == 3


def test_the_steepest_point_is_on_a_logarithmic_scale() -> None:
    rates = np.geomspace(1e-3, 10, 41)
    losses = 1 / (1 + np.exp(4 * np.log(rates / 0.1)))
    losses[35:] = 5
    assert read_curve(rates, losses).suggestions[2].learning_rate == pytest.approx(0.1, rel=0.3)


def test_running_median() -> None:
    values = np.array([3.0, 1.0, np.nan, 2.0, 5.0, 4.0, np.inf])
    np.testing.assert_array_equal(running_median(values), [3.0, 2.0, 3.0, 4.0, 5.0, 4.0, 5.0])
