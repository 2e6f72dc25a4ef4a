"""Going on with a recorded run, after a crash or a quit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from nntui.runs import journal, scalars
from nntui.runs.durable import replace_file
from nntui.runs.errors import RunError, reason_of
from nntui.runs.lock import Lock
from nntui.runs.presets import preset_of
from nntui.runs.recorder import EXPERIMENT, Recorder
from nntui.runs.rerun import Progress
from nntui.runs.rewind import end_of
from nntui.runs.run import Run, open_run
from nntui.runs.summary import Summary, read_summary
from nntui.training.events import Changed, Edited
from nntui.training.scalars import Rows
from nntui.training.session import Session


@dataclass(frozen=True)
class Resumed:
    """A run that can be gone on with.

    Attributes:
        session: where the recording ends; not told to go on yet.
        recorder: writes what comes behind what is there.
        rows: of all epochs so far.
        seconds: spent training so far.
        changes: of hyperparameters and weights so far.
        notes: on what was not as it should be.
    """

    session: Session
    recorder: Recorder
    rows: Rows
    seconds: float
    changes: tuple[Changed | Edited, ...]
    notes: tuple[str, ...]


def resume(folder: Path, progress: Progress | None = None, like: Session | None = None) -> Resumed:
    """Take up a run where its recording ends, bit for bit as if it had never stopped.

    Args:
        like: a session whose data are shared where they are the same.

    Raises:
        RunError: it is damaged, or another program writes it.
    """
    run = open_run(folder)
    lock = Lock(folder)
    try:
        if not lock.take():
            raise RunError(f"{folder}: another program is training this run")
    except OSError as error:
        raise RunError(f"{folder}: {reason_of(error)}") from None
    try:
        run = open_run(folder)  # again: until the lock was had, another program may have written
        recorded = run.scalars()
        reached = end_of(run, progress, like)
        rows, seconds = reached.rows(recorded.rows)
        size = _settled(folder, recorded, rows)
    except BaseException:
        lock.release()
        raise
    session = reached.rerun.session
    recorder = Recorder(
        folder,
        session,
        replace(_summary(run), seconds=seconds),
        kept=(len(run.journal.entries), run.journal.size, size),
        rows=rows,
        lock=lock,
    )
    notes = list(reached.notes)
    for path, dropped in ((journal.NAME, run.journal.dropped), (scalars.NAME, recorded.dropped)):
        if dropped:
            notes.append(f"{folder / path}: what was being written at the end was not whole, and is dropped")
    return Resumed(session, recorder, rows, seconds, run.changes(), tuple(notes))


def _summary(run: Run) -> Summary:
    """What is listed of the run; made anew where it is damaged."""
    try:
        return read_summary(run.folder)
    except RunError:
        begun = datetime.fromtimestamp((run.folder / EXPERIMENT).stat().st_mtime, UTC)
        names = (run.folder.name, preset_of(run.experiment), run.experiment.name)
        return Summary(*names, f"{begun:%Y-%m-%dT%H:%M:%SZ}", task=run.started.task)


def _settled(folder: Path, recorded: scalars.Scalars, rows: Rows) -> int:
    """The bytes of a file that holds just these rows."""
    if len(rows) == len(recorded.rows) and not recorded.older:
        return recorded.size
    content = scalars.MAGIC + scalars.block(rows)
    try:
        replace_file(folder / scalars.NAME, content)
    except OSError as error:
        raise RunError(f"{folder / scalars.NAME}: {reason_of(error)}") from None
    return len(content)
