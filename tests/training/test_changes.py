"""Hyperparameters that change while training: in force from the next step, or refused without a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.experiment.build import build_schedule
from nntui.nn.registry import ACTIVATIONS, OPTIMIZERS, SCHEDULES
from nntui.training.commands import Resume, Set, Value
from nntui.training.events import Changed, Refused, Rescheduled
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from tests.training.runs import assert_same, session, train_to


def changed(run: Session, name: str, value: Value) -> Changed:
    (event,) = run.apply(Set(name, value))
    assert isinstance(event, Changed)
    return event


def test_a_change_says_what_was_what_is_and_from_where() -> None:
    run = session(optimizer__learning_rate=0.1)
    train_to(run, 10)
    assert changed(run, "optimizer.learning_rate", 0.05) == Changed("optimizer.learning_rate", 0.1, 0.05, 10, 1)
    assert run.experiment.optimizer.learning_rate == 0.05


def test_the_value_it_has_already_is_no_change() -> None:
    run = session(optimizer__learning_rate=0.1)
    assert run.apply(Set("optimizer.learning_rate", 0.1)) == []


LIVE: list[tuple[str, Value]] = [
    ("optimizer.learning_rate", 0.01),
    ("schedule.scale", 0.3),
    ("schedule.name", "cosine_decay"),
    ("schedule.warmup_steps", 30),
    *(("optimizer.name", name) for name in OPTIMIZERS if name != "sgd"),
    ("optimizer.momentum", 0.9),
    ("training.batch_size", 4),
    ("training.batch_size", 10_000),
    ("training.shuffle", False),
    ("training.balanced", True),
    ("regularization.l1", 0.01),
    ("regularization.l2", 0.01),
    ("regularization.clip_value", 0.001),
    ("regularization.clip_norm", 0.01),
    ("regularization.max_norm", 0.5),
    ("regularization.input_noise", 0.2),
    ("network.dropout", 0.4),
    ("network.layers.2.dropout", 0.4),
    ("network.layers.1.frozen", True),
    *(("network.activation", name) for name in ACTIVATIONS if name != "tanh"),
    ("network.layers.2.activation", "relu"),
    ("loss.name", "mean_squared_error"),
]


@pytest.mark.parametrize(("name", "value"), LIVE)
def test_a_change_acts_from_its_step_on_and_not_before(name: str, value: Value) -> None:
    run, same = session(), session()
    train_to(run, 10)
    train_to(same, 10)
    before = run.network.parameters.copy()
    changed(run, name, value)
    assert run.network.parameters.tobytes() == before.tobytes()
    run.advance(25)
    same.advance(25)
    assert np.isfinite(run.network.parameters).all()
    assert not np.array_equal(run.network.parameters, same.network.parameters)


@pytest.mark.parametrize(("name", "value"), LIVE)
def test_a_change_before_the_first_step_is_as_if_it_had_been_so(name: str, value: Value) -> None:
    """Where the change does not decide how the run starts."""
    run = session(network__initializer="normal", network__output="sigmoid")
    changed(run, name, value)
    other = Session(run.experiment)
    for each in (run, other):
        each.advance(30)
    assert run.network.parameters.tobytes() == other.network.parameters.tobytes()


REFUSED: list[tuple[str, Any]] = [
    ("network.hidden", (4, 4)),
    ("data.name", "circles"),
    ("data.noise", 0.3),
    ("training.seed", 5),
    ("training.precision", "float64"),
    ("network.output", "identity"),
    ("network.initializer", "zeros"),
    ("optimizer.learning_rate", -1.0),
    ("optimizer.learning_rate", float("nan")),
    ("optimizer.beta1", 0.5),
    ("optimizer.nmae", "adam"),
    ("network.layers.3.activation", "relu"),
    ("network.activation", "softmax"),
    ("loss.name", "categorical_cross_entropy"),
    ("training.batch_size", 0),
    ("training.epochs", 1),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_cannot_change_is_refused_with_a_reason_and_leaves_no_trace(name: str, value: Any) -> None:
    run = session()
    train_to(run, 17)
    before = run.state_dict()
    (event,) = run.apply(Set(name, value))
    assert isinstance(event, Refused)
    assert event.name == name
    assert len(event.reason) > 10
    assert "\n" not in event.reason
    assert_same(run.state_dict(), before)
    assert run.state == "running"


def test_another_optimizer_starts_from_zero_at_the_same_rate() -> None:
    run = session(optimizer__name="adam", optimizer__learning_rate=0.03)
    train_to(run, 20)
    changed(run, "optimizer.name", "momentum")
    assert run.experiment.optimizer.learning_rate == run.learning_rate == 0.03
    state = run.state_dict()["loop"]["optimizer"]
    assert state["steps"] == 0
    assert not any(vector.any() for vector in state.values() if isinstance(vector, np.ndarray))


def test_an_option_of_the_optimizer_keeps_its_state() -> None:
    run = session(optimizer__name="momentum")
    train_to(run, 20)
    before = run.state_dict()["loop"]["optimizer"]
    changed(run, "optimizer.momentum", 0.5)
    assert_same(run.state_dict()["loop"]["optimizer"], before)


@pytest.mark.parametrize("name", SCHEDULES)
def test_another_schedule_is_a_function_of_the_same_step_and_keeps_the_scale(name: str) -> None:
    run = session(schedule__scale=0.5)
    train_to(run, 30)
    if name != "constant":
        changed(run, "schedule.name", name)
    schedule = build_schedule(run.experiment, run.total_steps)
    assert run.learning_rate == 0.5 * schedule(30)
    rates = []
    for _ in range(40):
        rates.append(run.learning_rate)
        run.advance(1)
    if name != "reduce_on_plateau":
        assert rates == [0.5 * schedule(step) for step in range(30, 70)]


def test_a_learning_rate_key_and_a_schedule_multiply() -> None:
    run = session(schedule__name="exponential_decay")
    train_to(run, 20)
    before = run.learning_rate
    changed(run, "schedule.scale", 1.25)
    assert run.learning_rate == pytest.approx(1.25 * before)


def test_another_batch_size_goes_on_with_the_rows_that_are_left() -> None:
    """67 rows: 3 batches of ten, then the 37 left in batches of 4: ten of them, the last of one row."""
    run = session(training__epochs=2)
    train_to(run, 3)
    changed(run, "training.batch_size", 4)
    assert run.steps_per_epoch == 17
    assert run.total_steps == 3 + 10 + 17
    run.advance(9)
    assert run.epoch == 0
    run.advance(1)
    assert run.epoch == 1
    run.advance(10**6)
    assert (run.epoch, run.step) == (2, 30)
    assert run.take_rows()[:, INDEX["step"]].tolist() == [13, 30]


def test_every_row_is_trained_once_in_an_epoch_whose_batch_size_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    run = session(data__name="moons")
    seen: list[bytes] = []
    compile_ = run._loop._compile

    def noted(rows: Any) -> Any:
        trainer = compile_(rows)
        begin, run_ = trainer.begin_epoch, trainer.run
        inputs = run.prepared.train_x if rows is None else run.prepared.train_x[rows]
        order: list[Any] = []

        def begin_epoch(given: Any) -> None:
            order[:] = [given]
            begin(given)

        def run_steps(first: int, stop: int, rates: Any) -> None:
            size = trainer.batch_size
            seen.extend(row.tobytes() for row in inputs[order[0][first * size : stop * size]])
            run_(first, stop, rates)

        monkeypatch.setattr(trainer, "begin_epoch", begin_epoch)
        monkeypatch.setattr(trainer, "run", run_steps)
        return trainer

    monkeypatch.setattr(run._loop, "_compile", noted)
    run._loop.recompile()
    run.advance(2)
    for size in (3, 20, 1, 7):
        changed(run, "training.batch_size", size)
        run.advance(1)
    run.advance(run._loop.lap.remaining)
    assert run.epoch == 1
    assert sorted(seen) == sorted(row.tobytes() for row in run.prepared.train_x)


def test_figures_of_an_epoch_that_changed_cover_all_its_rows() -> None:
    """At a rate so small that nothing moves, the epoch's figures are those of the network."""
    run, same = (session(optimizer__learning_rate=1e-12, data__name="waves") for _ in range(2))
    train_to(run, 2)
    changed(run, "training.batch_size", 3)
    while run.epoch == 0:
        run.advance(1)
    while same.epoch == 0:
        same.advance(1)
    one, other = run.take_rows()[0], same.take_rows()[0]
    for name in ("train_loss", "train_score", "test_loss", "test_score"):
        assert one[INDEX[name]] == pytest.approx(other[INDEX[name]], rel=1e-5)


def test_a_frozen_layer_keeps_its_weights() -> None:
    run = session()
    train_to(run, 10)
    changed(run, "network.layers.1.frozen", True)
    held = run.network.layers[0].matrix.copy()
    run.advance(30)
    np.testing.assert_array_equal(run.network.layers[0].matrix, held)
    changed(run, "network.layers.1.frozen", False)
    run.advance(10)
    assert not np.array_equal(run.network.layers[0].matrix, held)


def test_one_layer_and_all_layers_can_have_another_activation() -> None:
    run = session()
    changed(run, "network.layers.2.activation", "relu")
    assert [layer.spec.activation for layer in run.network.layers] == ["tanh", "relu", "sigmoid"]
    changed(run, "network.activation", "elu")
    assert [layer.spec.activation for layer in run.network.layers] == ["elu", "elu", "sigmoid"]


def test_another_loss_is_not_compared_with_the_one_before() -> None:
    """Cross-entropy is larger than squared error; that alone must not stop the run or lower the rate."""
    run = session(
        loss__name="mean_squared_error", network__output="sigmoid", schedule__name="reduce_on_plateau",
        schedule__patience=3, training__patience=4, training__epochs=1000, optimizer__learning_rate=0.01,
    )  # fmt: skip
    train_to(run, 20 * run.steps_per_epoch)
    before = run.learning_rate
    run.apply(Set("loss.name", "binary_cross_entropy"))
    train_to(run, 40 * run.steps_per_epoch)
    assert run.state == "running"
    assert run.learning_rate == before


EPOCHS, STEPS = 6, 7  # of `finished`: 68 samples in batches of 10


def finished(name: str, **values: Any) -> Session:
    """A run that has trained its six epochs."""
    run = session(schedule__name=name, training__epochs=EPOCHS, **values)
    run.advance(1000)
    assert (run.state, run.step) == ("finished", EPOCHS * STEPS)
    return run


@pytest.mark.parametrize("name", sorted(SCHEDULES))
@pytest.mark.parametrize("warmup", [0, 5])
def test_longer_run_reports_the_rate_that_its_schedule_moves(name: str, warmup: int) -> None:
    run = finished(name, schedule__warmup_steps=warmup)
    unchanged = build_schedule(run.experiment, run.total_steps)(EPOCHS * STEPS)
    last = run.take_rows()[-1, INDEX["learning_rate"]]
    told = run.apply(Set("training.epochs", 2 * EPOCHS))
    moved = [event for event in told if isinstance(event, Rescheduled)]
    run.apply(Resume())
    run.advance(1)
    next_rate = build_schedule(run.experiment, run.total_steps)(EPOCHS * STEPS)
    if not np.isclose(next_rate, unchanged, rtol=1e-9):
        assert moved == [Rescheduled(last, next_rate, EPOCHS * STEPS, EPOCHS)]
    else:
        assert not moved


@pytest.mark.parametrize(
    ("name", "share", "formula"),
    [
        ("cosine_decay", 0.5, lambda share: 0.1 * (1 + np.cos(np.pi * share)) / 2),
        ("linear", 0.5, lambda share: 0.1 * (1 - share)),
    ],
)
def test_reported_rate_is_that_of_the_formula(name: str, share: float, formula: Any) -> None:
    run = finished(name)
    (_, moved) = run.apply(Set("training.epochs", 2 * EPOCHS))
    assert isinstance(moved, Rescheduled)
    assert moved.old == pytest.approx(formula((EPOCHS * STEPS - 1) / (EPOCHS * STEPS)), rel=1e-9)
    assert moved.new == pytest.approx(formula(share), rel=1e-9)


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_kept_rate_trains_the_next_step_as_the_last(name: str) -> None:
    run = finished(name)
    last = run.take_rows()[-1, INDEX["learning_rate"]]
    told = run.apply(Set("training.epochs", 2 * EPOCHS, keep_rate=True))
    if len(told) == 2:
        assert [event.name for event in told if isinstance(event, Changed)] == ["training.epochs", "schedule.scale"]
        assert run.learning_rate == pytest.approx(last, rel=1e-9)
    else:  # it does not depend on the length
        assert run.learning_rate == build_schedule(run.experiment, EPOCHS * STEPS)(EPOCHS * STEPS)


def test_larger_batches_report_the_rate_that_moves() -> None:
    run = session(schedule__name="linear", training__epochs=EPOCHS)
    train_to(run, 3 * STEPS)
    before = run.learning_rate
    (_, moved) = run.apply(Set("training.batch_size", 20))
    assert moved == Rescheduled(before, run.learning_rate, 3 * STEPS, 3)
    assert run.learning_rate < before
    constant = session(training__epochs=EPOCHS)
    train_to(constant, 3 * STEPS)
    assert len(constant.apply(Set("training.batch_size", 20))) == 1
