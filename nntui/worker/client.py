"""The dashboard's end of the child process: start it, tell it what to do, take what it tells, notice when it is gone.

Frames are decoded by `Client.take`, in the event loop's own time; so neither NumPy nor the numeric code is needed here
before the first frame arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nntui.training import commands
from nntui.training.commands import Command, Watch
from nntui.worker.frames import ALIVE, FrameError, Message, decode, encode
from nntui.worker.looking import Looking
from nntui.worker.messages import Batch, Failure, Status, read_snapshot, read_status, status_record
from nntui.worker.process import Child

__all__ = ["Batch", "Client", "Failure", "Status"]

COMMAND = (sys.executable, "-P", "-m", "nntui.worker")
TICK = 1.0  # seconds between pings
PATIENCE = 5  # ticks without a word from a child that trains; then it hangs
LONG_PATIENCE = 30  # the same where one call may take long: while it imports, loads data, or trains a huge network
LONG_STEP = 0.01  # seconds of a step from which on a network is huge: hundreds are repeated at once after a divergence
LAST_WORD = 0.15  # seconds in which a child that is to end must show that it heard; else it is ended by force
LONG_LAST_WORD = 0.3  # the same where one call may take long
DRAINING = 0.1  # seconds that the last commands get to be written before the program is suspended
CLOSING = 0.6  # seconds that a child which heard may take to write what it has to


class Client:
    """A training child process, replaced by `relaunch` after a failure. Used from the event loop's thread alone.

    Attributes:
        failure: why the child is gone although nobody asked it to go; None while all is well.
        first_commands: for the next `start`, in force before the first step of that run.
        runs: the folder in which runs are recorded; None: they are not.
        resume_from: the folder of a recorded run that the next `start` takes up; where another program trains it, it is
            followed, and nothing can be changed.
        replay_from: the folder of a recorded run that the next `start` plays.
    """

    def __init__(self, threads: int = 1, command: tuple[str, ...] = COMMAND) -> None:
        self.failure: Failure | None = None
        self.first_commands: tuple[Command, ...] = ()
        self.runs: str | None = None
        self.resume_from: str | None = None
        self.replay_from: str | None = None
        self._threads, self._command = threads, list(command)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wake: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._wake_pending = False
        self._closing = False
        self._watch: Watch | None = None
        self._run = 0
        self._quiet_ticks = 0
        self._status = Status()
        self._child = Child(self._command, threads)
        self._looking = Looking(command, threads, self._notify)
        self._folder = ""  # of the recording that `start` took up
        self._replays = False

    @classmethod
    def launch(cls, threads: int = 1) -> Client:
        """Start the child at once; ``threads``: how many the linear algebra library may use in it."""
        return cls(threads)

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._child.pid

    def attach(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        """Listen from now on. ``wake`` runs in ``loop`` when there is something to take or the child failed."""
        self._loop, self._wake = loop, wake
        self._listen()
        self._timer = loop.call_later(TICK, self._tick)

    def _listen(self) -> None:
        child = self._child
        child.listen(self._notify, lambda reason: self._ended(child, reason))

    # ---- telling

    def start(self, experiment: dict[str, Any], *first: Command) -> None:
        """Begin a run, replacing the present one.

        Args:
            experiment: its dictionary form.
            first: in force before the first step. (A command sent afterwards may come some steps later.)
        """
        self._run += 1
        self._status = Status()
        in_force = [*([self._watch] if self._watch else []), *self.first_commands, *first]
        self.first_commands = ()
        records = [commands.to_json(command) for command in in_force]
        places = {"record": self.runs, "resume": self.resume_from, "replay": self.replay_from}
        self._folder = self.replay_from or self.resume_from or ""
        self._replays = self.replay_from is not None
        self.resume_from = self.replay_from = None
        self._looking.forget()
        self._post({"kind": "start", "run": self._run, "experiment": experiment, "commands": records, **places})

    def send(self, command: Command) -> None:
        """Pass a command on; it takes effect at the next optimizer step and is answered by an event."""
        if isinstance(command, Watch):
            self._watch = command
        self._post({"kind": "command", "command": commands.to_json(command)})

    def look(self, epoch: int | None, watch: Watch) -> None:
        """Have the network measured as it was when this epoch had ended; None: no more. Only the last look counts.

        The next batches have it in ``past``, or why it cannot be in a `Refused` called ``look``. Training goes on.
        """
        folder = self._recording_folder()
        if epoch is not None and folder is None:
            self._looking.refuse_epoch(epoch, "the run is not recorded, so its past cannot be shown")
        elif epoch is not None and not 0 <= epoch <= self._status.epoch:
            self._looking.refuse_epoch(epoch, f"epoch {epoch:,} was not trained yet")
        else:
            self._looking.look(folder or "", epoch, watch)

    def _recording_folder(self) -> str | None:
        """Of the run under way; None where it is not recorded, or not completely."""
        status = self._status
        if not status.run or status.recording.startswith("not recorded"):
            return None
        if os.path.basename(self._folder) == status.run:
            return self._folder
        return None if self.runs is None else os.path.join(self.runs, status.run)

    def _post(self, message: Message) -> None:
        self._child.post(encode(message))

    # ---- taking

    def take(self) -> Batch | None:
        """Everything since the last call, or None. The child measures and sends the next batch only after this."""
        mailbox = self._child.mailbox
        frames = [mailbox.popleft() for _ in range(len(mailbox))]
        try:
            news = [decode(frame) for frame in frames]
            batch = self._merge([message for message in news if message["run"] == self._run])
        except (FrameError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            self._child.give_up(f"sent something unreadable: {error}")
            return None
        if any("batch" in message for message in news) and self.failure is None:
            self._post({"kind": "credit"})
        return self._with_past(batch)

    def _with_past(self, batch: Batch | None) -> Batch | None:
        refused, past = self._looking.take()
        if past is None and not refused:
            return batch
        batch = batch or self._merge([{"events": [], "status": status_record(self._status)}])
        assert batch is not None
        return replace(batch, events=(*batch.events, *refused), past=past)

    def _merge(self, news: list[Message]) -> Batch | None:
        if not news:
            return None
        import numpy as np

        from nntui.training.events import Event, Rewound, RunStarted, from_json
        from nntui.training.scalars import COLUMNS

        events: list[Event] = []
        rows, snapshot = [np.empty((0, len(COLUMNS)))], None
        for message in news:
            fresh = [from_json(record) for record in message["events"]]
            if any(isinstance(event, RunStarted | Rewound) for event in fresh):
                rows, snapshot = rows[:1], None
            events += fresh
            if "rows" in message:
                rows.append(message["rows"])
            if "snapshot" in message:
                snapshot = read_snapshot(message["snapshot"])
        self._status = read_status(news[-1]["status"])
        return Batch(tuple(events), np.concatenate(rows), snapshot, self._status)

    # ---- noticing

    def _tick(self) -> None:
        """Once a second: ask for a sign of life; count seconds without one, not the time, which may have jumped."""
        assert self._loop is not None
        child = self._child
        self._quiet_ticks = 0 if child.heard else self._quiet_ticks + 1
        child.heard = False
        patience = LONG_PATIENCE if self._may_take_long() else PATIENCE
        if self.failure is None and not self._closing:
            if self._quiet_ticks >= patience:
                child.give_up(f"no answer for {patience} s")
            else:
                child.post(ALIVE)
        self._timer = self._loop.call_later(TICK, self._tick)

    def _may_take_long(self) -> bool:
        """Whether the child may be busy for long with one thing that it cannot interrupt to answer."""
        status = self._status
        unknown = status.state == "running" and not status.step_seconds
        return status.state == "loading" or unknown or status.step_seconds > LONG_STEP

    def _ended(self, child: Child, reason: str) -> None:
        """From a thread: ``child`` is gone."""
        if child is self._child and not self._closing:
            self.failure = Failure(reason, child.errors)
            self._notify()

    def _notify(self) -> None:
        """From a thread: have ``wake`` run soon, once however often this is called until then."""
        with self._lock:
            if self._wake_pending or self._loop is None:
                return
            self._wake_pending = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be woken
            self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        with self._lock:
            self._wake_pending = False
        if not self._closing:
            self._wake()

    # ---- ending

    def take_up(self) -> bool:
        """After a failure: have the next `start` go on with what was recorded of the run; False where it was not."""
        folder = self._recording_folder()
        if folder is not None and self._replays:
            self.replay_from = folder
        elif folder is not None:
            self.resume_from = folder
        return folder is not None

    def relaunch(self) -> None:
        """A new child in the place of one that failed; `start` begins a run in it."""
        self._child.kill()
        self.failure = None
        self._quiet_ticks = 0
        self._status = Status()
        self._child = Child(self._command, self._threads)
        if self._loop is not None:
            self._listen()

    def abandon(self) -> None:
        """End the child of a client that was never attached."""
        self._closing = True
        self._looking.close()
        self._child.discard()

    def hold(self, on: bool) -> None:
        """Have the run wait from now on, or go on, while the program is suspended. Waits until the child can know."""
        self._post({"kind": "hold", "on": on})
        self._child.drain(DRAINING)

    def let_go(self) -> None:
        """Have the child end, without waiting for it. No failure is reported any more."""
        if self._closing:
            return
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._looking.close()
        self._child.heard = False
        self._child.post(ALIVE)
        self._child.close_input()

    def kill(self) -> None:
        """End the child by force, without waiting for it; may be called from any thread."""
        self._closing = True
        self._looking.close()
        self._child.kill()

    async def close(self) -> None:
        """End the child: by the end of its input or, where it does not mind that, by force. No failure is reported."""
        self.let_go()
        child = self._child
        if self._quiet_ticks <= 1:
            await _until(child.gone, LONG_LAST_WORD if self._may_take_long() else LAST_WORD)
            if child.heard:
                await _until(child.gone, CLOSING)
        child.kill()
        await _until(child.gone, LAST_WORD)


async def _until(fact: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        await asyncio.sleep(0.005)
