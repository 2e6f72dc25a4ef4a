"""What a session does when it is asked, what it tells, and what its rows hold."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.experiment.build import build_schedule
from nntui.nn.evaluate import evaluate
from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Step, Stop, Watch
from nntui.training.events import Changed, Paused, Refused, Resumed, RunEnded, RunStarted
from nntui.training.scalars import COLUMNS, INDEX
from nntui.training.session import Session
from tests.training.runs import assert_same, experiment, session, train_to

STEPS = 7  # of an epoch: 67 rows of 90 are trained on, ten a step


def column(run: Session, name: str) -> list[float]:
    return [float(value) for value in run.take_rows()[:, INDEX[name]]]


def test_the_start_is_described() -> None:
    run = session(network__hidden=(6, 5), training__seed=3)
    started = run.started()
    assert started.experiment == run.experiment.to_dict()
    assert (started.seed, started.layer_sizes, started.task) == (3, (2, 6, 5, 1), "classification")
    assert started.parameters == 3 * 6 + 7 * 5 + 6 * 1
    assert (started.train_samples, started.test_samples, started.steps_per_epoch) == (67, 23, STEPS)
    assert started.guessing_loss == pytest.approx(math.log(2), abs=0.01)
    data = run.prepared
    expected = evaluate(run.network, run.loss, data.train_x, data.train_y)
    assert (started.train_loss, started.train_score) == expected


def test_the_start_is_the_same_when_asked_late() -> None:
    run, other = session(), session()
    run.advance(100)
    run.apply(Set("network.activation", "relu"))
    run.apply(Set("training.batch_size", 3))
    before = run.state_dict()
    late, early = run.started(), other.started()
    assert (late.experiment, late.steps_per_epoch) == (early.experiment, early.steps_per_epoch)
    assert_same(run.state_dict(), before)


def test_each_ended_epoch_leaves_a_row() -> None:
    run = session()
    run.advance(3 * STEPS + 2)
    rows = run.take_rows()
    assert rows.shape == (3, len(COLUMNS))
    assert rows[:, INDEX["epoch"]].tolist() == [1, 2, 3]
    assert rows[:, INDEX["step"]].tolist() == [STEPS, 2 * STEPS, 3 * STEPS]
    assert np.isnan(rows[:, INDEX["seconds"]]).all()
    assert np.isfinite(rows[:, : INDEX["seconds"]]).all()
    assert len(run.take_rows()) == 0
    run.advance(STEPS)
    assert column(run, "epoch") == [4]


def test_a_row_holds_the_test_figures_of_the_weights_at_the_end_of_the_epoch() -> None:
    run = session()
    train_to(run, STEPS)
    row = run.take_rows()[0]
    data = run.prepared
    assert (row[INDEX["test_loss"]], row[INDEX["test_score"]]) == pytest.approx(
        evaluate(run.network, run.loss, data.test_x, data.test_y), rel=1e-6
    )


def test_the_learning_rate_of_a_row_is_that_of_its_last_step() -> None:
    run = session(schedule__name="linear", schedule__scale=2.0, training__epochs=4)
    schedule = build_schedule(run.experiment, 4 * STEPS)
    expected = [2 * schedule(STEPS * epoch - 1) for epoch in (1, 2, 3, 4)]
    run.advance(10**6)
    assert column(run, "learning_rate") == expected


def test_the_running_loss_is_that_of_the_epoch_so_far() -> None:
    run = session()
    assert math.isnan(run.running_loss())
    train_to(run, STEPS - 1)
    nearly = run.running_loss()
    assert math.isfinite(nearly)
    train_to(run, STEPS)
    assert math.isnan(run.running_loss())
    assert column(run, "train_loss")[0] == pytest.approx(nearly, rel=0.3)


def test_a_run_ends_at_its_last_epoch() -> None:
    run = session(training__epochs=3)
    assert run.advance(10**9) == [RunEnded("finished", 3, 3 * STEPS)]
    assert (run.state, run.epoch, run.step) == ("finished", 3, 3 * STEPS)
    assert run.advance(10) == []
    refused = run.apply(Resume())
    assert [type(event) for event in refused] == [Refused]
    assert run.state == "finished"


def test_more_epochs_carry_a_finished_run_on() -> None:
    run, straight = session(training__epochs=3), session(training__epochs=5)
    run.advance(10**9)
    assert [type(event) for event in run.apply(Set("training.epochs", 5))] == [Changed]
    assert run.state == "finished"
    assert run.apply(Resume()) == [Resumed(3 * STEPS, 3)]
    assert run.advance(10**9) == [RunEnded("finished", 5, 5 * STEPS)]
    straight.advance(10**9)
    assert run.network.parameters.tobytes() == straight.network.parameters.tobytes()


@pytest.mark.parametrize(
    ("at", "epochs", "ends_at"), [(2 * STEPS, 2, 2 * STEPS), (2 * STEPS + 1, 3, 3 * STEPS)], ids=["between", "within"]
)
def test_fewer_epochs_end_a_run_earlier(at: int, epochs: int, ends_at: int) -> None:
    run = session()
    train_to(run, at)
    run.apply(Set("training.epochs", epochs))
    assert run.advance(1000) == [RunEnded("finished", epochs, ends_at)]


def test_epochs_that_have_begun_cannot_be_taken_back() -> None:
    run = session()
    train_to(run, 2 * STEPS + 1)
    told = run.apply(Set("training.epochs", 2))
    assert isinstance(told[0], Refused)
    assert "epoch 3 has begun" in told[0].reason
    assert run.experiment.training.epochs == 50


def test_a_paused_run_waits() -> None:
    run = session()
    train_to(run, 5)
    assert run.apply(Pause()) == [Paused(5, 0)]
    assert run.apply(Pause()) == []
    assert run.advance(10) == []
    assert run.step == 5
    assert run.apply(Resume()) == [Resumed(5, 0)]
    assert run.apply(Resume()) == []
    run.advance(1)
    assert run.step == 6


@pytest.mark.parametrize(
    ("command", "step", "epoch"),
    [
        (Step(3), 8, 1),
        (Step(1, "epoch"), STEPS, 1),
        (Step(2, "epoch"), 2 * STEPS, 2),
    ],
)
def test_a_step_trains_exactly_so_much_and_pauses(command: Command, step: int, epoch: int) -> None:
    run = session()
    train_to(run, 5)
    run.apply(Pause())
    assert run.apply(command) == []
    told = []
    while run.state == "running":
        told += run.advance(2)
    assert told == [Paused(step, epoch)]
    assert run.step == step


def test_steps_asked_for_one_after_the_other_add_up() -> None:
    run = session()
    run.apply(Pause())
    run.apply(Step(1, "epoch"))
    run.apply(Step(1, "epoch"))
    run.advance(10**6)
    assert (run.state, run.epoch) == ("paused", 2)


def test_a_step_request_gives_way_to_pause_and_resume() -> None:
    run = session()
    run.apply(Step(5))
    run.apply(Resume())
    run.advance(20)
    assert (run.state, run.step) == ("running", 20)
    run.apply(Step(5))
    run.apply(Pause())
    run.apply(Resume())
    run.advance(20)
    assert (run.state, run.step) == ("running", 40)


def test_a_step_over_the_end_ends_the_run() -> None:
    run = session(training__epochs=2)
    run.apply(Step(5, "epoch"))
    assert run.advance(10**6) == [RunEnded("finished", 2, 2 * STEPS)]


@pytest.mark.parametrize("count", [0, -3])
def test_no_steps_are_refused(count: int) -> None:
    run = session()
    assert isinstance(run.apply(Step(count))[0], Refused)
    assert run.state == "running"


def test_a_stopped_run_stays_stopped_until_a_restart() -> None:
    run = session()
    train_to(run, 3)
    assert run.apply(Stop()) == [RunEnded("stopped", 0, 3)]
    assert run.apply(Stop()) == []
    for command in (Resume(), Step()):
        assert isinstance(run.apply(command)[0], Refused)
    assert run.advance(5) == []
    assert isinstance(run.apply(Restart())[0], RunStarted)
    assert run.state == "running"


def test_a_restart_begins_again_as_now_tuned() -> None:
    run = session()
    start = run.network.parameters.copy()
    train_to(run, 40)
    run.apply(Set("optimizer.learning_rate", 0.02))
    (started,) = run.apply(Restart())
    assert isinstance(started, RunStarted)
    assert started.experiment["optimizer"]["learning_rate"] == 0.02
    assert (run.step, run.epoch, run.state) == (0, 0, "running")
    assert run.network.parameters.tobytes() == start.tobytes()
    assert len(run.take_rows()) == 0
    fresh = Session(run.experiment)
    for each in (run, fresh):
        each.advance(30)
    assert_same(run.state_dict(), fresh.state_dict())


def test_a_restart_with_another_seed_is_that_seeds_run() -> None:
    run, other = session(), session(training__seed=7)
    run.advance(10)
    (started,) = run.apply(Restart(7))
    assert isinstance(started, RunStarted)
    assert started.seed == 7
    for each in (run, other):
        each.advance(30)
    assert_same(run.state_dict(), other.state_dict())


def test_a_seed_that_cannot_be_changes_nothing() -> None:
    run = session()
    run.advance(10)
    (told,) = run.apply(Restart(-1))
    assert isinstance(told, Refused)
    assert run.step == 10


def test_the_pace_is_kept_for_whoever_has_a_clock() -> None:
    run = session()
    assert run.pace == 0
    (told,) = run.apply(Pace(20))
    assert isinstance(told, Changed)
    assert run.pace == run.experiment.training.pace == 20
    run.apply(Pace())
    assert run.pace == 0
    assert run.apply(Watch(("weights",))) == []


@pytest.mark.parametrize("restore", [True, False])
def test_a_run_stops_early_at_its_best_weights(restore: bool) -> None:
    values: dict[str, Any] = {
        "optimizer__name": "adam", "optimizer__learning_rate": 0.1, "network__hidden": (30, 30),
        "data__noise": 0.4, "training__epochs": 1000, "training__patience": 4, "training__restore_best": restore,
    }  # fmt: skip
    run = session(**values)
    (told,) = run.advance(10**6)
    assert told == RunEnded("early_stopped", run.epoch, run.step, run.epoch - 4 if restore else 0)
    assert (run.state, run.epoch < 1000) == ("finished", True)
    losses = column(run, "test_loss")
    best = int(np.argmin(losses))
    assert len(losses) - 1 - best == 4
    twin = session(**values)
    twin.advance(((best if restore else len(losses) - 1) + 1) * STEPS)
    if restore or twin.state == "finished":
        assert run.network.parameters.tobytes() == twin.network.parameters.tobytes()


def test_after_early_stopping_a_run_can_go_on() -> None:
    run = session(training__patience=1, optimizer__learning_rate=0.5, data__noise=0.5)
    run.advance(10**6)
    assert run.state == "finished"
    ended = run.epoch
    assert isinstance(run.apply(Resume())[0], Resumed)
    run.advance(10**6)
    assert run.epoch > ended


def test_a_plateau_lowers_the_rate_by_the_test_loss() -> None:
    run = session(
        schedule__name="reduce_on_plateau", schedule__patience=0, optimizer__learning_rate=1e-6, schedule__factor=0.5
    )
    run.advance(10 * STEPS)
    rows = run.take_rows()
    assert rows[0, INDEX["learning_rate"]] == 1e-6
    assert rows[-1, INDEX["learning_rate"]] < 1e-6


@pytest.mark.slow
def test_memory_does_not_grow_with_the_epochs() -> None:
    run = Session(experiment(data__samples=20, training__epochs=10**6))
    run.advance(2000)
    run.take_rows()
    tracemalloc.start()
    try:
        for _ in range(8):
            run.advance(500)
            run.take_rows()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(24):
            run.advance(500)
            run.take_rows()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < 4096


def test_a_restart_whose_file_is_gone_is_refused_and_the_run_goes_on(tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("x,y,kind\n" + "".join(f"{i},{i % 7},{'ab'[i % 2]}\n" for i in range(40)))
    run = Session(Experiment().with_values({"data.name": "csv", "data.path": str(table), "training.epochs": 100}))
    run.advance(5)
    table.unlink()
    assert isinstance(run.apply(Restart(4))[0], RunStarted)  # another seed keeps the data
    run.advance(5)
    run.apply(Set("loss.name", "mean_squared_error"))  # for which they would have to be read again
    (told,) = run.apply(Restart(5))
    assert isinstance(told, Refused)
    assert "points.csv" in told.reason
    run.advance(5)
    assert run.step == 10
    run.apply(Set("loss.name", "auto"))
    assert isinstance(run.apply(Restart())[0], RunStarted)
