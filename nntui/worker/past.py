"""The second child's main loop: it measures the network as it was, in a recording that is only read.

``look`` (number, folder, epoch, watch) is answered with ``past`` (number, and a snapshot or a fault in words), unless a
later one comes first: only the last one counts. Epochs after the one it stands at are trained from there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import Empty

from nntui.runs.errors import RunError
from nntui.runs.rerun import Rerun, floor_of
from nntui.runs.rewind import towards_epoch
from nntui.runs.run import Run, open_run
from nntui.training import commands
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import Snapshot
from nntui.worker.frames import ALIVE, Message, encode
from nntui.worker.loop import Inbox
from nntui.worker.messages import snapshot_record


class OvertakenError(Exception):
    """Something else was asked for, or nobody asks any more."""


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
        self._wanted = None
        self._send(encode(answer))

    def _interrupt(self, _: Session) -> None:
        """Now and then while training: give up where something else was asked for."""
        before = self._wanted
        self._hear(wait=False)
        if self._ended or self._wanted is not before:
            raise OvertakenError


class Seeker:
    """A session of its own that is put to any epoch of a recorded run, and measured there.

    Args:
        interrupt: called now and then; what it raises ends the search, which can be taken up again.
    """

    def __init__(self, interrupt: Callable[[Session], None]) -> None:
        self._interrupt = interrupt
        self._folder: Path | None = None
        self._rerun: Rerun | None = None
        self._epoch: int | None = None  # that it stands at the end of, exactly
        self._probed: tuple[Session, Probe] | None = None

    def look(self, folder: Path, epoch: int, watch: Watch) -> Snapshot:
        """What is asked for, as it was when this epoch had ended.

        Raises:
            RunError: the recording is damaged, or does not lead there.
        """
        self.seek(folder, epoch)
        assert self._rerun is not None
        session = self._rerun.session
        if self._probed is None or self._probed[0] is not session:
            self._probed = (session, Probe(session))
        return self._probed[1].measure(watch)

    def seek(self, folder: Path, epoch: int) -> None:
        """Go there.

        Raises:
            RunError: the recording is damaged, or does not lead there.
        """
        run = open_run(folder)
        if self._stands_at(run, epoch):
            return
        here = self._rerun if run.folder == self._folder else None
        like = self._rerun.session if self._rerun is not None else None
        self._epoch = None
        self._rerun = towards_epoch(run, epoch, self._interrupt, like, here).rerun
        self._folder = run.folder
        try:
            self._rerun.to_epoch(epoch)
        finally:
            self._rerun.take_rows()
        self._epoch = epoch

    def _stands_at(self, run: Run, epoch: int) -> bool:
        rerun = self._rerun
        if rerun is None or (run.folder, epoch) != (self._folder, self._epoch):
            return False
        return rerun.position >= floor_of(run.journal.entries, epoch)
