"""The same experiment and the same commands at the same steps give the same weights bit for bit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.experiment import Experiment
from nntui.nn.registry import ACTIVATIONS, OPTIMIZERS, SCHEDULES
from nntui.training.commands import Command, Pause, Resume, Set, Step, Watch
from nntui.training.events import Changed, Paused, Refused
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import QUANTITIES
from tests.training.runs import assert_same, experiment, session, train_to, without_seconds

STEPS = 120

live_changes = st.one_of(
    st.builds(Set, st.just("optimizer.learning_rate"), st.floats(1e-4, 0.5)),
    st.builds(Set, st.just("schedule.scale"), st.floats(0.1, 3)),
    st.builds(Set, st.just("schedule.name"), st.sampled_from(tuple(SCHEDULES))),
    st.builds(Set, st.just("schedule.warmup_steps"), st.integers(0, 40)),
    st.builds(Set, st.just("optimizer.name"), st.sampled_from(tuple(OPTIMIZERS))),
    st.builds(Set, st.just("training.batch_size"), st.integers(1, 100)),
    st.builds(Set, st.just("training.epochs"), st.integers(30, 90)),
    st.builds(Set, st.just("training.shuffle"), st.booleans()),
    st.builds(Set, st.just("training.balanced"), st.booleans()),
    st.builds(Set, st.sampled_from(["regularization.l1", "regularization.l2"]), st.floats(0, 0.1)),
    st.builds(Set, st.sampled_from(["regularization.clip_value", "regularization.clip_norm"]), st.floats(0, 2)),
    st.builds(Set, st.just("regularization.max_norm"), st.floats(0, 3)),
    st.builds(Set, st.just("regularization.input_noise"), st.floats(0, 0.3)),
    st.builds(Set, st.just("network.dropout"), st.floats(0, 0.6)),
    st.builds(Set, st.just("network.activation"), st.sampled_from(tuple(ACTIVATIONS))),
    st.builds(Set, st.just("network.layers.2.activation"), st.sampled_from(tuple(ACTIVATIONS))),
    st.builds(Set, st.just("network.layers.1.frozen"), st.booleans()),
    st.builds(Set, st.just("training.patience"), st.integers(0, 20)),
)
scripts = st.lists(st.tuples(st.integers(0, STEPS - 1), live_changes), max_size=5).map(
    lambda script: sorted(script, key=lambda entry: entry[0])
)
starts = st.fixed_dictionaries(
    {
        "optimizer.name": st.sampled_from(tuple(OPTIMIZERS)),
        "schedule.name": st.sampled_from(tuple(SCHEDULES)),
        "network.dropout": st.sampled_from([0.0, 0.3]),
        "regularization.input_noise": st.sampled_from([0.0, 0.1]),
        "training.batch_size": st.sampled_from([1, 7, 10, 1000]),
        "training.precision": st.sampled_from(["float32", "float64"]),
        "training.seed": st.integers(0, 5),
        "data.name": st.sampled_from(["moons", "waves"]),
        "optimizer.learning_rate": st.sampled_from([0.01, 0.1]),
    }
)


def played(start: Experiment, script: list[tuple[int, Command]], stop: int = STEPS) -> Session:
    """The run of that script in as few calls as possible."""
    run = Session(start)
    for step, command in script:
        run.advance(step - run.step)
        run.apply(command)
    run.advance(stop - run.step)
    return run


def whole(run: Session) -> dict[str, Any]:
    """Everything to compare: the state and the rows, whose seconds are nobody's business here."""
    return {**run.state_dict(), "rows": without_seconds(run.take_rows())}


@settings(max_examples=40, deadline=None)
@given(start=starts, script=scripts, data=st.data())
def test_slices_pauses_and_measurements_make_no_difference(
    start: dict[str, Any], script: list[tuple[int, Command]], data: st.DataObject
) -> None:
    begun = experiment().with_values(start)
    expected = played(begun, script)
    run = Session(begun)
    probe = Probe(run)
    for step, command in [*script, (STEPS, Pause())]:
        while run.step < step and run.state == "running":
            match data.draw(st.sampled_from(["advance", "step", "pause", "measure"])):
                case "advance":
                    run.advance(data.draw(st.integers(1, step - run.step)))
                case "step":
                    run.apply(Step(data.draw(st.integers(1, step - run.step))))
                    if any(isinstance(event, Paused) for event in run.advance(STEPS)):
                        run.apply(Resume())  # not a run that has stopped early: it would go on
                case "pause":
                    run.apply(Pause())
                    run.apply(Resume())
                case "measure":
                    probe.measure(Watch(QUANTITIES))
        if step < STEPS:
            run.apply(command)
    assert run.state == expected.state
    assert_same(whole(run), whole(expected))


@settings(max_examples=40, deadline=None)
@given(start=starts, script=scripts, at=st.integers(0, STEPS))
def test_a_state_taken_anywhere_goes_on_exactly(
    start: dict[str, Any], script: list[tuple[int, Command]], at: int
) -> None:
    begun = experiment().with_values(start)
    expected = played(begun, script)
    first = played(begun, [entry for entry in script if entry[0] <= at], at)
    told = len(first.take_rows())  # not all of epochs before this one: a run that diverged goes back
    taken = first.state_dict()
    first.advance(30)  # what happens afterwards must not reach into what was taken
    other = session(training__seed=99)
    other.advance(13)
    other.load_state_dict(taken)
    for step, command in [entry for entry in script if entry[0] > at]:
        other.advance(step - other.step)
        other.apply(command)
    other.advance(STEPS - other.step)
    assert_same(without_seconds(other.take_rows()), without_seconds(expected.take_rows()[told:]))
    assert_same(other.state_dict(), expected.state_dict())


def numbers_only(value: Any) -> Any:
    if isinstance(value, dict):
        assert all(isinstance(name, str) for name in value)
        return {name: numbers_only(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [numbers_only(item) for item in value]
    return None if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_state_is_arrays_and_what_json_can_carry(name: str) -> None:
    run = session(optimizer__name=name, schedule__name="reduce_on_plateau", training__patience=3)
    run.advance(33)
    json.dumps(numbers_only(run.state_dict()), allow_nan=False)


@pytest.mark.parametrize("step", [0, 7, 14])
def test_a_paused_run_is_paused_again(step: int) -> None:
    run = session()
    run.advance(step)
    run.apply(Pause())
    other = session()
    other.load_state_dict(run.state_dict())
    assert other.state == "paused"
    assert other.advance(5) == []


def test_a_step_request_under_way_is_kept() -> None:
    run = session()
    run.apply(Step(2, "epoch"))
    run.advance(3)
    other = session()
    other.load_state_dict(run.state_dict())
    other.advance(1000)
    assert (other.state, other.epoch) == ("paused", 2)


@pytest.mark.parametrize(
    "spoil",
    [{"version": 99}, {"state": "asleep"}, {"loop": {}}, {"loop": None}],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_foreign_state_is_refused_and_changes_nothing(spoil: dict[str, Any]) -> None:
    run = session()
    run.advance(20)
    before = run.state_dict()
    with pytest.raises(ValueError, match=r"."):
        run.load_state_dict({**before, **spoil})
    assert_same(run.state_dict(), before)


@pytest.mark.parametrize(
    "spoil",
    [
        {"index": 99}, {"index": -1}, {"start": 99}, {"start": -1}, {"outputs": np.zeros((1, 3))},
        {"order": np.arange(5)}, {"order": np.full(67, 67)}, {"order": np.full(67, -1)},
    ],
    ids=lambda spoil: next(iter(spoil)),
)  # fmt: skip
def test_a_place_in_the_epoch_that_cannot_be_is_refused(spoil: dict[str, Any]) -> None:
    run = session()
    run.advance(10)
    state = run.state_dict()
    state["loop"]["lap"].update(spoil)
    with pytest.raises(ValueError, match="epoch"):
        run.load_state_dict(state)


def test_a_state_that_lacks_something_is_refused() -> None:
    run = session()
    state = run.state_dict()
    del state["origin"]
    with pytest.raises(ValueError, match="lacks origin"):
        run.load_state_dict(state)


def test_parameters_of_another_network_are_refused() -> None:
    run, other = session(), session(network__hidden=(3,))
    state = run.state_dict()
    state["loop"]["parameters"] = other.state_dict()["loop"]["parameters"]
    with pytest.raises(ValueError, match="do not fit"):
        run.load_state_dict(state)


def test_seeds_differ_and_repeat() -> None:
    runs = [session(training__seed=seed) for seed in (1, 2, 1)]
    for run in runs:
        train_to(run, 25)
    one, two, again = (run.network.parameters for run in runs)
    assert not np.array_equal(one, two)
    assert one.tobytes() == again.tobytes()


def test_most_changes_of_the_pool_are_taken() -> None:
    """Guards the tests above against a pool of commands that are all refused."""
    for name, value in [("network.dropout", 0.2), ("training.batch_size", 3), ("network.layers.1.frozen", True)]:
        run = session()
        train_to(run, 10)
        told = run.apply(Set(name, value))
        assert any(isinstance(event, Changed) for event in told)
        assert not any(isinstance(event, Refused) for event in told)
