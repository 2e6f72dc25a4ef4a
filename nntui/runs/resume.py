"""Going on with a recorded run, after a crash or a quit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from nntui.runs import journal, scalars
from nntui.runs.durable import replace_file
from nntui.runs.errors import RunError, reason_of
from nntui.runs.lock import Lock
from nntui.runs.presets import preset_of
from nntui.runs.recorder import EXPERIMENT, Recorder
from nntui.runs.rerun import Progress
from nntui.runs.rewind import Reached, end_of
from nntui.runs.run import Run, open_run
from nntui.runs.summary import Summary, read_summary
from nntui.training.events import Changed
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session


@dataclass(frozen=True)
class Resumed:
    """A run that can be gone on with.

    Attributes:
        session: where the recording ends; not told to go on yet.
        recorder: writes what comes behind what is there.
        rows: of all epochs so far.
        seconds: spent training so far.
        changes: of hyperparameters so far.
        notes: on what was not as it should be.
    """

    session: Session
    recorder: Recorder
    rows: Rows
    seconds: float
    changes: tuple[Changed, ...]
    notes: tuple[str, ...]


def resume(folder: Path, progress: Progress | None = None) -> Resumed:
    """Take up a run where its recording ends, bit for bit as if it had never stopped.

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
        reached = end_of(run, progress)
        rows, size = _settled(folder, recorded, reached)
    except BaseException:
        lock.release()
        raise
    seconds = max([reached.checkpoint.seconds if reached.checkpoint else 0.0, *rows[-1:, INDEX["seconds"]]])
    session = reached.rerun.session
    recorder = Recorder(
        folder,
        session,
        replace(_summary(run), seconds=float(seconds)),
        kept=(len(run.journal.entries), run.journal.size, size),
        rows=rows,
        lock=lock,
    )
    notes = list(reached.notes)
    for path, dropped in ((journal.NAME, run.journal.dropped), (scalars.NAME, recorded.dropped)):
        if dropped:
            notes.append(f"{folder / path}: what was being written at the end was not whole, and is dropped")
    changes = tuple(entry.event for entry in run.journal.entries if isinstance(entry.event, Changed))
    return Resumed(session, recorder, rows, float(seconds), changes, tuple(notes))


def _summary(run: Run) -> Summary:
    """What is listed of the run; made anew where it is damaged."""
    try:
        return read_summary(run.folder)
    except RunError:
        begun = datetime.fromtimestamp((run.folder / EXPERIMENT).stat().st_mtime, UTC)
        names = (run.folder.name, preset_of(run.experiment), run.experiment.name)
        return Summary(*names, f"{begun:%Y-%m-%dT%H:%M:%SZ}", task=run.started.task)


def _settled(folder: Path, recorded: scalars.Scalars, reached: Reached) -> tuple[Rows, int]:
    """The rows up to where the run is now, and the bytes of a file that holds just these."""
    known = recorded.rows
    base = reached.checkpoint.rows if reached.checkpoint else 0
    again = reached.rerun.take_rows()
    there = known[base : base + len(again)]
    again[: len(there), INDEX["seconds"]] = there[:, INDEX["seconds"]]
    missing = again[len(there) :, INDEX["seconds"]]
    missing[:] = known[-1, INDEX["seconds"]] if len(known) else 0.0
    rows = np.concatenate([known[:base], again])
    if len(rows) == len(known):
        return rows, recorded.size
    content = scalars.MAGIC + scalars.block(rows)
    try:
        replace_file(folder / scalars.NAME, content)
    except OSError as error:
        raise RunError(f"{folder / scalars.NAME}: {reason_of(error)}") from None
    return rows, len(content)
