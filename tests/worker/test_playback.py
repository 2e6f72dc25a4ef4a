"""A recording that is played: what was trained comes again, and nothing can be changed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from nntui.runs.catalogue import list_runs
from nntui.runs.lock import Lock
from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.training.commands import (
    Command,
    Jump,
    Pace,
    Pause,
    RangeTest,
    Restart,
    Resume,
    Rewind,
    Set,
    Silence,
    Step,
    Undo,
    Watch,
)
from nntui.training.events import Changed, Event, Paused, Refused, Rewound, RunEnded, RunStarted
from nntui.training.measures import Probe
from nntui.training.scalars import INDEX
from nntui.training.snapshot import WEIGHTS
from nntui.worker.client import Client
from nntui.worker.playback import Playback, Shadow
from tests.runs.recordings import Clock, recorded
from tests.training.runs import experiment
from tests.worker.test_client import Ear, endless

STEPS = 7
EPOCHS = 12


@pytest_asyncio.fixture
async def ear() -> AsyncIterator[Ear]:
    client = Client.launch()
    yield Ear(client)
    await client.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    script = [(20, Set("schedule.scale", 0.5)), (50, Set("training.batch_size", 20))]
    return recorded(tmp_path / "runs", experiment(training__epochs=EPOCHS), script)


def played(playback: Playback, steps: int = 3) -> list[Event]:
    """All that is told until it stops."""
    told: list[Event] = []
    while playback.state == "running":
        told += playback.advance(steps)
    return told


def test_what_is_played_is_what_was_recorded(folder: Path) -> None:
    playback = Playback(folder)
    assert isinstance(playback.opening()[0], RunStarted)
    seen = []
    told: list[Event] = []
    while playback.state == "running":
        told += playback.advance(1)
        seen += [(playback.step, row[0]) for row in playback.take_rows()]
    rows = open_run(folder).scalars().rows
    assert seen == [(row[1], row[0]) for row in rows]
    assert [(event.name, event.step) for event in told if isinstance(event, Changed)] == [
        ("schedule.scale", 20),
        ("training.batch_size", 50),
    ]
    assert isinstance(told[-1], RunEnded)
    assert (playback.state, playback.epoch, playback.seconds) == ("finished", EPOCHS, rows[-1, INDEX["seconds"]])


def test_it_pauses_and_goes_on_step_by_step(folder: Path) -> None:
    playback = Playback(folder)
    playback.opening()
    playback.advance(5)
    assert isinstance(playback.obey(Pause())[0], Paused)
    assert playback.advance(5) == []
    playback.obey(Step(3, "batch"))
    assert isinstance(played(playback)[-1], Paused)
    assert (playback.step, playback.epoch) == (8, 1)
    playback.obey(Step(2, "epoch"))
    played(playback)
    assert (playback.step, playback.epoch) == (21, 3)
    playback.obey(Resume())
    assert isinstance(played(playback)[-1], RunEnded)
    assert isinstance(playback.obey(Resume())[0], Refused)
    assert playback.obey(Restart())[0] == playback.started()
    assert (playback.state, playback.step) == ("running", 0)


def test_it_goes_to_any_epoch_forth_and_back(folder: Path) -> None:
    playback = Playback(folder)
    playback.opening()
    for epoch in (9, 2, 0, 12, 5):
        told = playback.obey(Rewind(epoch))
        assert isinstance(told[0], Rewound)
        assert (told[0].epoch, playback.state) == (epoch, "paused")
        assert [int(row[0]) for row in playback.take_rows()] == list(range(1, epoch + 1))
        assert told[0].experiment == rewind(open_run(folder), epoch).experiment.to_dict()
        assert len([event for event in told if isinstance(event, Changed)]) == (epoch > 2) + (epoch > 7)
    assert isinstance(playback.obey(Rewind(13))[0], Refused)


@pytest.mark.parametrize(
    "command", [Set("schedule.scale", 2.0), Undo(), Jump("x"), RangeTest(), Silence(0, 1), Set("training.pace", 3.0)]
)
def test_nothing_can_be_changed(folder: Path, command: Command) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    playback = Playback(folder)
    playback.opening()
    playback.advance(30)
    [refused] = playback.obey(command)
    assert isinstance(refused, Refused)
    assert "nntui resume" in refused.reason
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_measurements_are_those_of_the_epoch_played(folder: Path) -> None:
    playback = Playback(folder)
    shadow = Shadow(playback, folder)
    run = open_run(folder)
    for epoch in (8, 3, 4):
        playback.obey(Rewind(epoch))
        found = shadow.measure(Watch((WEIGHTS,)))
        while shadow.is_behind:
            found = shadow.measure(Watch((WEIGHTS,)))
        assert found is not None
        expected = Probe(rewind(run, epoch)).measure(Watch((WEIGHTS,)))
        assert found.epoch == epoch
        assert [layer.std for layer in found.weights] == [layer.std for layer in expected.weights]


async def test_the_dashboard_is_told_of_a_recording_as_of_a_run(ear: Ear, folder: Path) -> None:
    client = ear.client
    client.replay_from = str(folder)
    client.first_commands = (Watch((WEIGHTS,)), Pause())
    client.start(endless())
    await ear.until_told(Paused)
    assert (ear.last.status.state, ear.last.status.run) == ("paused", folder.name)
    assert ear.last.status.recording == "replaying, read-only"
    client.send(Rewind(7))
    await ear.until(lambda: ear.batches[-1].snapshot is not None and ear.batches[-1].snapshot.epoch == 7)
    client.look(3, Watch((WEIGHTS,)))
    await ear.until(lambda: ear.last.past is not None)
    client.send(Pace(None))
    client.send(Resume())
    await ear.until_told(RunEnded)
    await ear.until(lambda: sum(len(batch.rows) for batch in ear.batches) >= EPOCHS)
    rows = np.concatenate([batch.rows for batch in ear.batches])
    recorded = open_run(folder).scalars().rows
    np.testing.assert_array_equal(rows[-EPOCHS:, INDEX["seconds"]], recorded[:, INDEX["seconds"]])


@pytest.mark.slow
async def test_a_run_that_another_program_trains_is_followed(ear: Ear, tmp_path: Path) -> None:
    first = ear.client
    first.runs = str(tmp_path)
    first.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 200)
    second = Client.launch()
    other = Ear(second)
    [listed] = list_runs(tmp_path)
    second.runs, second.resume_from = str(tmp_path), str(listed.path)
    second.start(endless())
    await other.until(lambda: other.batches and other.last.status.epoch > 200)
    assert other.last.status.recording == "read-only: another program trains this run"
    second.send(Set("schedule.scale", 0.5))
    await other.until_told(Refused)
    first.send(Set("schedule.scale", 0.25))
    await other.until_told(Changed)
    first.send(Pause())
    await ear.until_told(Paused)
    await other.until(lambda: other.last.status.epoch >= ear.last.status.epoch - 1)
    await first.close()
    await other.until_told(RunEnded)
    await other.until(lambda: "the program that trained this run has stopped" in other.last.status.recording)
    assert other.last.status.state == "paused"
    rows = np.concatenate([batch.rows for batch in other.batches])
    np.testing.assert_array_equal(rows, open_run(listed.path).scalars().rows)
    await second.close()
    assert len(list_runs(tmp_path)) == 1


def spoil_journal(folder: Path) -> None:
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b"not a line of a journal\n")


@pytest.mark.parametrize("lose", [shutil.rmtree, spoil_journal])
def test_follower_of_a_lost_recording_stops_and_says_so(folder: Path, lose: Callable[[Path], None]) -> None:
    playback = Playback(folder, follow=True, clock=Clock(0.3))
    lock = Lock(folder)
    assert lock.take()
    for _ in range(40):
        playback.advance(3)
    assert playback.words == "read-only: another program trains this run"
    lose(folder)
    lock.release()
    playback.advance(3)
    assert "another program" in playback.words  # which may be writing it again
    for _ in range(40):
        playback.advance(3)
    assert playback.state == "paused"
    assert "removed or damaged" in playback.words
    assert playback.epoch == EPOCHS


def test_follower_goes_on_with_a_recording_that_is_written_again(folder: Path, tmp_path: Path) -> None:
    playback = Playback(folder, follow=True, clock=Clock(0.3))
    folder.rename(tmp_path / "elsewhere")
    for _ in range(8):
        playback.advance(3)
    shutil.copytree(tmp_path / "elsewhere", folder)
    lock = Lock(folder)
    assert lock.take()
    for _ in range(40):
        playback.advance(3)
    assert (playback.state, playback.words) == ("running", "read-only: another program trains this run")
    lock.release()


@pytest.mark.slow
async def test_a_follower_of_a_killed_trainer_says_so(ear: Ear, tmp_path: Path) -> None:
    first = ear.client
    first.runs = str(tmp_path)
    first.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    second = Client.launch()
    other = Ear(second)
    [listed] = list_runs(tmp_path)
    second.runs, second.resume_from = str(tmp_path), str(listed.path)
    second.start(endless())
    await other.until(lambda: other.batches and other.last.status.epoch > 50)
    os.kill(first.pid, signal.SIGKILL)
    await other.until(lambda: "was killed" in other.last.status.recording)
    assert other.last.status.state == "paused"
    assert other.last.status.recording.endswith(f"resume it: nntui resume {listed.path.name}")
    await second.close()
    [left] = list_runs(tmp_path)
    assert left.summary is not None
    assert left.summary.state == "interrupted"
