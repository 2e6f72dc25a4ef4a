"""A lesson's steps tick off when what they ask for is the case, and not before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.teaching.conditions import read_condition
from nntui.teaching.lesson import read_lesson
from nntui.teaching.walk import Walk
from nntui.teaching.witness import Witness, quantities
from nntui.teaching.words import CURVES, WORDS
from nntui.training.events import Changed, Diagnosed, Edited, RangeTested, Rewound, RunStarted
from nntui.training.history import History
from nntui.training.scalars import COLUMNS
from nntui.training.snapshot import LayerWeights, Snapshot
from tests.teaching.test_lesson import GOOD


@dataclass
class Status:
    epoch: int = 0
    step: int = 0


class Run:
    """What a dashboard knows."""

    def __init__(self) -> None:
        self.experiment = Experiment()
        self.history: Any = History()
        self.snapshot: Any = None
        self.started: Any = None
        self.state = "running"
        self.status: Any = Status()
        self.guessing_loss, self.comparable_from = 0.69, 0


STARTED = RunStarted({}, 0, (2, 4, 1), 17, "classification", 512, 256, 16, 0.69, 0.7, 0.7, 0.5, 0.5)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Layer:
    layer: str
    dead: float


@dataclass
class Measured:
    activations: tuple[Layer, ...] = ()


def test_a_lesson_is_walked_through(tmp_path: Path) -> None:
    file = tmp_path / "dead.toml"
    file.write_text(GOOD, encoding="utf-8")
    run, clock = Run(), Clock()
    walk = Walk(read_lesson(file), Witness(run, clock), clock)
    assert walk.needs == {"activations"}
    assert not walk.look()
    assert not walk.go_on()
    assert walk.hint() == ""
    clock.now = 11.0
    assert walk.hint() == "It takes a few epochs."

    run.snapshot = Measured((Layer("hidden 1", 0.9), Layer("hidden 2", 0.3), Layer("output", float("nan"))))
    assert not walk.look()
    run.snapshot = Measured((Layer("hidden 1", 0.9), Layer("hidden 2", 0.75), Layer("output", float("nan"))))
    assert walk.look()
    assert not walk.look()
    assert walk.hint() == ""
    assert walk.go_on()

    assert not walk.go_on()
    assert not walk.answer(0)
    assert walk.answer(1)
    with pytest.raises(ValueError, match="no such answer"):
        walk.answer(2)
    assert walk.answers == {1: [0, 1]}
    assert walk.go_on()

    assert walk.go_on()
    assert walk.is_done
    assert walk.summary() == "75% were dead, 0.75 as a number."


def holds(text: str, witness: Witness) -> bool:
    return read_condition(text, WORDS).holds(witness)


def test_what_was_done_counts_for_the_step_it_was_done_in() -> None:
    witness = Witness(Run(), Clock())
    witness.note(Changed("optimizer.learning_rate", 0.1, 0.01, 5, 1))
    witness.note(Edited("silenced unit 3 of hidden 1", 6, 1))
    witness.looked_at("neurons")
    witness.explained("loss")
    witness.note(Rewound(0, 0, "x", {}))
    for text in (
        "changed()", "changed('optimizer')", "changed('optimizer.learning_rate')", "edited('silenced')", "edited()",
        "seen('neurons')", "explained()", "explained('loss')", "rewound", "changes == 2",
    ):  # fmt: skip
        assert holds(text, witness), text
    for text in ("changed('data')", "changed('schedule')", "edited('revived')", "seen('layers')"):
        assert not holds(text, witness), text
    witness.begin_step()
    for text in ("changed()", "edited()", "seen('neurons')", "explained()", "rewound"):
        assert not holds(text, witness), text
    assert holds("changes == 2", witness)


def test_a_diagnosis_is_shown_and_then_remembered() -> None:
    witness = Witness(Run(), Clock())
    witness.note(Diagnosed("dead_units", True, 10, 1))
    assert holds("diagnosed() and diagnosed('dead_units') and noticed('dead_units')", witness)
    witness.begin_step()
    witness.note(Diagnosed("dead_units", False, 20, 2))
    assert holds("not diagnosed('dead_units') and noticed('dead_units')", witness)


def test_epochs_and_curves_are_the_runs() -> None:
    run = Run()
    witness = Witness(run, Clock())
    assert holds("epochs_trained == 0", witness)
    run.status = Status(7, 70)
    rows = np.full((2, len(COLUMNS)), np.nan)
    rows[:, :8] = [[6, 60, 0.9, 0.8, 0.5, 0.4, 0.1, 0], [7, 70, 0.5, 0.6, 0.7, 0.6, 0.1, 0]]
    run.history.append(rows)
    for text in (
        "epochs_trained == 7 and epoch == 7 and step == 70", "test_loss > 0.59 and test_loss < 0.61",
        "lowest('train_loss') == 0.5", "highest('test_accuracy') > 59%", "choice('data.name') != ''",
    ):  # fmt: skip
        assert holds(text, witness), text


def arrived(run: Run, *rows: tuple[int, int, float]) -> None:
    """These epochs have ended, and their numbers are here: epoch, step, training loss."""
    values = np.full((len(rows), len(COLUMNS)), np.nan)
    values[:, :8] = [[epoch, step, loss, loss, 0.5, 0.5, 0.1, 0] for epoch, step, loss in rows]
    run.history.append(values)
    run.status = Status(rows[-1][0], rows[-1][1])


def test_losses_before_a_change_of_the_loss_count_no_more() -> None:
    run = Run()
    witness = Witness(run, Clock())
    arrived(run, (1, 10, 0.25), (2, 20, 0.125))
    assert holds("lowest('train_loss') == 0.125 and guessing_loss == 0.69", witness)
    run.comparable_from, run.guessing_loss = 3, 1.5
    arrived(run, (3, 30, 0.75), (4, 40, 0.875))
    assert holds("lowest('train_loss') == 0.75 and guessing_loss == 1.5", witness)


def test_part_of_an_epoch_is_not_an_epoch() -> None:
    run = Run()
    arrived(run, (1, 10, 0.9))
    run.status = Status(1, 18)  # two batches are left of the second epoch
    witness = Witness(run, Clock())
    arrived(run, (2, 20, 0.8))
    assert not holds("epochs_trained >= 1", witness)
    arrived(run, (3, 30, 0.7))
    assert holds("epochs_trained == 1", witness)


def test_epochs_count_when_their_numbers_are_here() -> None:
    run = Run()
    witness = Witness(run, Clock())
    arrived(run, (1, 10, 0.9))
    run.status = Status(40, 400)  # the status came with an event, the rows come later
    assert holds("epochs_trained == 1 and epoch == 1", witness)
    assert witness.epoch == 1
    witness.begin_step()
    arrived(run, *((epoch, 10 * epoch, 0.5) for epoch in range(2, 42)))
    assert not holds("epochs_trained >= 1", witness)  # all but the last ended before the step began
    arrived(run, (42, 420, 0.25))
    assert holds("epochs_trained == 1 and train_loss == 0.25", witness)


def test_the_same_seed_is_no_new_seed() -> None:
    run = Run()
    run.started = STARTED
    witness = Witness(run, Clock())
    witness.note(STARTED)
    assert holds("restarted and not reseeded", witness)
    run.started = replace(STARTED, seed=1)
    witness.note(run.started)
    assert holds("reseeded", witness)
    witness.begin_step()
    assert not holds("reseeded", witness)


def test_a_range_test_counts_for_its_step() -> None:
    witness = Witness(Run(), Clock())
    witness.note(Changed("schedule.scale", 1.0, 1.25, 5, 1))
    assert not holds("range_tested", witness)
    witness.note(RangeTested((0.1,), (1.0,), (1.0,), None, ()))
    assert holds("range_tested", witness)
    witness.begin_step()
    assert not holds("range_tested", witness)


@pytest.mark.parametrize(("first_seen_at", "kept"), [(0, {"spread": 0.5}), (3, {})])
def test_numbers_of_the_start_are_those_before_the_first_step(
    first_seen_at: int, kept: dict[str, float], tmp_path: Path
) -> None:
    file = tmp_path / "start.toml"
    file.write_text(GOOD + "\n[start]\nremember.spread = 'weight_std(\"hidden 1\")'\n", encoding="utf-8")
    run, none = Run(), np.zeros(40, np.int32)
    walk = Walk(read_lesson(file), Witness(run, Clock()), Clock())
    assert "weights" in walk.needs
    walk.look()
    assert walk.remembered == {}  # nothing is measured yet
    for step, spread in ((first_seen_at, 0.5), (first_seen_at + 9, 2.0)):
        run.status = Status(0, step)
        run.snapshot = Snapshot(0, step, (LayerWeights("hidden 1", 0, 1, none, none, 0.0, spread, 0.0, 0.0),))
        walk.look()
    assert walk.remembered == kept


def test_every_word_has_a_value_before_anything_is_known() -> None:
    run = Run()
    run.history = run.status = None
    witness = Witness(run, Clock())
    kinds = {"number": float, "text": str, "yes-or-no": bool}
    for name, word in WORDS.items():
        for arguments in {(), tuple("x" for _ in word.arguments)}:
            if len(arguments) >= len(word.arguments) - word.optional:
                value = witness.value(name, arguments)
                assert isinstance(value, kinds[word.kind] if word.kind != "number" else (int, float)), name


def test_conditions_say_what_must_be_measured() -> None:
    read = [read_condition(text, WORDS) for text in ("dead_share() < 1", "gradient_norm('output') > 0 and epoch > 1")]
    assert quantities(read) == {"activations", "gradients"}


def test_a_layer_of_the_screen_is_a_layer_of_a_condition() -> None:
    run = Run()
    none = np.zeros(40, np.int32)
    run.snapshot = Snapshot(1, 10, (LayerWeights("hidden 1", 0, 1, none, none, 0.0, 0.5, 0.0, 0.0),))
    assert holds("weight_std('hidden 1') == 0.5 and weight_std() == 0.5", Witness(run, Clock()))
    assert not holds("weight_std('hidden 9') < 100", Witness(run, Clock()))


def test_curves_are_words_too() -> None:
    assert set(CURVES) <= set(WORDS)


def test_a_step_that_was_skipped_is_not_done(tmp_path: Path) -> None:
    file = tmp_path / "dead.toml"
    file.write_text(GOOD, encoding="utf-8")
    run = Run()
    walk = Walk(read_lesson(file), Witness(run, Clock()), Clock())
    for _ in range(3):
        walk.skip()
    assert walk.is_done
    assert walk.skipped == {0, 1}  # the third is only read


def test_what_going_back_tells_again_is_not_counted_again() -> None:
    witness = Witness(Run(), Clock())
    change = Changed("optimizer.learning_rate", 0.1, 0.2, 5, 1)
    witness.hear([change])
    witness.hear([Rewound(10, 2, "", {}), change])
    witness.hear([Changed("training.pace", 1.0, 2.0, 10, 2)])
    assert witness.changes == 1


def test_the_beginning_of_a_run_is_not_its_restart() -> None:
    witness = Witness(Run(), Clock(), has_begun=False)
    witness.hear([STARTED])
    assert not holds("restarted", witness)
    witness.hear([STARTED])
    assert holds("restarted", witness)


@pytest.mark.parametrize("at_a_time", [1, 7, 100])
def test_what_is_remembered_is_of_the_epoch_asked_for_at_any_pace(tmp_path: Path, at_a_time: int) -> None:
    file = tmp_path / "ten.toml"
    text = """
title = "Ten"
preset = "xor"

[[steps]]
text = "Train."
do = "Train for ten epochs."
until = "epochs_trained >= 10"
remember.loss = "train_loss"
remember.at = "epoch"

[summary]
text = "{loss} at {at}."
"""
    file.write_text(text, encoding="utf-8")
    run, clock = Run(), Clock()
    walk = Walk(read_lesson(file), Witness(run, clock), clock)
    for first in range(1, 101, at_a_time):
        last = min(first + at_a_time - 1, 100)
        table = np.full((last - first + 1, len(COLUMNS)), np.nan)
        table[:, COLUMNS.index("epoch")] = epochs = np.arange(first, last + 1)
        table[:, COLUMNS.index("train_loss")] = 1 / epochs
        run.history.append(table)
        run.status = Status(last)
        walk.look()
    assert walk.met
    assert walk.remembered == pytest.approx({"loss": 0.1, "at": 10})
