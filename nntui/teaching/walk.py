"""A learner's way through a lesson: which step is on, what ticked it off, what was answered and remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nntui.teaching.conditions import Condition
from nntui.teaching.lesson import Lesson, Step, summed_up
from nntui.teaching.witness import Witness, is_of_rows, quantities


@dataclass
class Walk:
    """One lesson under way.

    Attributes:
        at: the step that is on, 0-based; the number of steps when all are done.
        answers: every answer given, by the step: positions, the last one right.
        remembered: numbers for the summary.
        skipped: steps left undone.
    """

    lesson: Lesson
    witness: Witness
    clock: Callable[[], float]
    at: int = 0
    answers: dict[int, list[int]] = field(default_factory=dict)
    remembered: dict[str, float] = field(default_factory=dict)
    met: bool = False
    skipped: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    @property
    def step(self) -> Step | None:
        """The step that is on; None at the end."""
        return self.lesson.steps[self.at] if self.at < len(self.lesson.steps) else None

    @property
    def is_done(self) -> bool:
        """Whether all steps are ticked off."""
        return self.step is None

    @property
    def needs(self) -> set[str]:
        """The measurements that the step's conditions need."""
        step = self.step
        if step is None:
            return set()
        return quantities([*([step.until] if step.until else []), *step.remember.values(), *self._unknown().values()])

    def look(self) -> bool:
        """Judge the step by what is the case now; whether that ticked it off. It stays on until `go_on`."""
        for name, condition in self._unknown().items():
            if self.witness.value("step", ()) == 0 and (value := float(condition.of(self.witness))) == value:
                self.remembered[name] = value
        step = self.step
        if step is None or self.met or step.until is None:
            return False
        if (epoch := self._epoch_that_meets(step.until)) is None and not step.until.holds(self.witness):
            return False
        self._tick_off(step, epoch)
        return True

    def _epoch_that_meets(self, until: Condition) -> int | None:
        """The first new epoch that meets the condition, if it can be judged for each, however many arrive together."""
        new = self.witness.epochs_from(self.witness.judged + 1, self.witness.epoch)
        self.witness.judged = self.witness.epoch
        if not is_of_rows(until):
            return None
        return next((epoch for epoch in new if self.witness.held_at(until, epoch)), None)

    def answer(self, position: int) -> bool:
        """Give an answer to the step's question; whether it is right.

        Raises:
            ValueError: there is no question, or no such answer.
        """
        step = self.step
        if step is None or step.question is None or not 0 <= position < len(step.question.answers):
            raise ValueError("there is no such answer")
        if self.met:
            return position == step.question.right
        self.answers.setdefault(self.at, []).append(position)
        if position == step.question.right:
            self._tick_off(step)
        return position == step.question.right

    def go_on(self) -> bool:
        """On to the next step; False where this one still waits for something."""
        step = self.step
        if step is None:
            return False
        if not self.met:
            if step.until is not None or step.question is not None:
                return False
            self._tick_off(step)
        self._enter(self.at + 1)
        return True

    def skip(self) -> None:
        """On to the next step, done or not."""
        if self.step is not None:
            if not self.met and (self.step.until is not None or self.step.question is not None):
                self.skipped.add(self.at)
            self._enter(self.at + 1)

    def hint(self) -> str:
        """What helps, once the step has been on for long enough; empty before that."""
        step = self.step
        if step is None or self.met or self.clock() - self._begun < step.hint_after:
            return ""
        return step.hint

    def summary(self) -> str:
        """The lesson's last words, with the learner's own numbers."""
        return summed_up(self.lesson, self.remembered)

    def _unknown(self) -> dict[str, Condition]:
        """What is to be remembered of the start and was not seen yet."""
        return {name: each for name, each in self.lesson.start.items() if name not in self.remembered}

    def _tick_off(self, step: Step, epoch: int | None = None) -> None:
        """Remember the step's numbers as of this epoch, or as they are now."""
        self.met = True
        for name, condition in step.remember.items():
            value = condition.of(self.witness) if epoch is None else self.witness.value_at(condition, epoch)
            self.remembered[name] = float(value)

    def _enter(self, step: int) -> None:
        self.at, self.met = step, False
        self._begun = self.clock()
        self.witness.begin_step()
