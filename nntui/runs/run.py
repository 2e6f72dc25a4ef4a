"""A recorded run, opened for reading."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

from nntui.experiment import Experiment, InvalidValue, PresetError, read_preset
from nntui.runs import journal
from nntui.runs.durable import check_own
from nntui.runs.errors import RunError
from nntui.runs.journal import Journal, read_journal
from nntui.runs.recorder import EXPERIMENT
from nntui.runs.scalars import Scalars, read_scalars
from nntui.training.events import Changed, Edited, RunStarted
from nntui.training.session import Session


@dataclass(frozen=True)
class Run:
    """What lies in its folder, checkpoints aside.

    Attributes:
        experiment: as the run began.
        started: the facts of its beginning.
    """

    folder: Path
    experiment: Experiment
    journal: Journal
    started: RunStarted

    def read_on(self) -> Run:
        """The same run with what its journal has gained since; the same object if that is nothing.

        Raises:
            RunError: it is damaged.
        """
        gained = read_journal(self.folder, self.journal)
        same = (gained.file, gained.size) == (self.journal.file, self.journal.size)
        return self if same else replace(self, journal=gained)

    def scalars(self, before: Scalars | None = None) -> Scalars:
        """The rows of its epochs; ``before``: as of `read_scalars`.

        Raises:
            RunError: they are damaged.
        """
        return read_scalars(self.folder, before)

    def changes(self, position: int | None = None) -> tuple[Changed | Edited, ...]:
        """What was changed in the first ``position`` entries of the journal; None: in all."""
        told = (entry.event for entry in self.journal.entries[:position])
        return tuple(event for event in told if isinstance(event, Changed | Edited))

    def tuned(self, position: int | None = None) -> Experiment:
        """The experiment with every change that was made in the first ``position`` entries of the journal (None: all).

        Raises:
            RunError: a recorded change cannot be.
        """
        experiment = self.experiment
        for change in self.changes(position):
            if isinstance(change, Changed):
                try:
                    experiment = experiment.with_value(change.name, change.new, live=True)
                except (InvalidValue, TypeError) as error:  # the name may be anything
                    raise RunError(f"{self.folder / journal.NAME}: {change.name!r:.60}: {error}") from None
        return experiment

    def begin(self, like: Session | None = None) -> Session:
        """A session at the beginning of this run; ``like``: one whose data it shares where they are the same.

        Raises:
            RunError: the experiment cannot be prepared any more, or begins otherwise than it did.
        """
        try:
            session = Session(self.experiment, like=like)
        except Exception as error:  # whatever stands in the way: data, memory
            raise RunError(f"{self.folder / EXPERIMENT}: {' '.join(str(error).split())}") from None
        now, then = session.started(), self.started
        for what in ("layer_sizes", "train_samples", "test_samples", "validation_samples", "train_loss", "test_loss"):
            if not _alike(getattr(now, what), getattr(then, what)):
                raise RunError(
                    f"{self.folder}: the data or the program are not what they were: "
                    f"{what} is {getattr(now, what)} and was {getattr(then, what)}"
                )
        return session


def open_run(folder: Path) -> Run:
    """The run in this folder.

    Raises:
        RunError: it is no run, or damaged.
    """
    if not os.path.isdir(folder):
        raise RunError(f"{folder}: no such run")
    check_own(folder / EXPERIMENT)
    try:
        experiment = read_preset(folder / EXPERIMENT, recorded=True)
    except PresetError as error:
        raise RunError(str(error.faults[0])) from None
    recorded = read_journal(folder)
    started = recorded.started
    if started is None:
        raise RunError(f"{folder / journal.NAME}: the run never began")
    return Run(folder, experiment, recorded, started)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-9) or (one != one and other != other)
    return one == other
