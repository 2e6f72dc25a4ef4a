"""A session that is put to any epoch of a recorded run to be measured, while the recording is only read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nntui.runs.rerun import Rerun, floor_of
from nntui.runs.rewind import towards_epoch
from nntui.runs.run import Run, open_run
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import Snapshot


class OvertakenError(Exception):
    """Something else was asked for, or nobody asks any more."""


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
        return self.measure(watch)

    def measure(self, watch: Watch) -> Snapshot:
        """What is asked for, as it was where the last search ended."""
        assert self._rerun is not None
        session = self._rerun.session
        if self._probed is None or self._probed[0] is not session:
            self._probed = (session, Probe(session, once=True))
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
