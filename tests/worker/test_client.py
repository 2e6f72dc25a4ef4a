"""The dashboard's end of the child: a real child trains, and every way it can go is noticed and said."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from nntui.experiment import Experiment
from nntui.training.commands import Pause, Restart, Set, Step, Watch
from nntui.training.events import Changed, Event, Failed, Paused, RunStarted
from nntui.training.scalars import INDEX
from nntui.worker import client as client_module
from nntui.worker.client import COMMAND, Batch, Client, Status
from tests.harness.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def endless(**values: object) -> dict[str, object]:
    wanted: dict[str, object] = {"data.name": "xor", "network.hidden": (4,), "training.epochs": 1_000_000, **values}
    return Experiment("endless").with_values(wanted).to_dict()


class Ear:
    """Takes all that a client has, and keeps it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.batches: list[Batch] = []
        self._woken = asyncio.Event()
        client.attach(asyncio.get_running_loop(), self._woken.set)

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    @property
    def last(self) -> Batch:
        return self.batches[-1]

    async def until(self, fact: Callable[[], object], seconds: float = PATIENCE) -> None:
        async with asyncio.timeout(seconds):
            while not fact():
                await self._woken.wait()
                self._woken.clear()
                batch = self.client.take()
                if batch is not None:
                    self.batches.append(batch)

    async def until_told(self, kind: type[Event]) -> None:
        await self.until(lambda: any(isinstance(event, kind) for event in self.events))


@pytest_asyncio.fixture
async def ear() -> AsyncIterator[Ear]:
    client = Client.launch()
    yield Ear(client)
    await client.close()


async def failure_of(program: str) -> str:
    """What is said of a child that runs this instead of training."""
    client = Client(command=(sys.executable, "-c", program))
    ear = Ear(client)
    await ear.until(lambda: client.failure)
    await client.close()
    assert client.failure is not None
    return f"{client.failure.reason}\n{client.failure.detail}"


async def test_a_run_that_starts_paused_has_made_no_step(ear: Ear) -> None:
    for _ in range(5):
        ear.batches.clear()
        ear.client.start(endless(), Pause())
        await ear.until(lambda: ear.batches and ear.last.status.state == "paused")
        assert (ear.last.status.epoch, ear.last.status.step) == (0, 0)


async def _asked(ear: Ear) -> Status:
    """The status in two batches from now: the first may have been under way before."""
    for _ in range(2):
        count = len(ear.batches)
        ear.client.send(Watch())
        await ear.until(lambda count=count: len(ear.batches) > count)  # type: ignore[misc]
    return ear.last.status


async def test_held_run_waits_and_its_clock_too(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 10)
    ear.client.hold(True)
    held = await _asked(ear)
    again = await _asked(ear)
    assert (again.state, again.step, again.elapsed) == ("running", held.step, held.elapsed)
    ear.client.hold(False)
    await ear.until(lambda: ear.last.status.epoch > held.epoch)


async def test_every_epoch_arrives_once_and_in_order(ear: Ear) -> None:
    ear.client.start(endless(**{"training.epochs": 3000}))
    await ear.until(lambda: sum(len(batch.rows) for batch in ear.batches) == 3000)
    rows = np.concatenate([batch.rows for batch in ear.batches])
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, 3001))
    assert np.isfinite(rows[:, INDEX["seconds"]]).all()
    assert (np.diff(rows[:, INDEX["seconds"]]) >= 0).all()


async def test_a_run_may_begin_paused(ear: Ear) -> None:
    ear.client.first_commands = (Pause(),)
    ear.client.start(endless())
    await ear.until_told(Paused)
    assert ear.last.status.state == "paused"
    assert ear.last.status.step == 0
    ear.client.send(Step(2, "batch"))
    await ear.until(lambda: ear.last.status.step == 2)


async def test_a_change_is_answered_with_the_step_it_takes_effect_at(ear: Ear) -> None:
    ear.client.start(endless())
    ear.client.send(Set("schedule.scale", 0.5))
    await ear.until_told(Changed)
    changed = next(event for event in ear.events if isinstance(event, Changed))
    assert (changed.name, changed.new) == ("schedule.scale", 0.5)


async def test_after_a_restart_only_rows_of_the_new_run_come(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    ear.batches.clear()
    ear.client.send(Restart())
    await ear.until_told(RunStarted)
    first = next(i for i, batch in enumerate(ear.batches) if any(isinstance(e, RunStarted) for e in batch.events))
    await ear.until(lambda: sum(len(batch.rows) for batch in ear.batches[first:]) > 0)
    rows = np.concatenate([batch.rows for batch in ear.batches[first:]])
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, len(rows) + 1))


async def test_data_that_vanished_fail_the_run_and_not_the_child(ear: Ear, tmp_path: Path) -> None:
    gone = Experiment("gone").with_values({"data.name": "csv", "data.path": str(tmp_path / "gone.csv")})
    ear.client.start(gone.to_dict())
    await ear.until_told(Failed)
    assert "gone.csv" in next(event.message for event in ear.events if isinstance(event, Failed))
    assert ear.last.status.state == "failed"
    ear.client.start(endless())
    await ear.until(lambda: ear.last.status.state == "running")
    assert ear.client.failure is None


@posix
async def test_a_killed_child_is_named_so_and_can_be_replaced(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until_told(RunStarted)
    os.kill(ear.client.pid, signal.SIGKILL)
    await ear.until(lambda: ear.client.failure)
    assert ear.client.failure is not None
    assert ear.client.failure.reason.startswith("killed by signal 9")
    ear.batches.clear()
    ear.client.relaunch()
    ear.client.start(endless())
    await ear.until_told(RunStarted)
    assert ear.client.failure is None


@pytest.mark.slow
@posix
async def test_a_child_that_stands_still_is_killed_and_named_so(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    ear.client.start(endless())
    await ear.until(lambda: ear.batches and ear.last.status.epoch > 50)
    monkeypatch.setattr(client_module, "TICK", 0.1)
    os.kill(ear.client.pid, signal.SIGSTOP)
    await ear.until(lambda: ear.client.failure)
    assert ear.client.failure is not None
    assert ear.client.failure.reason == "no answer for 5 s"


async def test_an_exit_is_told_with_the_last_lines_of_its_errors() -> None:
    said = await failure_of("import sys; [print(i, file=sys.stderr) for i in range(100)]; raise SystemExit('why')")
    assert said.startswith("exited with status 1")
    lines = said.splitlines()[1:]
    assert lines[-1] == "why"
    assert len(lines) == 40


@pytest.mark.parametrize("noise", ["b'hello, this is no frame'", "b'\\x10\\0\\0\\0\\x08\\0\\0\\0' + b'x' * 16"])
async def test_a_child_that_talks_nonsense_is_ended(noise: str) -> None:
    said = await failure_of(f"import os, time; os.write(1, {noise}); time.sleep(60)")
    assert said.startswith("sent something unreadable")


@posix
@pytest.mark.parametrize(
    "stubborn", ["signal.signal(signal.SIGTERM, signal.SIG_IGN)", "os.kill(os.getpid(), signal.SIGSTOP)"]
)
async def test_closing_ends_any_child_soon(stubborn: str) -> None:
    client = Client(command=(sys.executable, "-c", f"import os, signal, time; {stubborn}; time.sleep(60)"))
    Ear(client)
    await client.close()
    assert gone(client.pid)
    assert client.failure is None


@posix
async def test_closing_a_child_that_trains_is_no_failure(ear: Ear) -> None:
    ear.client.start(endless())
    await ear.until_told(RunStarted)
    await ear.client.close()
    assert gone(ear.client.pid)
    assert ear.client.failure is None


@posix
async def test_a_child_that_still_writes_is_waited_for(tmp_path: Path) -> None:
    """As long as it shows that it heard; how long that may be is bounded, but more than a moment."""
    program = f"""
import os, time
while os.read(0, 100):
    os.write(1, bytes(8))
time.sleep({client_module.LAST_WORD + 0.1})
open({str(tmp_path / "written")!r}, "w").close()
"""
    client = Client(command=(sys.executable, "-c", program))
    Ear(client)
    client.send(Pause())
    await until(lambda: client._child.heard)
    await client.close()
    assert (tmp_path / "written").exists()


@posix
def test_a_child_nobody_listened_to_is_ended() -> None:
    client = Client.launch()
    client.abandon()
    assert gone(client.pid)


@posix
def test_the_child_ends_when_its_parent_is_killed() -> None:
    program = (
        "import sys, time; from nntui.worker.client import Client\n"
        f"client = Client.launch(); client.start({endless()!r}); print(client.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + PATIENCE
    while not gone(pid):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.02)


def test_a_child_needs_no_installed_package_and_no_working_directory(tmp_path: Path) -> None:
    assert "-P" in COMMAND
    program = f"import sys; sys.path.append({str(ROOT)!r}); from nntui.worker.client import Client; Client().abandon()"
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0


def gone(pid: int) -> bool:
    """Ended, whether or not anybody has asked for its status."""
    try:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    except OSError:
        return False
    return state == "" or state.startswith("Z")
