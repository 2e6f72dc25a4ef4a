"""Numbers that stop being finite: the exact step and quantity, the state gone back to, and the way on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.nn.evaluate import evaluate
from nntui.training.commands import Restart, Resume, Set, Step
from nntui.training.events import Diverged, Resumed
from nntui.training.history import History
from nntui.training.session import Session
from tests.training.runs import assert_same, session, train_to

WILD: dict[str, Any] = {"network__activation": "relu", "data__name": "waves", "network__hidden": (8, 8)}


def diverged(run: Session, slices: int = 10**6) -> Diverged:
    told: list[Any] = []
    while run.state == "running" and run.step < 5000:
        told += run.advance(slices)
    assert run.state == "diverged"
    (event,) = told
    assert isinstance(event, Diverged)
    return event


@pytest.mark.parametrize("rate", [1e6, 1e4, 30.0, 3.0])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_a_rate_too_high_is_found_out_and_a_sound_state_is_kept(rate: float, optimizer: str) -> None:
    run = session(**WILD, optimizer__name=optimizer, optimizer__learning_rate=0.01)
    train_to(run, 50)
    run.apply(Set("optimizer.learning_rate", rate))
    event = diverged(run)
    assert 50 <= run.step <= event.step
    assert run.epoch <= event.epoch
    assert np.isfinite(run.network.parameters).all()
    data = run.prepared
    assert evaluate(run.network, run.loss, data.train_x, data.train_y)[0] < 20 * data.guessing_loss
    assert event.quantity in {
        "loss", "test loss",
        *(f"{what} of {layer.name}" for what in ("gradient", "weights") for layer in run.network.layers),
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rate=st.floats(1.0, 1e9), slices=st.integers(1, 300), seed=st.integers(0, 3), late=st.integers(0, 2500))
def test_it_does_not_matter_how_the_run_was_advanced(rate: float, slices: int, seed: int, late: int) -> None:
    runs = [session(**WILD, optimizer__learning_rate=0.01, training__seed=seed, training__epochs=900) for _ in range(2)]
    for run in runs:
        train_to(run, late)
        run.take_rows()
        run.apply(Set("schedule.scale", rate * 100))
    told = []
    for run, slice_ in zip(runs, (10**6, slices), strict=True):
        events: list[Any] = []
        while run.state == "running" and run.step < late + 600:
            events += run.advance(min(slice_, late + 600 - run.step))
        told.append(events)
    assert told[0] == told[1]
    assert_same(runs[0].state_dict(), runs[1].state_dict())
    histories = [History() for _ in runs]
    for run, history in zip(runs, histories, strict=True):
        history.append(run.take_rows())
    for name in ("epoch", "step", "train_loss", "test_loss", "learning_rate"):
        np.testing.assert_array_equal(histories[0].values(name), histories[1].values(name))


@pytest.mark.parametrize("batch_size", [5, 1000])
@pytest.mark.parametrize("rate", [1e3, 1e5])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_step_named_is_the_first_that_is_not_finite(batch_size: int, rate: float, precision: str) -> None:
    values = {
        **WILD, "optimizer__learning_rate": rate, "training__batch_size": batch_size, "training__precision": precision
    }  # fmt: skip
    event = diverged(session(**values))
    loop = session(**values)._loop
    spoilt = ""
    with np.errstate(all="ignore"):
        while not spoilt:
            step, ended = loop.step, loop.run(loop.step + 1)
            if not math.isfinite(loop.lap.last_loss()):
                spoilt = "loss"
            elif not np.isfinite(loop.network.parameters).all():
                spoilt = event.quantity
                assert spoilt.startswith(("gradient of", "weights of"))
            elif ended and not math.isfinite(loop.evaluator.run()[0]):
                spoilt = "test loss"
            elif ended:
                loop.end_epoch(loop.figures())
    assert event == Diverged(step, loop.epoch, spoilt)


def test_a_smaller_scale_carries_it_on() -> None:
    run = session(**WILD, optimizer__learning_rate=0.01)
    train_to(run, 40)
    loss = run.take_rows()[-1, 3]
    run.apply(Set("optimizer.learning_rate", 1e6))
    diverged(run)
    run.apply(Set("schedule.scale", 1e-8))
    assert run.apply(Resume()) == [Resumed(run.step, run.epoch)]
    run.advance(200)
    assert run.state == "running"
    assert run.take_rows()[-1, 3] < 1.1 * loss


def test_unchanged_it_diverges_again_at_the_same_step() -> None:
    run = session(**WILD, optimizer__learning_rate=1e6, schedule__scale=1e3)
    event = diverged(run)
    run.apply(Resume())
    assert diverged(run) == event


def test_a_diverged_run_can_be_stepped_and_restarted() -> None:
    run = session(**WILD, optimizer__learning_rate=1e6, schedule__scale=1e3)
    diverged(run)
    run.apply(Set("schedule.scale", 1e-12))
    run.apply(Step(2))
    run.advance(10)
    assert run.state == "paused"
    run.apply(Restart())
    assert (run.state, run.step) == ("running", 0)


@pytest.mark.parametrize("rate", [2.0, 50.0])
def test_a_history_of_its_rows_has_every_epoch_once(rate: float) -> None:
    run = session(**WILD, optimizer__learning_rate=0.01)
    history = History()
    train_to(run, 50)
    run.apply(Set("optimizer.learning_rate", rate))
    diverged(run)
    history.append(run.take_rows())
    run.apply(Set("schedule.scale", 1e-3))
    run.apply(Resume())
    run.advance(60)
    history.append(run.take_rows())
    assert history.values("epoch").tolist() == list(range(1, run.epoch + 1))


def test_weights_that_start_beyond_all_bounds_diverge_at_the_first_step() -> None:
    run = session(**{**WILD, "network__hidden": (8,) * 6}, network__initializer="normal", network__std=1000.0)
    started = run.started()
    assert not math.isfinite(started.train_loss)
    event = diverged(run)
    assert (event.step, event.quantity) == (0, "loss")


def test_a_change_that_spoils_it_is_not_gone_back_over() -> None:
    run = session(**WILD, optimizer__learning_rate=0.01)
    train_to(run, 33)
    before = run.network.parameters.copy()
    run.apply(Set("optimizer.learning_rate", 1e6))
    run.apply(Set("schedule.scale", 1e9))
    diverged(run)
    assert run.step == 33
    assert run.network.parameters.tobytes() == before.tobytes()


def test_a_healthy_run_is_left_alone() -> None:
    run = session(training__epochs=400)
    run.advance(10**6)
    assert run.state == "finished"


@pytest.mark.parametrize(
    ("hidden", "activation", "rate", "data", "quantity"),
    [
        ((8,), "relu", 1e2, "waves", "loss"),
        ((4, 4, 4), "relu", 1e4, "waves", "gradient of hidden 3"),
        ((4, 4, 4), "identity", 1e6, "waves", "weights of hidden 2"),
        ((8, 8), "identity", 10.0, "moons", "test loss"),
    ],
)
def test_the_quantity_named_is_the_first_in_the_order_of_a_step(
    hidden: tuple[int, ...], activation: str, rate: float, data: str, quantity: str
) -> None:
    run = session(
        network__hidden=hidden, network__activation=activation, optimizer__learning_rate=rate, data__name=data
    )
    assert diverged(run).quantity == quantity


@pytest.mark.parametrize("slices", [10**6, 700, 7])
@pytest.mark.parametrize(("hidden", "peak"), [((8, 8), 50.0), ((240, 240), 5.0)])
def test_a_long_epoch_is_gone_back_in(hidden: tuple[int, ...], peak: float, slices: int) -> None:
    """The rate rises until it is too high, in the middle of an epoch and without a command."""
    values = {
        **WILD, "network__hidden": hidden, "data__samples": 4000, "training__batch_size": 2,
        "schedule__name": "cyclic", "schedule__peak": peak, "schedule__step_size": 20_000,
        "optimizer__learning_rate": 0.001,
    }  # fmt: skip
    run, whole = session(**values), session(**values)
    event = diverged(run, slices)
    assert (event.epoch, event.step > 100) == (0, True)
    assert 0 < run.step <= event.step
    assert event == diverged(whole)
    assert_same(run.state_dict(), whole.state_dict())
    run.apply(Set("schedule.scale", 1e-3))
    run.apply(Resume())
    run.advance(50)
    assert math.isfinite(run.running_loss())
