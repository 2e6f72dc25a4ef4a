"""What the child's main loop has recorded: each of its runs in a folder of its own, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nntui.runs.catalogue import make_room
from nntui.runs.errors import RunError
from nntui.runs.recorder import Recorder, record
from nntui.training.commands import Command, Restart, Stop
from nntui.training.events import Event, RunStarted
from nntui.training.scalars import Rows
from nntui.training.session import Session


class Recording:
    """The recorder of the run under way, if it is recorded.

    Attributes:
        notes: what there is to say of other recordings since the run began.
    """

    def __init__(self) -> None:
        self._runs: Path | None = None
        self._recorder: Recorder | None = None
        self.notes: list[str] = []

    @property
    def said(self) -> str:
        """What the person should know: that nothing is recorded, or what else there is to say."""
        trouble = self._recorder.trouble if self._recorder is not None else ""
        return trouble or "; ".join(self.notes)

    def use(self, runs: str | None) -> None:
        """Record the runs to come in this folder; None: do not."""
        self.end()
        self._runs, self.notes = Path(runs) if runs else None, []

    def begin(self, session: Session) -> None:
        """A run begins."""
        if self._runs is None:
            return
        try:
            self.notes = make_room(self._runs)
        except RunError as error:
            self.notes = [str(error)]
        self._recorder = record(self._runs, session)

    def go_on(self, recorder: Recorder, notes: Sequence[str]) -> None:
        """A recorded run is taken up again."""
        self._recorder, self.notes = recorder, list(notes)

    def before(self, command: Command) -> None:
        """Keep what a command would take away."""
        if self._recorder is not None and isinstance(command, Restart | Stop):
            self._recorder.keep()

    def commanded(self, session: Session, command: Command, told: Sequence[Event]) -> None:
        """The session obeyed, or refused."""
        if any(isinstance(event, RunStarted) for event in told):
            self._leave("stopped")
            self.begin(session)
        elif self._recorder is not None:
            self._recorder.commanded(command, told)

    def trained(self, rows: Rows, told: Sequence[Event], seconds: float) -> None:
        """The session advanced; ``seconds``: spent training so far."""
        if self._recorder is not None:
            self._recorder.trained(rows, told, seconds)

    def end(self) -> None:
        """The run is left as it is; it can be gone on with later."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def _leave(self, state: str) -> None:
        """The session is another run's already."""
        if self._recorder is not None:
            self._recorder.leave(state)
            self._recorder = None
