"""The second child's main loop: it measures the network as it was, in a recording that is only read.

``look`` (number, folder, epoch, watch) is answered with ``past`` (number, and a snapshot or a fault in words), unless a
later one comes first: only the last one counts. Epochs after the one it stands at are trained from there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import Empty

from nntui.runs.errors import RunError
from nntui.training import commands
from nntui.training.commands import Watch
from nntui.training.session import Session
from nntui.worker.arrivals import Inbox
from nntui.worker.frames import ALIVE, Message, encode
from nntui.worker.messages import snapshot_record
from nntui.worker.seeking import OvertakenError, Seeker


class PastLoop:
    """Answers looks until the input ends.

    Args:
        inbox: what arrives from the dashboard.
        send: passes a frame to it.
    """

    def __init__(self, inbox: Inbox, send: Callable[[bytes], None]) -> None:
        self._inbox, self._send = inbox, send
        self._wanted: Message | None = None
        self._ended = False
        self._seeker = Seeker(self._interrupt)

    def run(self) -> None:
        """Until the input ends."""
        while not self._ended:
            self._hear(wait=self._wanted is None)
            if self._wanted is not None:
                self._answer(self._wanted)

    def _hear(self, *, wait: bool) -> None:
        while wait or not self._inbox.empty():
            try:
                message = self._inbox.get(timeout=None if wait else 0.0)
            except Empty:
                return
            wait = False
            if message is None:
                self._ended = True
                return
            if message["kind"] == "ping":
                self._send(ALIVE)
            elif message["kind"] == "look":
                self._wanted = message if message["epoch"] is not None else None

    def _answer(self, wanted: Message) -> None:
        answer: Message = {"kind": "past", "number": wanted["number"]}
        watch = commands.from_json(wanted["watch"])
        try:
            assert isinstance(watch, Watch)
            snapshot = self._seeker.look(Path(wanted["folder"]), wanted["epoch"], watch)
            answer["snapshot"] = snapshot_record(snapshot)
        except OvertakenError:
            return
        except RunError as error:
            answer["fault"] = str(error)
        except Exception as error:  # whatever a measurement makes of a network as it was: the next look may do better
            answer["fault"] = f"epoch {wanted['epoch']:,} cannot be measured: {' '.join(str(error).split())}"
        self._wanted = None
        self._send(encode(answer))

    def _interrupt(self, _: Session) -> None:
        """Now and then while training: give up where something else was asked for."""
        before = self._wanted
        self._hear(wait=False)
        if self._ended or self._wanted is not before:
            raise OvertakenError
