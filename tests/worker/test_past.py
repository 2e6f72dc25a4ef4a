"""Looking at a run as it was, while it trains on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.training.commands import Pause, Resume, Set, Watch
from nntui.training.events import Changed, Paused, Refused
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import WEIGHTS, Snapshot
from nntui.worker import looking as looking_module
from nntui.worker.client import Client
from nntui.worker.seeking import OvertakenError, Seeker
from tests.training.runs import assert_same
from tests.worker.journeys import Journey
from tests.worker.test_client import Ear, endless, posix

STEPS = 7
WATCH = Watch((WEIGHTS,))


@pytest_asyncio.fixture
async def ear() -> AsyncIterator[Ear]:
    client = Client.launch()
    yield Ear(client)
    await client.close()


def state_of(seeker: Seeker) -> object:
    assert seeker._rerun is not None
    return seeker._rerun.session.state_dict()["loop"]


def past(by: Ear) -> list[Snapshot]:
    return [batch.past for batch in by.batches if batch.past is not None]


def test_any_epoch_is_found_from_any_other(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(10 * STEPS + 3)
    journey.do(Set("training.batch_size", 20))
    journey.train(12 * 4)
    run = journey.opened()
    seeker = Seeker(lambda session: None)
    for epoch in (3, 4, 4, 15, 11, 0, 1, 20, 9):
        seeker.seek(run.folder, epoch)
        assert_same(state_of(seeker), rewind(run, epoch).state_dict()["loop"])
    journey.do(Pause())
    journey.end()


def test_going_forward_trains_on_from_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = Journey(tmp_path)
    journey.train(9 * STEPS)
    for path in (journey.opened().folder / "checkpoints").iterdir():
        path.unlink()
    seeker = Seeker(lambda session: None)
    seeker.seek(journey.opened().folder, 5)
    trained: list[int] = []
    advance = Session.advance

    def counted(session: Session, steps: int, *, stop_early: bool = True) -> object:
        before = session.step
        told = advance(session, steps, stop_early=stop_early)
        trained.append(session.step - before)
        return told

    monkeypatch.setattr(Session, "advance", counted)
    seeker.seek(journey.opened().folder, 7)
    assert sum(trained) == 2 * STEPS


def test_a_look_that_is_overtaken_can_be_taken_up_again(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(30 * STEPS)
    run = journey.opened()
    for path in (run.folder / "checkpoints").iterdir():
        path.unlink()
    left = 2

    def interrupt(session: Session) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OvertakenError

    seeker = Seeker(interrupt)
    with pytest.raises(OvertakenError):
        seeker.seek(run.folder, 28)
    seeker.seek(run.folder, 28)
    assert_same(state_of(seeker), rewind(run, 28).state_dict()["loop"])


@pytest.mark.slow
async def test_the_past_comes_while_the_run_goes_on(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 400)
    client.send(Set("schedule.scale", 0.5))
    await ear.until_told(Changed)
    for epoch in (300, 50, 200):
        client.look(epoch, WATCH)
    await ear.until(lambda: past(ear))
    assert past(ear)[-1].epoch == 200
    epochs = ear.last.status.epoch
    await ear.until(lambda: ear.last.status.epoch > epochs)
    client.look(390, WATCH)
    await ear.until(lambda: past(ear)[-1].epoch == 390)
    client.send(Pause())
    await ear.until_told(Paused)
    now = ear.last.status.epoch
    client.look(now, WATCH)
    await ear.until(lambda: past(ear)[-1].epoch == now)
    expected = Probe(rewind(open_run(tmp_path / ear.last.status.run), now)).measure(WATCH)
    assert [layer.std for layer in past(ear)[-1].weights] == [layer.std for layer in expected.weights]
    client.look(None, WATCH)
    client.send(Resume())
    await ear.until(lambda: ear.last.status.epoch > now)


async def test_a_run_that_is_not_recorded_has_no_past_to_show(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 20)
    ear.client.look(5, WATCH)
    ear.client.look(6, WATCH)
    await ear.until_told(Refused)
    [refused] = [event for event in ear.events if isinstance(event, Refused)]
    assert (refused.name, refused.value) == ("look", 5)
    assert "not recorded" in refused.reason


@posix
async def test_the_run_does_not_care_what_becomes_of_the_past(tmp_path: Path) -> None:
    program = """
import runpy, sys
if sys.argv[1:] == ["past"]:
    sys.exit("it broke")
runpy.run_module("nntui.worker", run_name="__main__")
"""
    client = Client(command=(sys.executable, "-c", program))
    ear = Ear(client)
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 20)
    client.look(5, WATCH)
    await ear.until_told(Refused)
    reasons = [event.reason for event in ear.events if isinstance(event, Refused)]
    assert reasons == ["the past cannot be shown: its process exited with status 1 (it broke)"]
    epochs = ear.last.status.epoch
    await ear.until(lambda: ear.last.status.epoch > epochs)
    assert client.failure is None
    await client.close()


@pytest.mark.slow
@posix
async def test_a_second_child_that_is_killed_is_replaced(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 60)
    client.look(40, WATCH)
    await ear.until(lambda: past(ear))
    pid = client._looking.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await ear.until_told(Refused)
    client.look(41, WATCH)
    await ear.until(lambda: past(ear)[-1].epoch == 41)
    await client.close()
    assert client._looking.pid is None


async def test_what_cannot_be_measured_is_said_and_the_next_is(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 60)
    client.look(40, Watch(("weights", "chain"), sample=10**9))
    client.look(10**7, WATCH)
    client.look(-1, WATCH)
    await ear.until_told(Refused)
    client.look(41, WATCH)
    await ear.until(lambda: past(ear))
    assert past(ear)[-1].epoch == 41


def test_its_argument_is_the_one_the_program_knows() -> None:
    assert looking_module.ARGUMENT == "past"
