"""Going back: the state of a run at any moment, from the nearest checkpoint and the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nntui.experiment import Experiment
from nntui.runs import journal
from nntui.runs.checkpoints import FOLDER, Checkpoint, latest_before, read_checkpoint
from nntui.runs.errors import RunError
from nntui.runs.rerun import Progress, Rerun, floor_of
from nntui.runs.run import Run
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session


@dataclass(frozen=True)
class Reached:
    """A moment of a run.

    Attributes:
        rerun: at that moment, with the rows it trained on the way.
        checkpoint: from which it went; None for the beginning of the run.
        notes: on checkpoints that could not be used.
    """

    rerun: Rerun
    checkpoint: Checkpoint | None
    notes: tuple[str, ...]

    def rows(self, recorded: Rows) -> tuple[Rows, float]:
        """All rows up to this moment, and the seconds spent training; to be asked for once.

        Args:
            recorded: those of the whole run. What is missing of them was trained again: its seconds are not known.
        """
        again = self.rerun.take_rows()
        base = self.checkpoint.rows if self.checkpoint else 0
        there = recorded[base : base + len(again)]
        again[: len(there), INDEX["seconds"]] = there[:, INDEX["seconds"]]
        missing = again[len(there) :, INDEX["seconds"]]
        missing[:] = recorded[-1, INDEX["seconds"]] if len(recorded) else 0.0
        rows = np.concatenate([recorded[:base], again])
        known = self.checkpoint.seconds if self.checkpoint else 0.0
        return rows, float(max([known, *rows[-1:, INDEX["seconds"]]]))


def rewind(run: Run, epoch: int, progress: Progress | None = None, like: Session | None = None) -> Session:
    """The session as it was when this epoch had ended, before any command given then; bit for bit the same.

    Where a divergence made the run go back and train an epoch again, the last time counts.

    Raises:
        RunError: the run never ended that epoch, or the recording is damaged.
    """
    return at_epoch(run, epoch, progress, like).rerun.session


def at_epoch(run: Run, epoch: int, progress: Progress | None = None, like: Session | None = None) -> Reached:
    """As `rewind`, with how it was reached. ``like``: a session whose data are shared where they are the same."""
    reached = towards_epoch(run, epoch, progress, like)
    reached.rerun.to_epoch(epoch)
    return reached


def towards_epoch(
    run: Run,
    epoch: int,
    progress: Progress | None = None,
    like: Session | None = None,
    here: Rerun | None = None,
) -> Reached:
    """The nearest moment from which training leads to the end of this epoch.

    Args:
        here: somewhere in the same run: what to go on with where that is near, or else to be put elsewhere.

    Raises:
        RunError: the recording is damaged.
    """
    if epoch < 0:
        raise RunError(f"{run.folder}: there is no epoch {epoch}")
    floor = floor_of(run.journal.entries, epoch)
    return _nearest(run, lambda kept: kept.position < floor or kept.epoch < epoch, progress, like, here)


def at_point(
    run: Run, position: int, step: int, progress: Progress | None = None, like: Session | None = None
) -> Reached:
    """Where so many entries of the journal had happened and so many steps were done.

    Raises:
        RunError: the recording is damaged, or does not lead there.
    """
    entries = run.journal.entries
    if position > len(entries):
        raise RunError(f"{run.folder / journal.NAME}: has {len(entries):,} entries, not {position:,}")
    reached = _nearest(run, lambda kept: (kept.position, kept.step) <= (position, step), progress, like)
    reached.rerun.to_point(position, step)
    return reached


def end_of(run: Run, progress: Progress | None = None, like: Session | None = None) -> Reached:
    """The last moment that is known of a run: after all that its journal and its scalars tell.

    Raises:
        RunError: the recording is damaged.
    """
    entries = run.journal.entries
    reached = _nearest(run, lambda kept: kept.position <= len(entries), progress, like)
    rerun = reached.rerun
    step = max(rerun.session.step, entries[-1].step)
    rerun.to_point(len(entries), step)
    rows = run.scalars().rows
    if len(rows) and rows[-1, 1] > rerun.session.step and rerun.session.state == "running":
        rerun.to_point(len(entries), int(rows[-1, 1]))
    return reached


def _nearest(
    run: Run,
    suits: Callable[[Checkpoint], bool],
    progress: Progress | None,
    like: Session | None,
    here: Rerun | None = None,
) -> Reached:
    """The last checkpoint that suits and is whole, or where ``here`` stands; the beginning of the run otherwise."""
    entries = run.journal.entries
    session, name, notes = here.session if here else run.begin(like), str(run.folder / journal.NAME), []
    stands = None
    if here is not None:
        stands = Checkpoint(0, session.step, session.epoch, here.position, 0, 0.0, {})
        stands = stands if suits(stands) else None
    for number in reversed(latest_before(run.folder, suits)):
        try:
            checkpoint = read_checkpoint(run.folder, number, arrays=stands is None)
            if stands is not None and (checkpoint.position, checkpoint.step) <= (stands.position, stands.step):
                break
            if not suits(checkpoint):
                continue
            if stands is not None:
                checkpoint = read_checkpoint(run.folder, number)
            load(run, session, checkpoint)
        except RunError as error:
            notes.append(str(error))
            continue
        return Reached(Rerun(name, session, entries, checkpoint.position, progress), checkpoint, tuple(notes))
    if here is not None and stands is not None:
        return Reached(Rerun(name, session, entries, here.position, progress), None, tuple(notes))
    if notes or here is not None:
        session = run.begin(session)
    return Reached(Rerun(name, session, entries, 0, progress), None, tuple(notes))


def load(run: Run, session: Session, checkpoint: Checkpoint) -> None:
    """Put a session of this run where the checkpoint was taken.

    Raises:
        RunError: the checkpoint does not fit the run.
    """
    path = run.folder / FOLDER / f"{checkpoint.number:06d}.npz"
    if checkpoint.position > len(run.journal.entries):
        raise RunError(f"{path}: is ahead of the journal")
    try:
        if Experiment.from_dict(checkpoint.state["origin"]) != run.experiment:
            raise ValueError("it belongs to another experiment")
        session.load_state_dict(checkpoint.state)
    except Exception as error:  # whatever a state that cannot be makes the parts of a session say
        raise RunError(f"{path}: cannot be gone on from: {' '.join(str(error).split())}") from None
    if (session.step, session.epoch) != (checkpoint.step, checkpoint.epoch):
        raise RunError(f"{path}: is not at the step it says")
