"""The one table of hyperparameters: what TOML, the command line, the keys and the edit form all go by.

Fixed rows stand here; the numbers that a choice takes (an optimizer's momentum) come from the registries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from nntui.data.derived import DERIVED
from nntui.data.registry import DATASETS
from nntui.experiment.messages import nearest
from nntui.experiment.parameter import Parameter, Step, Value
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES

_DATA = "the data are drawn and dealt before training starts; restart with it instead"
_SHAPE = "the weights have this shape; restart with it instead"
_START = "it decides how the run starts; restart with it instead"
_MEMORY = "parameters and activations of all layers must fit 1 GiB"
_KIND = "the network is built for it; restart with it instead"

SECTIONS = ("data", "network", "loss", "optimizer", "schedule", "regularization", "training")
OUTPUTS = ("identity", "sigmoid", "softmax")


class _Option(Protocol):
    """What a registered choice says of one of its numbers."""

    @property
    def name(self) -> str: ...
    @property
    def default(self) -> Any: ...
    @property
    def meaning(self) -> str: ...
    @property
    def kind(self) -> Any: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low_open(self) -> bool: ...
    @property
    def high_open(self) -> bool: ...
    @property
    def unit(self) -> str: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def live(self) -> bool: ...


class _Choice(Protocol):
    @property
    def options(self) -> Iterable[_Option]: ...


def _fixed(name: str, default: Value, meaning: str, because: str, **rest: Any) -> Parameter:
    return Parameter(name, default, meaning, live=False, fixed_because=because, **rest)


_FACTOR_2: Step = ("factor", 2.0)
_ONE: Step = ("add", 1.0)

_ROWS: tuple[Parameter, ...] = (
    _fixed("data.name", "spirals", "Which data to learn.", _DATA, kind="choice", choices=tuple(DATASETS), step=_ONE),
    _fixed("data.seed", 0, "Draws synthetic data and the split; the same seed gives the same data.", _DATA, kind="int",
           low=0, high=2**63 - 1, step=_ONE),
    _fixed("data.test_share", 0.25, "Share of the rows kept apart to test on.", _DATA,
           low=0.0, high=1.0, low_open=True, high_open=True, step=("add", 0.05)),
    _fixed("data.validation_share", 0.0,
           "Share of the rows that picks the best epoch and stops early; 0: the test set does.", _DATA,
           low=0.0, high=1.0, high_open=True, step=("add", 0.05)),
    _fixed("data.standardize", True, "Whether inputs (and a regression's targets) are scaled to mean 0, deviation 1.",
           _DATA, kind="bool"),
    _fixed("data.features", (), "Inputs derived from the two of a plane, instead of them.", _DATA,
           kind="choices", choices=DERIVED),
    _fixed("network.hidden", (16, 16), "Units of each hidden layer.", _SHAPE, kind="ints", low=1, high=1_000_000,
           note=_MEMORY),
    Parameter("network.activation", "tanh", "Activation of the hidden layers.", "choice",
              choices=tuple(ACTIVATIONS), step=_ONE),
    _fixed("network.initializer", "auto", "How the hidden layers' weights start; auto: as suits the activation.",
           _START, kind="choice", choices=("auto", *INITIALIZERS), step=_ONE),
    _fixed("network.bias", 0.0, "Where the hidden layers' biases start.", _START,
           low=-1e6, high=1e6, step=("add", 0.1)),
    Parameter("network.dropout", 0.0, "Share of a hidden layer's outputs left out at each step.",
              low=0.0, high=1.0, high_open=True, step=("add", 0.05)),
    _fixed("network.output", "auto", "Activation of the output layer; auto: the one that the loss belongs to.", _KIND,
           kind="choice", choices=("auto", *OUTPUTS), step=_ONE),
    _fixed("network.output_initializer", "auto", "How the output layer's weights start; auto: as suits its activation.",
           _START, kind="choice", choices=("auto", *INITIALIZERS), step=_ONE),
    _fixed("network.output_bias", 0.0, "Where the output layer's biases start.", _START,
           low=-1e6, high=1e6, step=("add", 0.1)),
    Parameter("loss.name", "auto", "What is minimised; auto: what suits the output and the targets.", "choice",
              choices=("auto", *LOSSES), step=_ONE),
    Parameter("loss.maximise", False, "Whether the loss is made larger instead of smaller, to see what that does.",
              "bool"),
    Parameter("optimizer.name", "adam", "How a gradient becomes a step.", "choice",
              choices=tuple(OPTIMIZERS), step=_ONE),
    Parameter("optimizer.learning_rate", 0.01, "How far a step goes; the schedule starts from it.",
              low=0.0, high=1e12, low_open=True),
    Parameter("schedule.name", "constant", "How the learning rate goes over the run.", "choice",
              choices=tuple(SCHEDULES), step=_ONE),
    Parameter("schedule.scale", 1.0, "Factor on the schedule: the learning rate in force is schedule × scale.",
              low=0.0, high=1e12, low_open=True),
    Parameter("schedule.warmup_steps", 0, "Steps n over which the rate first rises, from 1/(n + 1) of the schedule's.",
              "int",
              low=0, high=100_000_000, unit="optimizer steps", step=_FACTOR_2),
    Parameter("regularization.l1", 0.0, "Pull of every weight towards 0, the same for all; 0 is off.",
              low=0.0, high=1e3),
    Parameter("regularization.l2", 0.0, "Pull of every weight towards 0, in proportion to it; 0 is off.",
              low=0.0, high=1e3),
    Parameter("regularization.clip_value", 0.0, "Largest size of each gradient; 0 is off.", low=0.0, high=1e9),
    Parameter("regularization.clip_norm", 0.0, "Largest length of the whole gradient; 0 is off.", low=0.0, high=1e9),
    Parameter("regularization.max_norm", 0.0, "Largest length of a unit's incoming weights; 0 is off.",
              low=0.0, high=1e9),
    Parameter("regularization.input_noise", 0.0, "Deviation of noise put on every input while training; 0 is off.",
              low=0.0, high=1e3),
    Parameter("training.epochs", 200, "Passes over the training data.", "int", low=1, high=100_000_000, unit="epochs",
              step=_FACTOR_2),
    Parameter("training.batch_size", 32, "Rows a step learns from; more than there are: all.", "int",
              low=1, high=10_000_000, unit="rows", step=_FACTOR_2),
    _fixed("training.seed", 0, "Draws initial weights, sample order, dropout and input noise; keeps the data.", _START,
           kind="int", low=0, high=2**63 - 1, step=_ONE),
    _fixed("training.precision", "float32", "Digits of every number: 7 (float32) or 16 (float64).", _START,
           kind="choice", choices=("float32", "float64"), step=_ONE),
    Parameter("training.pace", 0.0, "Epochs a second at most, in the dashboard; 0: as fast as it goes.",
              low=0.0, high=1e6, unit="epochs/s"),
    Parameter("training.shuffle", True, "Whether each epoch goes through the rows in a new order.", "bool"),
    Parameter("training.balanced", False, "Whether every batch holds all classes equally often.", "bool"),
    Parameter("training.patience", 0, "Stop after this many epochs without a better validation loss; 0 is off.", "int",
              low=0, high=100_000_000, unit="epochs", step=_FACTOR_2),
    Parameter("training.restore_best", True, "Whether a run stopped early goes back to its best weights.", "bool"),
)  # fmt: skip

_LAYER_ROWS: tuple[Parameter, ...] = (
    _fixed("network.layers.size", 16, "Units of the layer.", _SHAPE, kind="int", low=1, high=1_000_000, note=_MEMORY,
           step=_FACTOR_2),
    Parameter("network.layers.activation", "tanh", "Activation of this layer.", "choice",
              choices=tuple(ACTIVATIONS), step=_ONE),
    _fixed("network.layers.initializer", "auto", "How this layer's weights start.", _START,
           kind="choice", choices=("auto", *INITIALIZERS), step=_ONE),
    _fixed("network.layers.bias", 0.0, "Where this layer's biases start.", _START,
           low=-1e6, high=1e6, step=("add", 0.1)),
    Parameter("network.layers.dropout", 0.0, "Share of this layer's outputs left out at each step.",
              low=0.0, high=1.0, high_open=True, step=("add", 0.05)),
    Parameter("network.layers.frozen", False, "Whether the layer keeps the weights it has.", "bool"),
)  # fmt: skip


def _step(option: _Option) -> Step:
    """Keys add a twentieth to what lies in a narrow range, and multiply everything else."""
    if option.kind == "int":
        return ("factor", 2.0)
    if option.kind != "float":
        return _ONE
    return ("add", 0.05) if option.low == 0 and option.high <= 1 and option.default >= 0.05 else ("factor", 1.25)


def _options(section: str, choices: Mapping[str, Any], because: str) -> Iterator[Parameter]:
    """A row for every option of every choice; those of one name are one row, used by all that take it."""
    rows: dict[str, Parameter] = {}
    for choice, entry in choices.items():
        for option in entry.options:
            name = f"{section}.{option.name}"
            if name in rows:
                row = rows[name]
                rows[name] = replace(
                    row, used_by=(*row.used_by, choice), defaults={**row.defaults, choice: option.default}
                )
                continue
            live = option.live and not because
            rows[name] = Parameter(
                name,
                option.default,
                option.meaning,
                option.kind,
                option.low,
                option.high,
                option.low_open,
                option.high_open,
                _step(option),
                option.unit,
                option.choices,
                live,
                "" if live else because or _START,
                (choice,),
                {choice: option.default},
                numbers_too=name == "data.target",
            )
    yield from rows.values()


def _table() -> dict[str, Parameter]:
    optional: dict[str, list[Parameter]] = {
        "data": list(_options("data", DATASETS, _DATA)),
        "network": list(_network_options()),
        "loss": list(_options("loss", LOSSES, "")),
        "optimizer": list(_options("optimizer", OPTIMIZERS, "")),
        "schedule": list(_options("schedule", SCHEDULES, "")),
    }
    table: dict[str, Parameter] = {}
    for section in SECTIONS:
        for row in _ROWS:
            if row.section == section:
                table[row.name] = row
        for row in optional.get(section, ()):
            if row.name in table:
                raise ValueError(f"two hyperparameters are called {row.name}")
            table[row.name] = row
    return table


def _network_options() -> Iterator[Parameter]:
    """Options of activations (live) and of initializers (not); an initializer's gives way where both have the name."""
    rows = {row.name: row for row in _options("network", ACTIVATIONS, "")}
    yield from rows.values()
    for row in _options("network", INITIALIZERS, _START):
        if row.name in rows:
            raise ValueError(f"an activation and an initializer both take {row.label}")
        yield row


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(_table())
LAYER_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        **{row.name.rsplit(".", 1)[1]: row for row in _LAYER_ROWS},
        **{
            row.label: replace(row, name=f"network.layers.{row.label}")
            for row in PARAMETERS.values()
            if row.section == "network" and row.used_by
        },
    }
)
_ALIASES = {
    "seed": "training.seed",
    "lr": "optimizer.learning_rate",
    "rate": "optimizer.learning_rate",
    "bs": "training.batch_size",
    "batch": "training.batch_size",
    "wd": "optimizer.weight_decay",
    "layers": "network.hidden",
    "units": "network.hidden",
    "speed": "training.pace",
}
_LAYER_NAME = re.compile(r"network\.layers\.([1-9]\d{0,3})\.(\w+)")
_LIKE_LAYER = re.compile(r"network\.layers\.(\d+)\.([^.]+)")


def layer_name(name: str) -> tuple[int, str] | None:
    """(position from 0, field) of ``network.layers.2.activation``; None for other names."""
    match = _LAYER_NAME.fullmatch(name)
    return (int(match[1]) - 1, match[2]) if match and match[2] in LAYER_PARAMETERS else None


def parameter(name: str) -> Parameter | None:
    """The row of a dotted name, one layer's own (``network.layers.2.activation``) included."""
    layer = layer_name(name)
    return replace(LAYER_PARAMETERS[layer[1]], name=name) if layer else PARAMETERS.get(name)


def suggest(name: str) -> str | None:
    """The dotted name that may have been meant: by the whole name, or by its last word, in its section or in any."""
    if layer := _LIKE_LAYER.fullmatch(name):
        label = layer[2] if layer[2] in LAYER_PARAMETERS else nearest(layer[2], LAYER_PARAMETERS)
        position = max(int(layer[1][:5]), 1)  # the first layer is 1
        return f"network.layers.{position}.{label}" if label else None
    section, _, last = name.rpartition(".")
    close = _ALIASES.get(last.casefold()) or nearest(name, PARAMETERS, cutoff=0.85)
    if close is not None:
        return close
    rows = tuple(reversed(tuple(PARAMETERS.values())))
    near = {row.label: row.name for row in rows if row.section == section}
    for labels in (near, {row.label: row.name for row in rows}):
        label = last if last in labels else nearest(last, labels)
        if label is not None:
            return labels[label]
    return None
