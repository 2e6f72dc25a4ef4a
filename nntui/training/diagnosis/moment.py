"""What a rule is given, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nntui.experiment import Experiment
from nntui.training.diagnosis.course import Course
from nntui.training.diagnosis.statistics import Statistics

Evidence = Mapping[str, float | int | str]


@dataclass(frozen=True)
class Moment:
    """All that the rules judge by at one tick.

    Attributes:
        experiment: as now tuned.
        now, start: the statistics of this moment, and of the weights as they were drawn.
        course: what came before.
        guessing: loss of a network that knows only how often each target occurs.
        inputs_ratio: largest ÷ smallest deviation of an input, constant ones aside.
        classes: whether classes are predicted.
        fresh: whether the weights are as they were drawn, before any step.
        holding: the rules that hold.
        diverged: what stopped being finite since the last change; else empty.
    """

    experiment: Experiment
    now: Statistics
    start: Statistics
    course: Course
    guessing: float
    inputs_ratio: float
    classes: bool
    fresh: bool
    holding: frozenset[str] = frozenset()
    diverged: str = ""

    @property
    def age(self) -> int:
        """Steps since the losses are comparable."""
        return self.now.step - self.course.since


@dataclass(frozen=True)
class Finding:
    """A rule's condition is met: where (a layer, or empty for the whole network), and the numbers that say so."""

    evidence: Evidence
    layer: str = ""
