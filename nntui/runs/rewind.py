"""Going back: the state of a run at any epoch, or at its end, from the nearest checkpoint and the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nntui.runs import journal
from nntui.runs.checkpoints import FOLDER, Checkpoint, numbers, read_checkpoint
from nntui.runs.errors import RunError
from nntui.runs.rerun import Progress, Rerun
from nntui.runs.run import Run
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


def rewind(run: Run, epoch: int, progress: Progress | None = None) -> Session:
    """The session as it was when this epoch had ended, before any command given then; bit for bit the same.

    Where a divergence made the run go back and train an epoch again, the last time counts.

    Raises:
        RunError: the run never ended that epoch, or the recording is damaged.
    """
    if epoch < 0:
        raise RunError(f"{run.folder}: there is no epoch {epoch}")
    reached = _nearest(run, lambda checkpoint: checkpoint.epoch < epoch, progress)
    reached.rerun.to_epoch(epoch)
    return reached.rerun.session


def end_of(run: Run, progress: Progress | None = None) -> Reached:
    """The last moment that is known of a run: after all that its journal and its scalars tell.

    Raises:
        RunError: the recording is damaged.
    """
    entries = run.journal.entries
    reached = _nearest(run, lambda checkpoint: checkpoint.position <= len(entries), progress)
    rerun = reached.rerun
    step = max(rerun.session.step, entries[-1].step)
    rerun.to_point(len(entries), step)
    rows = run.scalars().rows
    if len(rows) and rows[-1, 1] > rerun.session.step and rerun.session.state == "running":
        rerun.to_point(len(entries), int(rows[-1, 1]))
    return reached


def _nearest(run: Run, suits: Callable[[Checkpoint], bool], progress: Progress | None) -> Reached:
    """The last checkpoint that suits and is whole; the beginning of the run where there is none."""
    session, name, notes = run.begin(), str(run.folder / journal.NAME), []
    entries = run.journal.entries
    for number in reversed(numbers(run.folder)):
        try:
            if not suits(read_checkpoint(run.folder, number, arrays=False)):
                continue
            checkpoint = read_checkpoint(run.folder, number)
            load(run, session, checkpoint)
        except RunError as error:
            notes.append(str(error))
            continue
        return Reached(Rerun(name, session, entries, checkpoint.position, progress), checkpoint, tuple(notes))
    if notes:
        session = run.begin()
    return Reached(Rerun(name, session, entries, 0, progress), None, tuple(notes))


def load(run: Run, session: Session, checkpoint: Checkpoint) -> None:
    """Put a session of this run where the checkpoint was taken.

    Raises:
        RunError: the checkpoint does not fit the run.
    """
    path = run.folder / FOLDER / f"{checkpoint.number:06d}.npz"
    if checkpoint.position > len(run.journal.entries):
        raise RunError(f"{path}: is ahead of the journal")
    if checkpoint.state.get("origin") != run.experiment.to_dict():
        raise RunError(f"{path}: belongs to another experiment")
    try:
        session.load_state_dict(checkpoint.state)
    except Exception as error:  # whatever a state that cannot be makes the parts of a session say
        raise RunError(f"{path}: cannot be gone on from: {' '.join(str(error).split())}") from None
    if (session.step, session.epoch) != (checkpoint.step, checkpoint.epoch):
        raise RunError(f"{path}: is not at the step it says")
