"""The dashboard's end of looking at the past: a second child, started when first needed, that only reads.

Whatever happens to it, the run goes on: why nothing is shown is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nntui.training import commands
from nntui.training.commands import Watch
from nntui.training.events import Refused
from nntui.worker.frames import FrameError, decode, encode
from nntui.worker.messages import read_snapshot
from nntui.worker.process import Child

if TYPE_CHECKING:
    from nntui.training.snapshot import Snapshot

ARGUMENT = "past"  # of the program that trains: what has it look at the past instead
MOST_CHILDREN = 3  # that die before no other is started


class Looking:
    """What is looked at, and the child that measures it.

    Args:
        command: that starts a training child.
        wake: called from a thread when there is something to take.
    """

    def __init__(self, command: Sequence[str], threads: int, wake: Callable[[], None]) -> None:
        self._command, self._threads, self._wake = [*command, ARGUMENT], threads, wake
        self._child: Child | None = None
        self._number = 0
        self._epoch: int | None = None
        self._died: list[str] = []
        self._said: set[str] = set()
        self._news: list[Refused] = []

    @property
    def pid(self) -> int | None:
        """The process id of the child, where there is one."""
        return None if self._child is None else self._child.pid

    def look(self, folder: str, epoch: int | None, watch: Watch) -> None:
        """Have this epoch of a recorded run measured; None: no more."""
        self._number, self._epoch = self._number + 1, epoch
        if epoch is None and self._child is None:
            return
        if self._child is None:
            if len(self._died) >= MOST_CHILDREN:
                self.refuse(self._died[-1])
                return
            self._launch()
        assert self._child is not None
        record = commands.to_json(watch)
        self._child.post(
            encode({"kind": "look", "number": self._number, "folder": folder, "epoch": epoch, "watch": record})
        )

    def refuse_epoch(self, epoch: int, reason: str) -> None:
        """This one cannot be looked at; said once."""
        self._number, self._epoch = self._number + 1, epoch
        self.refuse(reason)

    def refuse(self, reason: str) -> None:
        """Nothing can be shown of what is looked at; said once."""
        if self._epoch is None or reason in self._said:
            return
        self._said.add(reason)
        self._news.append(Refused("look", self._epoch, reason))
        self._wake()

    def forget(self) -> None:
        """Another run began: what was asked is of no interest any more, and what was said may be said again."""
        self._number, self._epoch = self._number + 1, None
        self._news.clear()
        self._said.clear()

    def take(self) -> tuple[list[Refused], Snapshot | None]:
        """What there is to say, and the measurements asked for last where they have come since the last call."""
        snapshot = None
        child = self._child
        while child is not None and child.mailbox:
            try:
                message = decode(child.mailbox.popleft())
                if message["number"] != self._number:
                    continue
                if "fault" in message:
                    self.refuse(str(message["fault"]))
                else:
                    snapshot = read_snapshot(message["snapshot"])
            except (FrameError, AttributeError, KeyError, TypeError, ValueError) as error:
                child.give_up(f"sent something unreadable: {error}")
                break
        news, self._news = self._news, []
        return news, snapshot

    def _launch(self) -> None:
        child = self._child = Child(self._command, self._threads)
        child.listen(self._wake, lambda reason: self._ended(child, reason))

    def _ended(self, child: Child, reason: str) -> None:
        """From a thread: the child is gone."""
        if child is self._child:
            self._child = None
            last = child.errors.strip().rpartition("\n")[2]
            self._died.append(f"the past cannot be shown: its process {reason}{f' ({last})' if last else ''}")
            self.refuse(self._died[-1])

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.close_input()
            child.kill()
