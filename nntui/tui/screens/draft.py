"""The edit form without its widgets: texts as typed, what they would make of the experiment, and why they cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nntui.experiment import Experiment, InvalidValue, Parameter, Value
from nntui.tui.screens.text import show_value


class Draft:
    """An experiment with the texts typed over it.

    Attributes:
        original: the experiment as it is.
        experiment: with every text that could be taken.
        faults: dotted name → what is wrong with its text.
    """

    def __init__(self, experiment: Experiment, forbids: Callable[[str], str] = lambda name: "") -> None:
        """forbids: why a hyperparameter must not be changed now; empty where it may."""
        self._forbids = forbids
        self.original = experiment
        self.experiment = experiment
        self.faults: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._taken: dict[str, Value] = {}

    def type(self, name: str, text: str) -> None:
        """Put ``text`` in the field ``name`` and find out what follows.

        A text whose field no longer applies waits until it does again.
        """
        self._texts[name] = text
        self._resolve()

    def _resolve(self) -> None:
        self.experiment, self._taken, self.faults = self.original, {}, {}
        parsed: dict[str, Value] = {}
        for name in sorted(self._texts, key=_turn):
            row = _row(self.experiment, name)
            if row is None:
                continue
            try:
                parsed[name] = row.parse(self._texts[name])
                self.experiment = self.experiment.with_value(name, parsed[name])
            except InvalidValue as error:
                self.faults[name] = str(error)
            else:
                self._taken[name] = parsed[name]
        if self.faults and set(self.faults) <= set(parsed):
            self._together(parsed)
        self.faults |= {name: reason for name in self.changes() if (reason := self._forbids(name))}

    def _together(self, parsed: dict[str, Value]) -> None:
        """Two values may each be wrong alone and right together: a loss and the output it belongs to."""
        try:
            self.experiment = self.original.with_values(parsed)
        except InvalidValue:
            return
        self._taken, self.faults = parsed, {}

    def text(self, name: str) -> str:
        """What stands in the field: as typed, or the value that follows from the rest."""
        return self._texts[name] if name in self._texts else show_value(self.experiment.value(name))

    def before(self, name: str) -> Value | None:
        """The value in the run; None where the parameter does not apply to it."""
        return _value(self.original, name)

    def changes(self) -> dict[str, Value]:
        """What differs from the original, in an order in which it can be applied."""
        names = {parameter.name for parameter in self.experiment.parameters()}
        return {
            name: value
            for name, value in self._taken.items()
            if name in names and _value(self.experiment, name) != _value(self.original, name)
        }

    def restarting(self) -> list[str]:
        """The changes that a running network cannot take."""
        return needing_restart(self.experiment, self.changes())


def needing_restart(experiment: Experiment, changes: Mapping[str, Value]) -> list[str]:
    """The names of those changes that only a new run can take."""
    return [name for name in changes if (row := _row(experiment, name)) is not None and not row.live]


def _row(experiment: Experiment, name: str) -> Parameter | None:
    return next((parameter for parameter in experiment.parameters() if parameter.name == name), None)


def _value(experiment: Experiment, name: str) -> Value | None:
    try:
        return experiment.value(name)
    except InvalidValue:
        return None


def _turn(name: str) -> int:
    """Shapes before choices, choices before what belongs to one, what holds for all layers before one layer's own."""
    if name == "network.hidden":
        return 0
    if name.startswith("network.layers."):
        return 2 if name.endswith((".activation", ".initializer")) else 3
    return 1 if name.endswith((".name", ".activation", ".initializer")) else 3
