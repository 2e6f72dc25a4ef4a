"""Commands and events have a JSON form that comes back as it went."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any, get_args

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training import commands, events
from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Step, Stop, Watch
from nntui.training.events import (
    Changed,
    Diverged,
    EpochEnded,
    Event,
    Failed,
    Paused,
    Progressed,
    Refused,
    Resumed,
    RunEnded,
    RunStarted,
)
from nntui.training.field_types import suits
from nntui.training.scalars import COLUMNS, INDEX, RowBuffer, epoch_ended
from tests.training.runs import session

COMMANDS: list[Command] = [
    Pause(), Resume(), Stop(), Step(), Step(3, "epoch"), Set("optimizer.learning_rate", 0.1),
    Set("optimizer.name", "sgd"), Set("training.shuffle", True), Set("network.hidden", (3, 4)),
    Set("data.features", ("x", "y")), Restart(), Restart(5), Pace(), Pace(2.5), Watch(("weights", "gradients")),
]  # fmt: skip
EVENTS: list[Event] = [
    EpochEnded(3, 135, 0.41, 0.44, 0.1, 0.02, train_accuracy=0.88, test_accuracy=0.86),
    EpochEnded(3, 135, 0.41, 0.44, 0.1, 0.02, train_r2=0.5, test_r2=-1.0),
    Changed("schedule.scale", 1.0, 0.8, 12, 1), Changed("network.hidden", (3, 4), (4,), 12, 1),
    Refused("training.seed", 5, "not while training"), Paused(3, 0), Resumed(3, 0),
    Diverged(9, 1, "weights of hidden 1"), RunEnded("early_stopped", 5, 70), Progressed("reading", None),
    Progressed("reading", 0.5), Failed("no such file", ""),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_a_command_comes_back(command: Command) -> None:
    assert commands.from_json(json.loads(json.dumps(commands.to_json(command), allow_nan=False))) == command


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_an_event_comes_back(event: Event) -> None:
    assert events.from_json(json.loads(json.dumps(events.to_json(event), allow_nan=False))) == event


def test_the_start_of_a_run_comes_back_with_its_experiment() -> None:
    run = session()
    started = run.started()
    read = events.from_json(json.loads(json.dumps(events.to_json(started), allow_nan=False)))
    assert read == started
    assert isinstance(read, RunStarted)
    assert Experiment.from_dict(read.experiment) == run.experiment


def test_an_event_is_named_in_the_past_tense_and_one_line() -> None:
    record = events.to_json(EpochEnded(3, 135, 0.41, 0.44, 0.1, 0.02, train_accuracy=0.88, test_accuracy=0.86))
    assert record == {
        "event": "epoch_ended", "epoch": 3, "step": 135, "train_loss": 0.41, "test_loss": 0.44, "train_accuracy": 0.88,
        "test_accuracy": 0.86, "learning_rate": 0.1, "seconds": 0.02,
    }  # fmt: skip


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null(value: float) -> None:
    record = events.to_json(EpochEnded(1, 2, value, 0.1, 0.1, 0.0))
    assert record["train_loss"] is None
    read = events.from_json(record)
    assert isinstance(read, EpochEnded)
    assert math.isnan(read.train_loss)


def test_unknown_fields_are_ignored() -> None:
    assert commands.from_json({"command": "pause", "why": "tea"}) == Pause()
    assert events.from_json({"event": "paused", "step": 1, "epoch": 0, "mood": "calm"}) == Paused(1, 0)


@pytest.mark.parametrize("record", [{}, {"command": "dance"}, {"command": "set", "name": "x"}, {"command": None}])
def test_a_command_that_is_none_is_an_error(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="command"):
        commands.from_json(record)


@pytest.mark.parametrize("record", [{}, {"event": "danced"}, {"event": "paused"}])
def test_an_event_that_is_none_is_an_error(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="event"):
        events.from_json(record)


@pytest.mark.parametrize("event", [*EVENTS, session().started()], ids=lambda event: type(event).__name__)
def test_event_with_a_field_of_another_type_is_an_error(event: Event) -> None:
    record = json.loads(json.dumps(events.to_json(event)))
    for name in set(record) - {"event"}:
        wrong = [[[]], 10**40] + ([] if isinstance(record[name], dict) else [{"a": 1}])
        if isinstance(record[name], int | float | list) and name not in ("old", "new", "value"):
            wrong.append("text")
        for value in wrong:
            with pytest.raises(ValueError, match=f"{name} cannot be"):
                events.from_json({**record, name: value})


def test_every_field_of_a_record_has_a_known_type() -> None:
    for kind in (*get_args(Event), *get_args(Command)):
        for each in fields(kind):
            suits(str(each.type), None)


def test_a_row_is_an_event_of_its_task() -> None:
    row = np.arange(1.0, 1.0 + len(COLUMNS))
    common = (1, 2, 3, 4, 7, 8)
    assert epoch_ended(row, "classification") == EpochEnded(
        *common, train_accuracy=5, test_accuracy=6, validation_loss=9, validation_accuracy=10
    )
    assert epoch_ended(row, "regression") == EpochEnded(
        *common, train_r2=5, test_r2=6, validation_loss=9, validation_r2=10
    )
    row[[INDEX["validation_loss"], INDEX["validation_score"]]] = np.nan
    assert epoch_ended(row, "classification") == EpochEnded(*common, train_accuracy=5, test_accuracy=6)


def test_rows_wait_in_order_until_they_are_taken() -> None:
    buffer = RowBuffer()
    assert buffer.take().shape == (0, len(COLUMNS))
    for portion in (1, 500, 3):
        for number in range(portion):
            buffer.add((float(number),) * len(COLUMNS))
        taken = buffer.take()
        assert taken[:, 0].tolist() == list(range(portion))
    taken[...] = 0
    buffer.add((1.0,) * len(COLUMNS))
    assert buffer.take()[0, 0] == 1
