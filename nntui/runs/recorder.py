"""Records a run as it goes on. Nothing that happens to the disk stops the training.

What could not be written is kept, and tried again every few seconds; until then `Recorder.trouble` says since when.
The experiment, and every command with the step it took effect at, are enough to train the run again bit for bit.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from nntui.experiment import emit
from nntui.runs import checkpoints, journal, scalars
from nntui.runs.appended import AppendedFile
from nntui.runs.durable import make_folder, replace_file, sync_folder
from nntui.runs.errors import RunError, reason_of
from nntui.runs.journal import Entry
from nntui.runs.labels import is_change, label_of
from nntui.runs.lock import NAME as LOCK
from nntui.runs.lock import Lock
from nntui.runs.places import new_id
from nntui.runs.presets import preset_of
from nntui.runs.summary import Summary, write_summary
from nntui.training.budget import Budget
from nntui.training.commands import Command, Pace, Pause, Redraw, Resume, Set, SetWeight, Silence, Step, Stop
from nntui.training.events import Changed, Edited, Event, Refused, are_one_change
from nntui.training.scalars import Rows
from nntui.training.session import Session

EXPERIMENT = "experiment.toml"
FLUSH_PERIOD = 0.5  # seconds that an epoch's numbers may wait
OFTEN, SELDOM = 0.9, 4.5  # seconds between checkpoints
SHARE = 0.02  # of the time that checkpoints may take, as long as they need not be further apart than that
RETRY_PERIOD = 5.0  # seconds between attempts to write again
LARGEST_SCALARS = scalars.LARGEST - (16 << 20)  # bytes; no reader takes more
MOST_WAITING = 64 << 20  # bytes that wait for a disk to be writable again; older epochs are given up beyond
# The others change nothing, or begin a run of their own.
_RECORDED = (Pause, Resume, Step, Set, SetWeight, Silence, Redraw, Pace, Stop)


class Recorder:
    """Writes one run into a folder of its own.

    Attributes:
        folder: of the run.
        notes: what happened to the recording that the person should know, apart from `trouble`.
    """

    def __init__(
        self,
        folder: Path,
        session: Session,
        summary: Summary,
        *,
        kept: tuple[int, int, int] = (0, 0, 0),
        rows: Rows | None = None,
        lock: Lock | None = None,
        make: Callable[[Path], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Use `record`, `nntui.runs.resume.resume` or `nntui.runs.fork.Fork.branch` instead.

        Args:
            kept: lines and bytes of the journal, and bytes of the scalars, that are there already.
            rows: those that are there already.
            lock: on the folder; None where the folder is still to be made.
            make: makes it, with ``kept`` in it; None: it begins empty.
        """
        self.folder, self._trouble, self._full = folder, "", ""
        self.notes: list[str] = []
        self._session, self._summary, self._clock, self._lock = session, summary, clock, lock
        self._made, self._maker = lock is not None, make
        self._position, journal_size, scalars_size = kept
        self._journal = AppendedFile(folder / journal.NAME, journal_size)
        self._scalars = AppendedFile(folder / scalars.NAME, scalars_size)
        self._rows = 0 if rows is None else len(rows)
        self._fresh: list[Rows] = []
        self._numbers = checkpoints.numbers(folder) if self._made else []
        self._number = max(self._numbers, default=0)
        self._checkpoint_bytes = checkpoints.size_of(folder, self._numbers)
        self._budget = Budget(SHARE, OFTEN, SELDOM)
        self._flushed_at = self._kept_at = self._tried_at = clock()
        self._kept_step = session.step if self._made else -1
        self._written_epoch = self._kept_epoch = (
            session.epoch
        )  # of the last rows, and of the last checkpoint, on the disk
        self._seconds = summary.seconds
        if not self._made and make is None:
            self._journal.add(journal.first_line())
            self._scalars.add(scalars.MAGIC)
            self._note(Entry(0, 0, event=session.started()))
        self._listed = False
        self._first: Changed | None = None  # in a branch; as long as it may be changed once more
        if rows is not None and len(rows):
            self._summary = self._summary.after(rows)
        self._write(checkpoint=False)

    @property
    def is_recorded(self) -> bool:
        """Whether there is a recording: its folder was made, with the experiment in it."""
        return self._made

    @property
    def trouble(self) -> str:
        """Why nothing is recorded at present, ``not recorded since epoch 12: No space left on device (/runs/a)``, or
        no checkpoints are; else empty."""
        return self._trouble or self._full

    # ---- what happens

    def commanded(self, command: Command, told: Sequence[Event]) -> None:
        """The session obeyed (or refused) a command; ``told``: what it said."""
        session = self._session
        if not isinstance(command, _RECORDED) or (told and all(isinstance(event, Refused) for event in told)):
            return
        self._note(Entry(session.step, session.epoch, command=command))
        self._happened(told)
        if not self._trouble:
            self._write(checkpoint=False)

    def trained(self, rows: Rows, told: Sequence[Event], seconds: float) -> None:
        """The session advanced: these epochs ended, this happened, so much time was spent training until now."""
        self._seconds = seconds
        if len(rows):
            self._fresh.append(rows)
        self._happened(told)
        now = self._clock()
        if self._trouble:
            if now - self._tried_at >= RETRY_PERIOD:
                self._write(checkpoint=True)
        elif now - self._kept_at >= self._budget.period:
            self._write(checkpoint=True)
        elif told and self._session.state != "running":
            self.keep()
        elif told or now - self._flushed_at >= FLUSH_PERIOD:
            self._write(checkpoint=False)

    def noticed(self, told: Sequence[Event]) -> None:
        """Something is to be said of the run, though it did not move."""
        self._happened(told)
        if not self._trouble:
            self._write(checkpoint=False)

    def keep(self) -> None:
        """Write all there is, and a checkpoint of now; before a command that cannot be taken back."""
        self._write(checkpoint=self._session.step != self._kept_step or bool(self._fresh))

    def close(self) -> None:
        """The end of the recording; a run under way counts as stopped, and can be resumed."""
        self.keep()
        self.leave("stopped" if self._session.state in ("running", "paused") else self._session.state)

    def leave(self, state: str) -> None:
        """End the recording without a look at the session, which may be in another run by now."""
        if self._trouble and (self._journal.waiting or self._scalars.waiting):
            state = "interrupted"  # the recording ends before the run does
        self._summary = replace(self._summary, state=state)
        try:
            if self._made:
                write_summary(self.folder, self._summary)
        except OSError as error:
            self._trouble = self._trouble or f"{self.folder}: {reason_of(error)}"
        self._journal.close()
        self._scalars.close()
        if self._lock is not None:
            self._lock.release()
            if not self._made:
                _remove_unmade(self.folder)

    # ---- writing

    def _happened(self, told: Sequence[Event]) -> None:
        for event in told:
            if not isinstance(event, Refused):
                self._note(Entry(self._session.step, self._session.epoch, event=event))
            if isinstance(event, Changed) and event.redefines_loss:
                self._gather()  # the losses to come are of another kind than those so far
                self._summary = replace(self._summary, best_loss=None, best_score=None, best_epoch=0)
            if isinstance(event, Changed | Edited) and is_change(event):
                self._name(event)

    def _name(self, event: Changed | Edited) -> None:
        """A branch is called by what was changed in it first, a burst of one key from its first value to its last."""
        first = self._first
        if isinstance(event, Changed) and first is not None and _continues(first, event):
            event = replace(event, old=first.old, epoch=first.epoch)
        elif not self._summary.parent or self._summary.label:
            return
        self._first = event if isinstance(event, Changed) else None
        self._summary = replace(self._summary, label=label_of(event, self._session)[:200])
        self._listed = False

    def _note(self, entry: Entry) -> None:
        self._journal.add(entry.line())
        self._position += 1

    def _write(self, *, checkpoint: bool) -> None:
        """All that waits, and perhaps a checkpoint; afterwards `trouble` tells how it went."""
        self._flushed_at = self._tried_at = begun = self._clock()
        self._gather()
        flushed = False
        try:
            if not self._made:
                self._make()
            elif not self._is_there():
                self._make_again()
                checkpoint = True
            self._journal.flush(sync=checkpoint)
            self._scalars.flush(sync=checkpoint)
            self._written_epoch, flushed = self._session.epoch, True
            self._summary = replace(
                self._summary, epochs=self._written_epoch, total_epochs=self._session.experiment.training.epochs
            )
            if checkpoint:
                self._keep()
                self._budget.spent(self._clock() - begun)
            if self._trouble or checkpoint or not self._listed or self._number == 0:
                self._sum_up()
                self._listed = True
                self._trouble = ""
        except (OSError, RunError) as error:
            what, since = ("no checkpoint", self._kept_epoch) if flushed else ("not recorded", self._written_epoch)
            reason = reason_of(error)
            self._trouble = f"{what} since epoch {since:,}: {reason}" + (
                f" ({self.folder})" if str(self.folder) not in reason else ""
            )

    def _gather(self) -> None:
        """Put the rows where they wait to be written."""
        if not self._fresh:
            return
        rows = self._fresh[0] if len(self._fresh) == 1 else np.concatenate(self._fresh)
        self._fresh.clear()
        self._summary = self._summary.after(rows)
        waiting = self._scalars.waiting
        if self._scalars.size + waiting + rows.nbytes > LARGEST_SCALARS:
            self._full = (
                self._full or f"curves not recorded since epoch {rows[0, 0]:,.0f}: they are as long as they may be"
            )
        elif waiting < MOST_WAITING:
            self._scalars.add(scalars.block(rows))
            self._rows += len(rows)

    def _make(self) -> None:
        if self._maker is not None:
            self._maker(self.folder)
        make_folder(self.folder.parent, parents=True)
        make_folder(self.folder)
        if self._lock is None:
            lock = Lock(self.folder)
            if not lock.take():
                raise OSError("another program records there")
            self._lock = lock
        if self._maker is None:
            replace_file(self.folder / EXPERIMENT, emit(self._session.origin).encode())
        else:
            self._numbers = checkpoints.numbers(self.folder)
            self._number = max(self._numbers, default=0)
            self._checkpoint_bytes = checkpoints.size_of(self.folder, self._numbers)
        self._sum_up()
        sync_folder(self.folder.parent)
        self._made = True

    def _is_there(self) -> bool:
        held = self._lock is None or self._lock.is_there
        return held and self._journal.is_there and self._scalars.is_there

    def _make_again(self) -> None:
        """The folder was removed or moved while the run trained: make it again, with all that was written in it.

        Raises:
            OSError: it cannot be made, or another program records there.
        """
        make_folder(self.folder.parent, parents=True)
        make_folder(self.folder)
        lock = Lock(self.folder)
        if not (self._lock is not None and self._lock.is_there):
            if not lock.take():
                raise OSError("another program records there")
            if self._lock is not None:
                self._lock.release()
            self._lock = lock
        replace_file(self.folder / EXPERIMENT, emit(self._session.origin).encode())
        for file in (self._journal, self._scalars):
            if not file.is_there:
                file.write_again()
        self._numbers = checkpoints.numbers(self.folder)
        self._checkpoint_bytes = checkpoints.size_of(self.folder, self._numbers)
        self._listed = False
        sync_folder(self.folder.parent)
        self.notes.append(f"the folder of this run was removed at epoch {self._session.epoch:,}, and is written again")

    def _keep(self) -> None:
        session = self._session
        self._kept_at = self._clock()
        state = session.state_dict()
        if state["state"] == "stopped":
            state["state"] = "running"  # a run that was stopped can be gone on with
        moment = (session.step, session.epoch, self._position, self._rows, self._seconds)
        content = checkpoints.encode(checkpoints.Checkpoint(0, *moment, state))
        checkpoints.write_checkpoint(self.folder, self._number + 1, content)
        self._number += 1
        self._numbers = checkpoints.thin(self.folder, self._number, len(content), [*self._numbers, self._number])
        self._checkpoint_bytes = len(content) * len(self._numbers)
        self._kept_step, self._kept_epoch = session.step, session.epoch

    # ---- the summary

    def _sum_up(self) -> None:
        session = self._session
        if session.restored_epoch:
            self._summary = self._summary.ending(*session.test_figures(), session.restored_epoch)
        self._summary = replace(
            self._summary,
            state=session.state,
            epochs=session.epoch,
            total_epochs=session.experiment.training.epochs,
            seconds=self._seconds,
            bytes=self._journal.size + self._scalars.size + self._checkpoint_bytes,
        )
        write_summary(self.folder, self._summary)


def _remove_unmade(folder: Path) -> None:
    """Remove a folder in which no recording was begun: it holds its lock at most."""
    with contextlib.suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()


def _continues(first: Changed, event: Changed) -> bool:
    """Whether a setting was moved on, at the same step or in the same burst."""
    return event.name == first.name and (event.step == first.step or are_one_change(first, event))


def record(
    runs: Path,
    session: Session,
    preset: str = "",
    *,
    group: str = "",
    clock: Callable[[], float] = time.perf_counter,
) -> Recorder:
    """Begin to record a session that has not trained yet, in a new folder.

    Args:
        runs: the folder of all runs; made where it is missing.
        preset: what was asked for; found out by the experiment's name where it is not known.
        group: of the summary.
    """
    preset = preset or preset_of(session.origin)
    identifier = new_id(preset, runs)
    summary = Summary(
        identifier,
        preset,
        session.origin.name,
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        total_epochs=session.origin.training.epochs,
        task=session.started().task,
        group=group,
    )
    return Recorder(runs / identifier, session, summary, clock=clock)
