"""The doctor of a run: looks at it every 10 steps or so, and tells what begins and ceases to be wrong.

What it says follows from the session and from the steps at which it looked, and from nothing else; it never touches
training. A look costs a few passes over 256 rows, so whoever trains by the clock lets it look seldomer; then the
windows of `nntui.training.diagnosis.course` are longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nntui.experiment import Experiment
from nntui.training.commands import Command, Redraw
from nntui.training.diagnosis import course_rules, network_rules
from nntui.training.diagnosis.advice import ADVICE, as_json
from nntui.training.diagnosis.catalogue import RULES
from nntui.training.diagnosis.course import TICK, Course
from nntui.training.diagnosis.moment import Finding, Moment
from nntui.training.diagnosis.statistics import Examiner, Statistics
from nntui.training.events import Changed, Diagnosed, Diverged, Edited, Event

if TYPE_CHECKING:
    from nntui.training.session import Session

CONDITIONS: Mapping[str, Callable[[Moment], Finding | None]] = {
    name: getattr(network_rules, name, None) or getattr(course_rules, name) for name in RULES
}


OF_THE_MOMENT = frozenset(name for name in RULES if hasattr(network_rules, name))
"""Rules on the network and the settings as they are now, whatever came before."""

_AGAIN, _RARER = 20, 4  # ticks after which a rule that still holds is told with its new numbers; then 4 times as many


@dataclass
class _Condition:
    """A rule's hysteresis: so many ticks in a row for it or against it, and whether it holds.

    Attributes:
        again: ticks in a row for it after which it is told again; 0: at the next.
    """

    told: Diagnosed | None = None
    for_it: int = 0
    against: int = 0
    again: int = _AGAIN


class Doctor:
    """Watches one session. A run that begins anew, or goes back, takes a new one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._examiner = Examiner(session)
        self._start = self._examiner.at_start()
        self._conditions = {name: _Condition() for name in RULES}
        self._experiment = session.experiment
        self._inputs_ratio = _inputs_ratio(session)
        self._guessing = session.guessing_loss
        self._course = Course(session.step, self._start.loss)
        self._fresh = session.step == 0
        self._diverged = ""
        self._changed = False  # since the last look
        self._looked_at = -TICK

    @property
    def due(self) -> int:
        """The step from which on it may look again."""
        return self._looked_at + TICK

    @property
    def holding(self) -> tuple[Diagnosed, ...]:
        """What is wrong at present; the first is to be shown."""
        return tuple(found.told for found in self._conditions.values() if found.told is not None)

    def look(self) -> list[Diagnosed]:
        """One tick, now; what began and what ceased. Before `due` comes, nothing."""
        if self._session.step < self.due:
            return []
        self._looked_at = self._session.step
        now = self._examiner.examine(tested=self._course.wants_test(self._session.step))
        self._course.add(now, self._guessing)
        told = self._judge(now)
        self._fresh = self._changed = False
        return told

    def notice(self, told: Sequence[Event], command: Command | None = None) -> list[Diagnosed]:
        """What the session told, and to which command; call it after each, then `look`."""
        found: list[Diagnosed] = []
        for event in told:
            if isinstance(event, Diverged):
                self._diverged = event.quantity
                self._looked_at = self._session.step
                found += self._judge(self._examiner.examine(), only="not_finite")
            elif isinstance(event, Changed | Edited):
                self._diverged = ""
                self._changed = True
                self._looked_at = -TICK
                for state in self._conditions.values():
                    state.again = 0
                self._begin_anew(command)
        return found

    def _begin_anew(self, command: Command | None) -> None:
        """Forget what is not comparable any more after a change."""
        session, before = self._session, self._experiment
        self._experiment = now = session.experiment
        redrawn = isinstance(command, Redraw) and command.layer is None and not command.dead
        self._fresh = redrawn or session.step == 0
        if isinstance(command, Redraw) or now.loss != before.loss or _bends(now) != _bends(before):
            if now.loss != before.loss:
                self._guessing = session.guessing_loss
            here = self._examiner.examine()
            self._course = Course(session.step, here.loss)
            if redrawn:
                self._start = here
        elif (now.optimizer, now.schedule) != (before.optimizer, before.schedule):
            self._course.forget()
        if (now.regularization, now.network) != (before.regularization, before.network):
            self._course.tests.clear()

    def _judge(self, now: Statistics, only: str = "") -> list[Diagnosed]:
        moment = self._moment(now)
        found = {name: CONDITIONS[name](moment) for name in RULES if not only or name == only}
        told: list[Diagnosed] = []
        holding: set[str] = set()
        for name, finding in found.items():
            told += self._weigh(name, None if RULES[name].under & holding else finding, moment)
            if self._conditions[name].told is not None:
                holding.add(name)
        if found["not_finite"] is not None:
            self._diverged = str(found["not_finite"].evidence["quantity"])  # until something is changed
        return told

    def _weigh(self, name: str, finding: Finding | None, moment: Moment) -> list[Diagnosed]:
        """Count a tick for or against a rule, and tell where that tips it.

        What held up to a change and no longer right after it was mended by the change: no noise to wait for.
        """
        rule, state = RULES[name], self._conditions[name]
        if finding is not None:
            state.for_it, state.against = state.for_it + 1, 0
            if state.told is None and state.for_it >= rule.on:
                state.told, state.again = _diagnosed(name, finding, moment), _AGAIN
                return [state.told]
            return self._tell_again(state, finding, moment)
        mended = self._changed and name in OF_THE_MOMENT and state.against == 0
        state.for_it, state.against = 0, state.against + 1
        if state.told is None or not (mended or state.against >= rule.off):
            return []
        over = state.told
        state.told = None
        now = moment.now
        return [Diagnosed(name, False, now.step, now.epoch, over.layer, over.message)]

    def _tell_again(self, state: _Condition, finding: Finding, moment: Moment) -> list[Diagnosed]:
        """What is told already, where the numbers or the remedy have become others: after a change, else seldom."""
        if state.told is None or state.for_it < state.again:
            return []
        state.again = max(_AGAIN, state.again * _RARER)
        anew = _diagnosed(state.told.rule, finding, moment)
        if (anew.message, anew.commands) == (state.told.message, state.told.commands):
            return []
        state.told = anew
        return [anew]

    def _moment(self, now: Statistics) -> Moment:
        return Moment(
            self._session.experiment,
            now,
            self._start,
            self._course,
            self._guessing,
            self._inputs_ratio,
            self._session.prepared.task == "classification",
            self._fresh,
            frozenset(name for name, state in self._conditions.items() if state.told is not None),
            self._diverged,
        )


def _diagnosed(name: str, found: Finding, moment: Moment) -> Diagnosed:
    advice = ADVICE[name](moment, found)
    evidence = {
        key: value if not isinstance(value, float) or math.isfinite(value) else None
        for key, value in found.evidence.items()
    }
    return Diagnosed(
        name,
        True,
        moment.now.step,
        moment.now.epoch,
        found.layer,
        advice.message,
        advice.why,
        advice.remedy,
        as_json(advice.commands),
        evidence,
    )


def _bends(experiment: Experiment) -> tuple[object, ...]:
    """What decides how each layer bends."""
    network = experiment.network
    return (network.activation, network.options, *(layer.activation for layer in network.layers))


def _inputs_ratio(session: Session) -> float:
    """Largest ÷ smallest standard deviation of an input over at most 4,096 training rows, constant ones aside."""
    inputs = session.prepared.train_x
    widths = inputs[:: -(-len(inputs) // 4096)].std(axis=0, dtype=np.float64)
    widths = widths[widths > 0]
    return float(widths.max() / widths.min()) if len(widths) else 1.0
