"""Where a run was gone back to, and the branch that may begin there: a folder of its own, whole by itself.

A branch has the journal and the scalars of its parent up to there, and shares the checkpoints from before (as links to
the same files, where the system has such). The parent stays as it is.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nntui.experiment import emit
from nntui.runs import checkpoints, journal, scalars
from nntui.runs.durable import make_folder, replace_file, sync_folder
from nntui.runs.errors import RunError
from nntui.runs.journal import Entry
from nntui.runs.labels import is_change
from nntui.runs.lock import Lock
from nntui.runs.places import is_identifier, new_id
from nntui.runs.presets import preset_of
from nntui.runs.recorder import EXPERIMENT, Recorder
from nntui.runs.rerun import Progress, floor_of
from nntui.runs.rewind import Reached, at_epoch, at_point
from nntui.runs.run import Run, open_run
from nntui.runs.summary import Summary, read_summary, write_summary
from nntui.training.commands import Command
from nntui.training.events import Diverged, Event, Refused, RunEnded, RunStarted
from nntui.training.scalars import Rows
from nntui.training.session import Session

Done = Sequence[tuple[Command, Sequence[Event]]]
"""Commands that were obeyed, each with what was told."""


@dataclass(frozen=True)
class Fork:
    """A moment of a recorded run.

    Attributes:
        run: that was gone back in.
        session: at that moment.
        position: entries of the journal that had happened.
        step, epoch: steps done, epochs ended.
        rows: of the epochs until then.
        seconds: spent training until then.
    """

    run: Run
    session: Session
    position: int
    step: int
    epoch: int
    rows: Rows
    seconds: float

    @property
    def loses_nothing(self) -> bool:
        """Whether nothing happened after this moment, steps aside, that would make a difference to the training."""
        return _is_idle(self.run.journal.entries[self.position :])

    def branch(self, done: Done = ()) -> Recorder:
        """Begin to record what comes from here on; its folder is made at once, or as soon as that can be.

        Args:
            done: what was obeyed here already.
        """
        parent = self.run.folder
        try:
            preset = read_summary(parent).preset
        except RunError:
            preset = preset_of(self.run.experiment)
        summary = Summary(
            new_id(preset, parent.parent),
            preset,
            self.run.experiment.name,
            f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            task=self.run.started.task,
            seconds=self.seconds,
            parent=parent.name,
            parent_epoch=self.epoch,
            parent_step=self.step,
            parent_position=self.position,
        )
        entries = [*self.run.journal.entries[: self.position], *self._entries(done)]
        told = journal.first_line() + b"".join(entry.line() for entry in entries)
        curves = scalars.MAGIC + scalars.block(self.rows)

        def make(folder: Path) -> None:
            _make(folder, emit(self.run.experiment).encode(), told, curves, summary)
            _share_checkpoints(parent, folder, self.position, self.step)

        return Recorder(
            parent.parent / summary.id,
            self.session,
            summary,
            kept=(len(entries), len(told), len(curves)),
            rows=self.rows,
            make=make,
        )

    def _entries(self, done: Done) -> Iterator[Entry]:
        for command, told in done:
            yield Entry(self.step, self.epoch, command=command)
            yield from (Entry(self.step, self.epoch, event=event) for event in told if not isinstance(event, Refused))


def fork_at_epoch(run: Run, epoch: int, progress: Progress | None = None, like: Session | None = None) -> Fork:
    """Where this epoch had ended, in this run or in the one it branched from.

    Raises:
        RunError: it never ended, or the recording is damaged.
    """
    recorded = run.scalars().rows
    if not 0 <= epoch <= max(run.journal.entries[-1].epoch, recorded[:, 0].max(initial=0)):
        raise RunError(f"epoch {epoch:,} was not trained yet")
    for branch, summary, parent in _ancestors(run):
        if epoch > summary.parent_epoch or floor_of(branch.journal.entries, epoch) > summary.parent_position:
            break
        run, recorded = parent, parent.scalars().rows
    return _fork(run, at_epoch(run, epoch, progress, like), recorded)


def fork_at_point(
    run: Run, position: int, step: int, progress: Progress | None = None, like: Session | None = None
) -> Fork:
    """Where so many entries of its journal had happened and so many steps were done, in this run or in the one it
    branched from.

    Raises:
        RunError: the recording is damaged.
    """
    for branch, summary, parent in _ancestors(run):
        begin = summary.parent_position
        if position > begin and not (step == summary.parent_step and _is_idle(branch.journal.entries[begin:position])):
            break
        if position == begin and step > summary.parent_step:
            break
        run, position = parent, min(position, begin)
    return _fork(run, at_point(run, position, step, progress, like), run.scalars().rows)


def _fork(run: Run, reached: Reached, recorded: Rows) -> Fork:
    session = reached.rerun.session
    rows, seconds = reached.rows(recorded)
    began = next(index for index, entry in enumerate(run.journal.entries, 1) if isinstance(entry.event, RunStarted))
    position = max(reached.rerun.position, began)
    return Fork(run, session, position, session.step, session.epoch, rows, seconds)


def _is_idle(entries: Sequence[Entry]) -> bool:
    """Whether these make no difference to the training: nothing was changed, went wrong or put weights back."""
    return not any(
        is_change(entry.event)
        or isinstance(entry.event, Diverged)
        or (isinstance(entry.event, RunEnded) and entry.event.reason == "early_stopped")
        for entry in entries
    )


def _ancestors(run: Run) -> Iterator[tuple[Run, Summary, Run]]:
    """A branch, what is known of it and the run it began in, and so on for that one; as far as they are there."""
    seen: set[str] = set()
    while run.folder.name not in seen:
        seen.add(run.folder.name)
        try:
            summary = read_summary(run.folder)
            if not is_identifier(summary.parent):
                return
            parent = open_run(run.folder.parent / summary.parent)
        except RunError:
            return
        past = _same(run.journal.entries, parent.journal.entries, summary.parent_position)
        if not past or parent.experiment != run.experiment:
            return
        yield run, summary, parent
        run = parent


def _same(one: Sequence[Entry], other: Sequence[Entry], count: int) -> bool:
    return min(len(one), len(other)) >= count and all(
        mine.line() == theirs.line() for mine, theirs in zip(one[:count], other[:count], strict=True)
    )


# ---- the folder


def _make(folder: Path, experiment: bytes, told: bytes, curves: bytes, summary: Summary) -> None:
    """The folder with all that it begins with, or no folder.

    Raises:
        OSError: it could not be made.
    """
    if os.path.lexists(folder):
        return
    building = folder.parent / f".{folder.name}"
    shutil.rmtree(building, ignore_errors=True)
    lock = Lock(building)
    try:
        make_folder(building, parents=True)
        lock.take()  # so that nobody takes it for what a killed process left
        for name, content in ((EXPERIMENT, experiment), (journal.NAME, told), (scalars.NAME, curves)):
            replace_file(building / name, content)
        write_summary(building, summary)
        lock.release()  # on Windows a folder with an open file keeps its name
        building.rename(folder)
    except OSError:
        lock.release()
        shutil.rmtree(building, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _share_checkpoints(parent: Path, folder: Path, position: int, step: int) -> None:
    """Where links cannot be had the branch is whole without: it would only be trained again from its start."""
    source, target = parent / checkpoints.FOLDER, folder / checkpoints.FOLDER
    with contextlib.suppress(OSError, RunError):
        shared = checkpoints.latest_before(parent, lambda kept: (kept.position, kept.step) <= (position, step))
        make_folder(target)
        for number in shared:
            os.link(source / f"{number:06d}.npz", target / f"{number:06d}.npz")
