"""The child records what it trains, and goes on with what was recorded."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from nntui.runs.branching import tree
from nntui.runs.catalogue import list_runs
from nntui.runs.checkpoints import numbers
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Jump, Pause, Redo, Restart, Resume, Rewind, Set, Undo
from nntui.training.events import Changed, Paused, Refused, Rewound, RunStarted
from nntui.training.scalars import Rows
from nntui.worker.client import Client
from tests.harness.isolation import Home
from tests.worker.test_client import Ear, endless, posix


@pytest_asyncio.fixture
async def ear() -> AsyncIterator[Ear]:
    client = Client.launch()
    yield Ear(client)
    await client.close()


async def test_nothing_is_recorded_unless_wanted(ear: Ear, home: Home) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 100)
    assert not home.runs.exists()


async def test_every_run_has_its_folder_and_comes_out_the_same_again(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    client.send(Set("schedule.scale", 0.5))
    await ear.until_told(Changed)
    client.send(Restart(seed=5))
    await ear.until(lambda: sum(isinstance(event, RunStarted) for event in ear.events) == 2)
    client.send(Pause())
    await ear.until_told(Paused)
    assert {item.summary and item.summary.state for item in list_runs(tmp_path)} <= {"stopped", "running", "paused"}
    await client.close()
    listed = list_runs(tmp_path)
    assert [item.summary and item.summary.state for item in listed] == ["stopped", "stopped"]
    seeds = set()
    for item in listed:
        run = open_run(item.path)
        assert first_difference(run) is None
        seeds.add(run.experiment.training.seed)
    assert len(seeds) == 2


@pytest.mark.slow
@posix
async def test_a_killed_child_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    first = Client.launch()
    ear = Ear(first)
    first.runs = str(tmp_path)
    first.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    first.send(Set("schedule.scale", 0.5))
    await ear.until_told(Changed)
    [listed] = list_runs(tmp_path)
    await ear.until(lambda: numbers(listed.path))
    os.kill(first.pid, signal.SIGKILL)
    await ear.until(lambda: first.failure)
    await first.close()
    rows = open_run(listed.path).scalars().rows
    assert [item.summary and item.summary.state for item in list_runs(tmp_path)] == ["interrupted"]

    second = Client.launch()
    ear = Ear(second)
    second.runs, second.resume_from = str(tmp_path), str(listed.path)
    second.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > len(rows) + 50)
    second.send(Pause())
    await ear.until_told(Paused)
    second.send(Resume())
    shown = np.concatenate([batch.rows for batch in ear.batches])
    np.testing.assert_array_equal(shown[: len(rows)], rows)
    np.testing.assert_array_equal(shown[:, 0], np.arange(1, len(shown) + 1))
    assert any(isinstance(event, Changed) and event.new == 0.5 for event in ear.events)
    await second.close()
    assert first_difference(open_run(listed.path)) is None


@pytest.mark.slow
async def test_going_back_and_over_to_the_branch_that_was_left(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 300)
    first = ear.last.status.run
    client.send(Set("schedule.scale", 0.5))
    client.send(Rewind(100))
    await ear.until_told(Rewound)
    await ear.until(lambda: ear.last.status.state == "paused" and len(shown(ear)) == 100)
    assert (ear.last.status.epoch, ear.last.status.run) == (100, first)
    client.send(Set("schedule.scale", 2.0))
    client.send(Resume())
    await ear.until(lambda: ear.last.status.epoch > 200)
    second = ear.last.status.run
    rows = shown(ear)
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, len(rows) + 1))
    assert second not in ("", first)
    client.send(Undo())
    client.send(Redo())
    await ear.until(lambda: sum(isinstance(event, Rewound) for event in ear.events) == 3)
    client.send(Rewind(10**6))
    await ear.until_told(Refused)
    client.send(Jump(first))
    await ear.until(lambda: ear.last.status.run == first and ear.last.status.epoch > 300)
    assert [event.new for event in ear.events if isinstance(event, Changed)][-1] == 0.5
    await client.close()
    assert [node.label for node in tree(tmp_path, first).nodes][1:] == ["lr 0.01 → 0.02 at 100"]
    for listed in list_runs(tmp_path):
        assert first_difference(open_run(listed.path)) is None


def shown(ear: Ear) -> Rows:
    """The rows of what the screen shows: since the run began or was put elsewhere."""
    starts = [
        index
        for index, batch in enumerate(ear.batches)
        if any(isinstance(event, RunStarted | Rewound) for event in batch.events)
    ]
    return np.concatenate([batch.rows for batch in ear.batches[starts[-1] :]])


@pytest.mark.slow
@posix
async def test_after_its_process_died_a_run_goes_on_from_what_was_recorded(ear: Ear, tmp_path: Path) -> None:
    client = ear.client
    client.runs = str(tmp_path)
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    run = ear.last.status.run
    os.kill(client.pid, signal.SIGKILL)
    await ear.until(lambda: client.failure)
    assert client.take_up()
    client.relaunch()
    ear.batches.clear()
    client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 200)
    assert ear.last.status.run == run
    rows = shown(ear)
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, len(rows) + 1))
    await client.close()
    assert first_difference(open_run(tmp_path / run)) is None


async def test_a_run_that_was_not_recorded_cannot_be_taken_up(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 5)
    assert not ear.client.take_up()


async def test_what_cannot_be_recorded_is_said(ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    ear.client.runs = str(tmp_path / "runs")
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    assert ear.last.status.recording.startswith("not recorded since epoch 0: ")
