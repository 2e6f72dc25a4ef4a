"""Verbs: what a person or a program asks of a session. Immutable, with a stable JSON form.

``{"command": "set", "name": "schedule.scale", "value": 0.5}``

Commands that change the run may carry a ``group``: those of one group that follow one another are one change, which
`Undo` takes back as a whole. 0, which the JSON form leaves out, is a change by itself. The dashboard gives one number
to a burst of one key and to everything that one fix or one form changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from nntui.training.field_types import suits

Value = float | int | bool | str | tuple[int, ...] | tuple[str, ...]


def snake_case(name: str) -> str:
    """The name of a record's class as its JSON form has it: ``RangeTest`` is ``range_test``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the present step and wait."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Step:
    """Train exactly this much, then pause.

    Attributes:
        count: how many.
        unit: optimizer steps (one batch each), or to the end of that many epochs.
    """

    count: int = 1
    unit: Literal["batch", "epoch"] = "batch"


@dataclass(frozen=True, slots=True)
class Set:
    """Give a hyperparameter, by its dotted name, a new value from the next optimizer step on.

    Attributes:
        keep_rate: where the change gives the run another length and its schedule thereby gives another learning rate,
            scale the schedule so that the rate stays.
    """

    name: str
    value: Value
    group: int = field(default=0, compare=False)
    keep_rate: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """Begin again with the experiment as it is now; with another seed where one is given."""

    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Train at most this many epochs a second; without a number, as fast as the machine can."""

    epochs_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Send these measurements with each batch, and no others.

    Attributes:
        quantities: names of `nntui.training.snapshot.QUANTITIES` and `nntui.training.insights.KINDS`.
        layer, unit: what is looked at closely, 0-based; the first hidden layer is layer 0.
        source: which of the unit's incoming weights; -1 is its bias.
        sample: row of the training part.
        pick: nobody has chosen a layer, unit and source yet: for the chain rule take those whose weight moves most.
    """

    quantities: tuple[str, ...] = ()
    layer: int = 0
    unit: int = 0
    source: int = 0
    sample: int = 0
    pick: bool = False

    def selects_as(self, other: Watch) -> bool:
        """Whether both select the same, as far as this one's quantities depend on it."""
        relevant = {name for quantity in self.quantities for name in SELECTION.get(quantity, ())}
        return all(getattr(self, name) == getattr(other, name) for name in relevant)


SELECTION: Mapping[str, tuple[str, ...]] = {
    "network": ("sample",),
    "neuron": ("layer", "unit", "sample"),
    "neuron_map": ("layer", "unit", "sample"),
    "decision_map": ("sample",),
    "chain": ("layer", "unit", "source", "sample"),
    "nudge": ("layer", "unit", "source", "sample"),
}
"""The parts of the selection that a quantity is measured for; the others do not depend on it."""


@dataclass(frozen=True, slots=True)
class SetWeight:
    """Give one weight a new value from the next optimizer step on: of layer ``layer`` (0-based), from ``source`` (-1 is
    the bias) to ``unit``."""

    layer: int
    unit: int
    source: int
    value: float
    group: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Silence:
    """Set all incoming weights and the bias of a hidden unit to zero; a ReLU unit is dead from then on."""

    layer: int
    unit: int
    group: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draw weights anew, as at the start of a run but from the generator of ``seed``; the optimizer forgets them.

    Attributes:
        layer: 0-based; None: all layers.
        units: of that layer; None: all. With ``dead``, those of them that are dead.
        dead: only dead units.
        judged_on: which samples a unit must be dead for: all of the training set, or (older recordings) the probe set.
        initializer: by its name; empty: the layer's own; ``auto``: the one that suits the activation.
        seed: any whole number; the same one draws the same weights.
    """

    layer: int | None = None
    units: tuple[int, ...] | None = None
    dead: bool = False
    initializer: str = ""
    seed: int = 0
    group: int = field(default=0, compare=False)
    judged_on: Literal["training", "probe"] = "training"


@dataclass(frozen=True, slots=True)
class Rewind:
    """Go back to where this epoch had ended (0: the start), and wait there. What is trained after is a branch."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Go back to just before the last change (the first command of its group), and go on from there as before it."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Return to the branch that the last `Undo` left."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on with another recorded run, or branch of this one, where it ended; ``run`` is its id."""

    run: str


@dataclass(frozen=True, slots=True)
class RangeTest:
    """Try rising learning rates on a copy of the network, from its weights of now; the run is not touched."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run."""


Command = (
    Pause
    | Resume
    | Step
    | Set
    | SetWeight
    | Silence
    | Redraw
    | Restart
    | Rewind
    | Undo
    | Redo
    | Jump
    | Pace
    | Watch
    | RangeTest
    | Stop
)

_KINDS: tuple[type[Command], ...] = (
    Pause, Resume, Step, Set, SetWeight, Silence, Redraw, Restart, Rewind, Undo, Redo, Jump, Pace, Watch, RangeTest,
    Stop,
)  # fmt: skip
_BY_NAME: dict[str, type[Command]] = {snake_case(kind.__name__): kind for kind in _KINDS}


def to_json(command: Command) -> dict[str, Any]:
    """The JSON form of a command."""
    record = {"command": snake_case(type(command).__name__), **asdict(command)}
    for name in ("group", "keep_rate"):
        if not record.get(name):
            record.pop(name, None)
    return record


def from_json(record: dict[str, Any]) -> Command:
    """The command of a JSON form; unknown fields are ignored.

    Raises:
        ValueError: there is no such command, or a field it needs is missing or of another type.
    """
    kind = _BY_NAME.get(str(record.get("command")))
    if kind is None:
        raise ValueError(f"unknown command {record.get('command')!r}")
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in record.items()
        if name in kind.__dataclass_fields__
    }
    for name, value in fields.items():
        if not suits(str(kind.__dataclass_fields__[name].type), value):
            raise ValueError(f"command {record['command']!r}: {name} cannot be {value!r:.40}")
    try:
        return kind(**fields)
    except TypeError as error:
        raise ValueError(f"command {record['command']!r}: {error}") from None


def from_recording(record: dict[str, Any]) -> Command:
    """The command of a JSON form in a journal or a shared line, with the meaning that it had when it was recorded.

    Raises:
        ValueError: as `from_json`.
    """
    return from_json({"judged_on": "probe", **record})  # what older recordings leave out
