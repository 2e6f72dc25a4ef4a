"""What the dashboard knows after what it was told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nntui.training.events import Changed, Diverged, Event, Failed, Paused, Refused, Resumed, RunEnded
from nntui.tui.drawings.changes import told
from nntui.tui.drawings.learning_rate import rates_of_run
from nntui.tui.model import Model
from nntui.worker.client import Failure
from tests.tui.fakes import STEPS, batch, begun, experiment, rows, run_started, snapshot


def model(epochs: int = 10, **values: object) -> Model:
    of = experiment(**values)
    result = Model(of)
    result.take(begun(epochs, of))
    return result


def test_a_run_begins_with_the_untrained_network_as_epoch_0() -> None:
    of = model(3)
    assert of.state == "running"
    assert of.history is not None
    assert of.history.values("epoch").tolist() == [0, 1, 2, 3]
    assert of.history.values("train_loss")[0] == pytest.approx(0.81)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Paused(450, 10), "paused"),
        (Diverged(455, 10, "loss"), "diverged"),
        (RunEnded("finished", 10, 450), "finished"),
        (RunEnded("early_stopped", 10, 450), "finished"),
        (RunEnded("stopped", 10, 450), "stopped"),
        (RunEnded("diverged", 10, 450), "diverged"),
        (Failed("no such file", ""), "failed"),
    ],
)
def test_events_decide_the_state(event: Event, state: str) -> None:
    of = model()
    of.take(batch(10, [event], state=state))
    assert of.state == state
    of.take(batch(10, [], state=state))
    assert of.state == state


def test_a_status_alone_tells_the_state_too() -> None:
    of = model()
    assert "state" in of.take(batch(10, state="paused"))
    assert of.state == "paused"
    assert "state" not in of.take(batch(10, state="paused"))


def test_a_dead_process_stays_dead_whatever_was_still_under_way() -> None:
    of = model()
    of.fail(Failure("killed by signal 9 (SIGKILL)", "one\ntwo\n"))
    of.take(batch(11, of=rows(11, 11)))
    assert of.state == "failed"
    assert of.failure == ("killed by signal 9 (SIGKILL)", "two")


def test_going_on_after_a_divergence_forgets_it() -> None:
    of = model()
    of.take(batch(10, [Diverged(455, 10, "loss")], state="diverged"))
    assert of.diverged is not None
    of.take(batch(10, [Resumed(450, 10)]))
    assert of.diverged is None


def test_a_new_run_forgets_the_last_one() -> None:
    of = model(20)
    of.take(batch(20, [Changed("schedule.scale", 1.0, 0.5, 450, 10)], snapshot=snapshot()))
    serial = of.serial
    of.take(begun(0, experiment(), snapshot=None))
    assert of.serial > serial
    assert of.changes == []
    assert of.snapshot is None
    assert of.history is not None
    assert len(of.history) == 1


def test_rows_of_a_run_that_was_replaced_are_left_out() -> None:
    of = model(20)
    of.take(batch(0, [run_started(experiment())], of=rows(19, 21)))
    assert of.history is not None
    assert len(of.history) == 1


def test_rows_of_a_finished_run_draw_what_is_said_of_its_end() -> None:
    of = model(3)
    of.take(batch(9, state="finished"))
    assert "state" in of.take(batch(9, of=rows(4, 9), state="finished"))  # as of a run jumped to


def test_epochs_trained_again_take_the_place_of_the_first_ones() -> None:
    of = model(10)
    again = rows(8, 9)
    again[:, 2] = 5.0
    of.take(batch(9, of=again))
    assert of.history is not None
    assert of.history.values("epoch").tolist() == list(range(10))
    assert of.history.values("train_loss")[-2:].tolist() == [5.0, 5.0]


def test_another_batch_size_counts_epochs_in_other_steps() -> None:
    of = model(10)
    assert of.epoch_at(10 * STEPS) == 10
    of.take(batch(10, [Changed("training.batch_size", 32, 16, 10 * STEPS, 10)]))
    assert of.epoch_at(10 * STEPS) == 10
    assert of.epoch_at(12 * STEPS) == 11
    assert of.epoch_at(5 * STEPS) == 5


def test_only_the_answer_to_the_last_wish_ends_it() -> None:
    of = model()
    of.ask("schedule.scale", 0.8)
    of.ask("schedule.scale", 0.64)
    of.take(batch(10, [Changed("schedule.scale", 1.0, 0.8, 450, 10)]))
    assert of.wanted("schedule.scale") == 0.64
    of.take(batch(10, [Changed("schedule.scale", 0.8, 0.64, 460, 10)]))
    assert of.pending == {}
    assert of.experiment.schedule.scale == 0.64
    of.ask("training.batch_size", 64)
    of.take(batch(10, [Refused("training.batch_size", 64, "too large")]))
    assert of.wanted("training.batch_size") == 32


def test_the_way_back_is_not_taken_for_the_way_there() -> None:
    of = model()
    for value in (1.25, 1.6, 2.0, 1.6, 1.25):
        of.ask("schedule.scale", value)
    old = 1.0
    for new, newest in ((1.25, 1.25), (1.6, 1.25), (2.0, 1.25), (1.6, 1.25)):
        of.take(batch(10, [Changed("schedule.scale", old, new, 450, 10)]))
        assert of.wanted("schedule.scale") == newest
        assert of.pending == {"schedule.scale": 1.25}
        old = new
    of.take(batch(10, [Changed("schedule.scale", 1.6, 1.25, 450, 10)]))
    assert of.pending == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "short", "full"),
    [
        ("schedule.scale", 1.0, 1.25, "lr 0.0125", "lr 0.01 → 0.0125"),
        ("optimizer.learning_rate", 0.01, 0.1, "lr 0.1", "lr 0.01 → 0.1"),
        ("training.batch_size", 32, 16, "batch 16", "batch 32 → 16"),
        ("network.activation", "tanh", "relu", "relu", "tanh → relu"),
        ("network.layers.2.activation", "tanh", "relu", "hidden 2 relu", "hidden 2 tanh → relu"),
        ("network.dropout", 0.0, 0.3, "dropout 0.3", "dropout 0 → 0.3"),
        ("optimizer.name", "adam", "sgd", "sgd", "adam → sgd"),
        ("regularization.l2", 0.0, 1e-4, "l2 0.0001", "l2 0 → 0.0001"),
        ("training.shuffle", True, False, "shuffle no", "shuffle yes → no"),
    ],
)
def test_changes_are_told_in_few_words(name: str, old: float, new: float, short: str, full: str) -> None:
    of = model(20)
    of.take(batch(20, [Changed(name, old, new, 450, 10)]))
    (change,) = told(of)
    assert (change.short, change.full, change.epoch) == (short, full, 10)


@pytest.mark.parametrize("name", ["training.pace", "training.epochs", "training.patience"])
def test_what_training_does_not_feel_is_not_told(name: str) -> None:
    of = model(20)
    of.take(batch(20, [Changed(name, 0, 77, 450, 10), Changed("schedule.scale", 1.0, 0.5, 495, 11)]))
    assert [change.short for change in told(of)] == ["lr 0.005"]


def test_the_rates_of_a_run_are_those_in_force_then_and_those_to_come() -> None:
    of = model(20, schedule__name="cosine_decay")
    of.take(batch(20, [Changed("schedule.scale", 1.0, 0.5, 900, 20)]))
    epochs, rates = rates_of_run(of, 400)
    assert (epochs[0], epochs[-1]) == (0, 200)
    assert (np.diff(epochs) >= 0).all()
    expected = 0.01 * (1 + np.cos(np.pi * epochs / 200)) / 2
    expected[np.searchsorted(epochs, 20, side="right") :] *= 0.5
    inner = (epochs > 0.5) & (np.abs(epochs - 20) > 0.5) & (epochs < 199.5)
    np.testing.assert_allclose(rates[inner], expected[inner], rtol=0.02, atol=2e-6)


def test_a_schedule_that_follows_the_loss_is_drawn_as_it_went() -> None:
    of = experiment(schedule__name="reduce_on_plateau")
    known = Model(of)
    went = rows(1, 40)
    went[20:, 6] = 0.001
    known.take(batch(40, [run_started(of)], went, learning_rate=0.001))
    epochs, rates = rates_of_run(known, 400)
    np.testing.assert_allclose(rates[epochs < 19.9], 0.01, rtol=1e-6)
    np.testing.assert_allclose(rates[epochs > 20.1], 0.001, rtol=1e-6)
    assert np.isfinite(rates).all()


def test_what_was_made_is_kept_until_its_version_changes() -> None:
    of = model()
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [of.kept("a", 1, make), of.kept("a", 1, make), of.kept("a", 2, make), of.kept("b", 2, make)] == [1, 1, 2, 3]


def test_numbers_are_numbers() -> None:
    of = model()
    assert of.number("training.batch_size") == 32
    assert math.isfinite(of.number("schedule.scale"))
    with pytest.raises(TypeError, match="not a number"):
        of.number("optimizer.name")
