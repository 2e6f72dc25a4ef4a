"""A run under way is diagnosed: at its start, after changes, and as it trains; told, and on the record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nntui.experiment import find_preset, read_preset
from nntui.runs.catalogue import list_runs
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Pause, Restart, Rewind, Set, from_json
from nntui.training.diagnosis.engine import Doctor
from nntui.training.events import Diagnosed, Paused, Rewound, RunStarted
from nntui.training.session import Session
from nntui.worker import diagnosing
from nntui.worker.client import Client
from nntui.worker.diagnosing import Diagnosing
from tests.worker.test_client import Ear


@pytest_asyncio.fixture
async def ear() -> AsyncIterator[Ear]:
    client = Client.launch()
    yield Ear(client)
    await client.close()


def preset(name: str, **values: object) -> dict[str, object]:
    return read_preset(find_preset(name)).with_values(values).to_dict()


def diagnosed(ear: Ear) -> list[Diagnosed]:
    return [event for event in ear.events if isinstance(event, Diagnosed)]


@pytest.mark.slow
async def test_what_is_wrong_is_told_recorded_and_mended(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(preset("dying-relu", **{"training.pace": 0.0, "training.epochs": 100_000}))
    await ear.until(lambda: any(event.rule == "dead_units" for event in diagnosed(ear)))
    for record in diagnosed(ear)[0].commands:
        client.send(from_json(record))
    await ear.until(lambda: any(event.rule == "dead_units" and not event.on for event in diagnosed(ear)))
    client.send(Pause())
    await ear.until_told(Paused)
    await client.close()
    [listed] = list_runs(tmp_path)
    run = open_run(listed.path)
    told = [entry.event for entry in run.journal.entries if isinstance(entry.event, Diagnosed)]
    held = [event.on for event in told if event.rule == "dead_units"]
    assert (held[0], held[-1]) == (True, False)
    assert first_difference(run) is None  # what was said makes no difference to what is trained


async def test_what_is_wrong_before_the_first_step_is_told_with_the_start_and_after_going_back(
    ear: Ear, tmp_path: Path
) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(preset("maximise", **{"training.pace": 0.0, "training.epochs": 100_000}))
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 20)
    assert diagnosed(ear)[0].rule == "gradient_ascent"
    assert diagnosed(ear)[0].step == 0
    before = len(diagnosed(ear))
    client.send(Rewind(2))
    await ear.until_told(Rewound)
    await ear.until(lambda: len(diagnosed(ear)) > before)
    assert diagnosed(ear)[before].epoch == 2
    client.send(Restart(seed=3))
    await ear.until(lambda: sum(isinstance(event, RunStarted) for event in ear.events) >= 2)
    await ear.until(lambda: diagnosed(ear)[-1].step == 0)


class Clock:
    """Turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.slow
def test_looking_takes_its_share_of_the_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looks = Clock(), []
    real = Doctor.look

    def look(doctor: Doctor) -> list[Diagnosed]:
        clock.now += 0.002
        looks.append(clock.now)
        return real(doctor)

    monkeypatch.setattr(Doctor, "look", look)
    session = Session(read_preset(find_preset("xor")).with_value("training.epochs", 100_000))
    diagnoses = Diagnosing(clock)
    diagnoses.begin(session)
    while clock.now < 20:
        told = session.advance(20)
        clock.now += 0.01
        diagnoses.trained(told)
    assert 0.5 * diagnosing.SHARE < 0.002 * len(looks) / clock.now < 1.2 * diagnosing.SHARE


def test_a_change_is_looked_at_at_once_and_a_refusal_not() -> None:
    session = Session(read_preset(find_preset("linear-collapse")))
    diagnoses = Diagnosing(Clock())
    assert [event.rule for event in diagnoses.begin(session) if isinstance(event, Diagnosed)] == ["linear_collapse"]
    refused = Set("optimizer.learning_rate", -1.0)
    assert diagnoses.commanded(refused, session.apply(refused)) == []
    change = Set("network.activation", "tanh")
    found = diagnoses.commanded(change, session.apply(change))
    assert [(event.rule, event.on) for event in found if isinstance(event, Diagnosed)] == [("linear_collapse", False)]
