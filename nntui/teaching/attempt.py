"""A try at a challenge: whether the goal is reached, in time and by the rules, and with how many stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nntui.teaching.challenge import Challenge
from nntui.teaching.witness import Witness, quantities
from nntui.training.events import Event, RunStarted

Outcome = Literal["open", "reached", "missed"]


@dataclass
class Attempt:
    """One challenge under way. Starting the run again begins it anew.

    Attributes:
        epochs, changes: until the goal was reached, or so far.
        stars: earned; 0 before that.
    """

    challenge: Challenge
    witness: Witness
    outcome: Outcome = "open"
    epochs: int = 0
    changes: int = 0
    stars: int = 0

    @property
    def spent(self) -> str:
        """The epochs and changes in words."""
        return f"{_count(self.epochs, 'epoch')}, {_count(self.changes, 'change')}"

    @property
    def needs(self) -> set[str]:
        """The measurements that the goal needs."""
        return quantities([self.challenge.goal])

    def note(self, event: Event) -> None:
        """Something happened to the run; the witness has been told."""
        if isinstance(event, RunStarted):
            self.outcome, self.epochs, self.stars = "open", 0, 0
            self.changes = self.witness.changes = 0

    def look(self, epoch: int) -> bool:
        """Judge by what is the case after so many epochs; whether that decided the challenge."""
        if self.outcome != "open":
            return False
        self.epochs, self.changes = epoch, self.witness.changes
        if epoch and epoch <= self.challenge.epochs and self.challenge.goal.holds(self.witness):
            self.outcome, self.stars = "reached", self.challenge.stars(epoch, self.changes)
        elif epoch >= self.challenge.epochs:
            self.outcome = "missed"
        return self.outcome != "open"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
