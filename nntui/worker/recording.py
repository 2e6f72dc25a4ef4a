"""What the child's main loop has recorded: each of its runs in a folder of its own, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nntui.runs.catalogue import make_room
from nntui.runs.errors import RunError
from nntui.runs.fork import Done, Fork
from nntui.runs.recorder import Recorder, record
from nntui.training.commands import Command, Pause, Restart, Resume, Stop
from nntui.training.events import Event, Refused, RunStarted
from nntui.training.scalars import Rows
from nntui.training.session import Session


class Recording:
    """The recorder of the run under way, if it is recorded; or where in a recorded run training was put back to.

    Attributes:
        notes: what there is to say of other recordings since the run began.
        runs: the folder of all runs; None: nothing is recorded.
        recorder: of the run under way.
        fork: the moment that was gone back to, as long as nothing has happened since.
    """

    def __init__(self) -> None:
        self.runs: Path | None = None
        self.recorder: Recorder | None = None
        self.fork: Fork | None = None
        self.notes: list[str] = []
        self._since: Done = ()  # what is to stand in the branch before all else

    @property
    def said(self) -> str:
        """What the person should know: that nothing is recorded, or what else there is to say."""
        trouble = self.recorder.trouble if self.recorder is not None else ""
        return trouble or "; ".join([*self.notes, *(self.recorder.notes if self.recorder is not None else ())])

    @property
    def run(self) -> str:
        """The id of the run that is recorded, or that was gone back in; empty where there is none."""
        if self.recorder is not None:
            return self.recorder.folder.name if self.recorder.is_recorded else ""
        return self.fork.run.folder.name if self.fork is not None else ""

    def use(self, runs: str | None) -> None:
        """Record the runs to come in this folder; None: do not."""
        self.end()
        self.runs, self.notes = Path(runs) if runs else None, []

    def begin(self, session: Session) -> None:
        """A run begins."""
        if self.runs is None:
            return
        self._make_room(frozenset())
        self.recorder = record(self.runs, session)

    def go_on(self, recorder: Recorder, notes: Sequence[str], done: Done = ()) -> None:
        """A recorded run is taken up again; ``done``: what was obeyed first."""
        self._leave("stopped")
        self.recorder, self.notes = recorder, list(notes)
        for command, told in done:
            recorder.commanded(command, told)

    def go_back(self, fork: Fork, state: str, done: Done) -> None:
        """The run under way is left in this state, and a moment before gone back to; ``done``: obeyed there."""
        self._leave(state)
        self.fork, self._since = fork, done

    def before(self, command: Command) -> None:
        """Keep what a command would take away."""
        if self.recorder is not None and isinstance(command, Restart | Stop):
            self.recorder.keep()

    def commanded(self, session: Session, command: Command, told: Sequence[Event]) -> None:
        """The session obeyed, or refused."""
        if any(isinstance(event, RunStarted) for event in told):
            self._leave("stopped")
            self.begin(session)
            return
        if self.fork is not None:
            if _begins(command, told, session):
                self._branch(self.fork)
            elif told:
                self._since = (*self._since, (command, told))
        if self.recorder is not None:
            self.recorder.commanded(command, told)

    def trained(self, rows: Rows, told: Sequence[Event], seconds: float) -> None:
        """The session advanced; ``seconds``: spent training so far."""
        if self.fork is not None:
            self._branch(self.fork)
        if self.recorder is not None:
            self.recorder.trained(rows, told, seconds)

    def noticed(self, told: Sequence[Event]) -> None:
        """Something is to be said of the run, though it did not move."""
        if self.recorder is not None and told:
            self.recorder.noticed(told)

    def end(self) -> None:
        """The run is left as it is; it can be gone on with later."""
        if self.recorder is not None:
            self.recorder.close()
        self.recorder = self.fork = None

    def _branch(self, fork: Fork) -> None:
        self.fork, since = None, self._since
        self._make_room(frozenset((fork.run.folder.name,)))
        self.recorder = fork.branch(since)

    def _make_room(self, spared: frozenset[str]) -> None:
        if self.runs is not None:
            try:
                self.notes = make_room(self.runs, spared=spared)
            except RunError as error:
                self.notes = [str(error)]

    def _leave(self, state: str) -> None:
        """The session is another run's already."""
        if self.recorder is not None:
            self.recorder.leave(state)
        self.recorder = self.fork = None


def _begins(command: Command, told: Sequence[Event], session: Session) -> bool:
    """Whether the command begins a branch: it changed something, or has training go on."""
    if isinstance(command, Pause | Stop):
        return False
    changed = any(not isinstance(event, Refused) for event in told)
    return changed or (session.state == "running" and not isinstance(command, Resume))
