"""Weights set by hand: exactly, repeatably, and refused with a reason where there is nothing such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.nn.registry import OPTIMIZERS
from nntui.runs.recorder import record
from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Command, Redraw, Set, SetWeight, Silence, from_json, to_json
from nntui.training.events import Edited, Event, Refused
from nntui.training.session import Session
from tests.training.runs import assert_same, experiment, session, train_to

EDITS: tuple[Command, ...] = (
    SetWeight(0, 3, 1, 0.75),
    SetWeight(1, 2, -1, -2.5),
    SetWeight(2, 0, 4, 1e-3),
    Silence(0, 2),
    Redraw(seed=5),
    Redraw(layer=1, units=(0, 3), seed=6),
    Redraw(layer=0, initializer="he_normal", seed=7),
)


def edited(told: list[Event]) -> Edited:
    """The only thing that was told."""
    (event,) = told
    assert isinstance(event, Edited), event
    return event


def refused(told: list[Event]) -> str:
    (event,) = told
    assert isinstance(event, Refused), event
    return event.reason


def test_a_weight_is_set_and_nothing_else() -> None:
    run = session(network__hidden=(4, 3))
    train_to(run, 13)
    before = run.network.parameters.copy()
    event = edited(run.apply(SetWeight(1, 2, 0, 0.5)))
    assert run.network.layers[1].weights[0, 2] == 0.5
    assert (run.network.parameters != before).sum() == 1
    assert (event.step, event.epoch) == (13, run.epoch)
    assert event.what.startswith("unit 3 of hidden 2, unit 1 of hidden 1: ")
    assert event.what.endswith("→ 0.5")


def test_source_minus_one_is_the_bias() -> None:
    run = session()
    edited(run.apply(SetWeight(0, 4, -1, -1.25)))
    assert run.network.layers[0].bias[4] == -1.25
    assert "x1" in edited(run.apply(SetWeight(0, 4, 0, 1.0))).what


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_silenced_relu_is_dead_from_then_on(optimizer: str) -> None:
    run = session(network__activation="relu", optimizer__name=optimizer)
    train_to(run, 30)
    assert edited(run.apply(Silence(1, 3))).what == "silenced unit 4 of hidden 2"
    train_to(run, 60)
    assert not run.network.layers[1].matrix[:, 3].any()
    assert run.network.layers[1].matrix[:, 2].any()


def test_a_redraw_is_as_at_the_start_of_a_run_and_of_its_seed_alone() -> None:
    one, other = session(), session()
    train_to(one, 20)
    for run in (one, other):
        edited(run.apply(Redraw(seed=3)))
    np.testing.assert_array_equal(one.network.parameters, other.network.parameters)
    before = one.network.parameters.copy()
    edited(one.apply(Redraw(seed=4)))
    assert (one.network.parameters != before).any()
    spread = one.network.layers[0].weights.std()
    assert spread == pytest.approx(one.start_parameters[:12].std(), rel=1.0)


def test_a_units_new_weights_do_not_depend_on_which_others_are_drawn() -> None:
    one, other = session(), session()
    edited(one.apply(Redraw(layer=1, units=(2,), seed=8)))
    edited(other.apply(Redraw(layer=1, units=(4, 2, 2), seed=8)))
    np.testing.assert_array_equal(one.network.layers[1].matrix[:, 2], other.network.layers[1].matrix[:, 2])
    kept = one.start_parameters[one.network.layers[1].slice].reshape(one.network.layers[1].matrix.shape)
    np.testing.assert_array_equal(one.network.layers[1].matrix[:, 3], kept[:, 3])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_optimizer_forgets_what_is_drawn_anew_and_nothing_else(optimizer: str) -> None:
    run = session(optimizer__name=optimizer, network__hidden=(3,))
    train_to(run, 25)
    before = run.state_dict()["loop"]["optimizer"]
    begun = session(optimizer__name=optimizer, network__hidden=(3,)).state_dict()["loop"]["optimizer"]
    edited(run.apply(Redraw(layer=0, units=(1,), seed=1)))
    after = run.state_dict()["loop"]["optimizer"]
    redrawn = np.zeros(len(run.network.parameters), np.bool_)
    redrawn[run.network.layers[0].slice].reshape(3, 3)[:, 1] = True
    for name, vector in before.items():
        if isinstance(vector, np.ndarray):
            np.testing.assert_array_equal(after[name][redrawn], begun[name][redrawn])
            np.testing.assert_array_equal(after[name][~redrawn], vector[~redrawn])
        else:
            assert after[name] == vector


def test_only_dead_units_are_revived() -> None:
    run = session(network__activation="relu", network__hidden=(8, 6))
    run.apply(Silence(0, 1))
    run.apply(Silence(0, 6))
    z, a = run.network.trace(run.prepared.train_x)[0]
    dead = run.network.layers[0].activation.dead_units(z, a)
    assert dead is not None
    assert dead[[1, 6]].all()
    before = run.network.layers[0].matrix.copy()
    event = edited(run.apply(Redraw(layer=0, dead=True, seed=2)))
    assert event.what == f"revived {dead.sum()} dead units of hidden 1"
    changed = (run.network.layers[0].matrix != before).any(axis=0)
    np.testing.assert_array_equal(changed, dead)
    tanh = session(network__activation="tanh")
    assert "is dead for all training samples" in refused(tanh.apply(Redraw(dead=True)))
    assert "is dead for the whole probe set" in refused(tanh.apply(Redraw(dead=True, judged_on="probe")))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (SetWeight(3, 0, 0, 1.0), "there is no layer 4; the network has 3, the output included"),
        (SetWeight(-1, 0, 0, 1.0), "there is no layer 0"),
        (SetWeight(0, 6, 0, 1.0), "hidden 1 has no unit 7; it has 6"),
        (SetWeight(0, 0, 2, 1.0), "a unit of hidden 1 has 2 inputs (0 to 1; -1 is its bias)"),
        (SetWeight(0, 0, -2, 1.0), "2 inputs"),
        (SetWeight(0, 0, 0, float("nan")), "a finite number"),
        (SetWeight(0, 0, 0, 1e39), "a finite number in float32"),
        (Silence(2, 0), "not an output"),
        (Silence(1, 5), "hidden 2 has no unit 6; it has 5"),
        (Redraw(layer=7), "there is no layer 8"),
        (Redraw(layer=0, units=(9,)), "hidden 1 has no unit 10"),
        (Redraw(layer=0, units=()), "no units are named"),
        (Redraw(units=(0,)), "say which"),
        (Redraw(initializer="magic"), "there is no initializer 'magic'"),
        (Redraw(seed=-1), "the seed must be 0 or more"),
        (Redraw(layer=0, dead=True), "no unit of hidden 1 is dead for all training samples"),
        (Redraw(layer=0, units=(0,), dead=True), "no one of these units of hidden 1 is dead"),
    ],
)
def test_what_does_not_exist_is_refused_and_nothing_changes(command: Command, reason: str) -> None:
    run = session(network__activation="tanh")
    train_to(run, 5)
    before = run.state_dict()
    assert reason in refused(run.apply(command))
    assert_same(run.state_dict(), before)


def test_a_frozen_layer_can_be_edited_and_stays_as_edited() -> None:
    run = session()
    run.apply(Set("network.layers.1.frozen", True))
    run.apply(SetWeight(0, 0, 0, 2.0))
    train_to(run, 20)
    assert run.network.layers[0].weights[0, 0] == 2.0


def test_training_after_edits_is_the_same_however_it_is_cut() -> None:
    whole, cut = session(optimizer__name="adam"), session(optimizer__name="adam")
    for number, command in enumerate(EDITS):
        train_to(whole, number * 11 + 5)
        while cut.step < number * 11 + 5:
            cut.advance(3 if cut.step + 3 <= number * 11 + 5 else 1)
        assert edited(whole.apply(command)) == edited(cut.apply(from_json(to_json(command))))
    train_to(whole, 120)
    while cut.step < 120:
        cut.advance(7 if cut.step + 7 <= 120 else 1)
    np.testing.assert_array_equal(whole.network.parameters, cut.network.parameters)


def test_a_state_taken_after_an_edit_goes_on_bit_for_bit() -> None:
    run, other = session(optimizer__name="nadam"), session(optimizer__name="nadam")
    train_to(run, 17)
    run.apply(Redraw(layer=1, seed=9))
    other.load_state_dict(run.state_dict())
    for each in (run, other):
        train_to(each, 60)
    assert_same(run.state_dict(), other.state_dict())


def test_after_an_edit_a_divergence_does_not_go_back_before_it() -> None:
    run = session(network__activation="relu", loss__name="mean_squared_error", network__output="identity")
    train_to(run, 40)
    run.apply(Set("optimizer.learning_rate", 1e6))
    edited(run.apply(SetWeight(0, 0, 0, 3.0)))
    while run.state == "running":
        run.advance(100)
    assert run.state == "diverged"
    assert run.step >= 40


def test_edits_are_recorded_and_rewound_to_bit_for_bit(tmp_path: Path) -> None:
    run = Session(experiment(training__epochs=20, optimizer__name="adam"))
    recorder = record(tmp_path, run)
    weights: dict[int, Any] = {}
    for number, command in enumerate(EDITS):
        told = run.advance(run.step_of_epoch(2 * number + 1) - run.step)
        recorder.trained(run.take_rows(), told, 0.0)
        recorder.commanded(command, run.apply(command))
        told = run.advance(run.step_of_epoch(2 * number + 2) - run.step)
        recorder.trained(run.take_rows(), told, 0.0)
        weights[run.epoch] = run.network.parameters.copy()
    recorder.close()
    recorded = open_run(recorder.folder)
    entries = recorded.journal.entries
    commands = [entry.command for entry in entries if entry.command is not None]
    assert tuple(commands) == EDITS
    assert sum(isinstance(entry.event, Edited) for entry in entries) == len(EDITS)
    assert first_difference(recorded) is None
    for epoch in (14, 6, 2):
        np.testing.assert_array_equal(rewind(recorded, epoch).network.parameters, weights[epoch])
