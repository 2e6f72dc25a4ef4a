"""A try at a challenge: whether the goal is reached, in time and by the rules, and with how many stars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nntui.experiment import Experiment, InvalidValue
from nntui.teaching.challenge import Challenge
from nntui.teaching.witness import Witness, is_of_rows, quantities
from nntui.training.events import Event, Rewound, RunStarted

NOT_CHANGES = ("training.pace",)
"""Settings that change nothing but the speed on the screen."""


class Outcome(StrEnum):
    """How an attempt stands."""

    OPEN = "open"
    REACHED = "reached"
    MISSED = "missed"
    LEFT = "left"
    """The run on the screen is not the challenge's: it was started with what the rules forbid, or went back in time."""


@dataclass
class Attempt:
    """One challenge under way. Restarting the run restarts the attempt.

    Attributes:
        own: the experiment that the challenge begins with.
        epochs, changes: until the goal was reached, or so far.
        stars: earned; 0 before that.
    """

    challenge: Challenge
    witness: Witness
    own: Experiment
    outcome: Outcome = Outcome.OPEN
    epochs: int = 0
    changes: int = 0
    stars: int = 0
    _judged: int = 0

    @property
    def spent(self) -> str:
        """The epochs and changes in words."""
        return f"{_count(self.epochs, 'epoch')}, {_count(self.changes, 'change')}"

    @property
    def needs(self) -> set[str]:
        """The measurements that the goal needs."""
        return quantities([self.challenge.goal])

    def note(self, event: Event) -> None:
        """Something happened to the run.

        A run that starts with other settings than the challenge's counts each of them as a change: no route is free.
        """
        self.witness.note(event)
        if isinstance(event, RunStarted):
            self._judged = 0
            differing = self.differing(event.experiment)
            forbidden = any(self.challenge.forbids_setting(name) for name in differing)
            self.outcome, self.epochs, self.stars = Outcome.LEFT if forbidden else Outcome.OPEN, 0, 0
            self.changes = self.witness.changes = len(differing)
        elif isinstance(event, Rewound) and self.outcome is Outcome.OPEN:
            self.outcome = Outcome.LEFT

    def differing(self, experiment: Mapping[str, Any]) -> list[str]:
        """Dotted names of the settings in which a run's experiment, in its dictionary form, is not the challenge's."""
        own, other = _settings(self.own.to_dict()), _settings(experiment)
        names = sorted(name for name in {*own, *other} - {*NOT_CHANGES} if own.get(name) != other.get(name))
        return [name for name in names if not self._is_default(name, own, other)]

    def _is_default(self, name: str, own: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        """Whether one side leaves a setting out and the other states the value that it has anyway."""
        stated = [side[name] for side in (own, other) if name in side]
        try:
            return len(stated) == 1 and bool(self.own.with_value(name, stated[0]).value(name) == self.own.value(name))
        except InvalidValue:
            return False

    def forbids_run(self, experiment: Experiment) -> str:
        """Why a run must not be started with this experiment; empty where it may."""
        reasons = (self.challenge.forbids_setting(name) for name in self.differing(experiment.to_dict()))
        return next(filter(None, reasons), "")

    def look(self) -> bool:
        """Judge every epoch that has ended since the last look; whether that decided the challenge.

        However many epochs arrive together, the first that meets the goal counts, with the changes made before it.
        """
        if self.outcome is not Outcome.OPEN:
            return False
        self.epochs, self.changes = self.witness.epoch, self.witness.changes
        goal, limit = self.challenge.goal, self.challenge.epochs
        for epoch in self.witness.epochs_from(self._first_to_judge(), limit):
            if self.witness.held_at(goal, epoch):
                self.outcome, self.epochs = Outcome.REACHED, epoch
                self.changes = self.witness.changes_before(epoch)
                self.stars = self.challenge.stars(epoch, self.changes)
                return True
        self._judged = self.witness.epoch
        if self.epochs >= limit:
            self.outcome = Outcome.MISSED
        return self.outcome is not Outcome.OPEN

    def _first_to_judge(self) -> int:
        """The first epoch to judge.

        What the goal says of the present (the layers, the settings) goes only with epochs since the last change, and
        may yet arrive for the newest.
        """
        if is_of_rows(self.challenge.goal):
            return self._judged + 1
        if self.needs and not self.witness.is_measured:
            return self.challenge.epochs + 1
        return max(self._judged, self.witness.changed_at + 1, 1)


def _settings(experiment: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an experiment's dictionary form, by dotted name."""
    return {
        f"{section}.{name}": list(value) if isinstance(value, tuple) else value
        for section, values in experiment.items()
        if isinstance(values, Mapping) and section != "mended"
        for name, value in values.items()
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
