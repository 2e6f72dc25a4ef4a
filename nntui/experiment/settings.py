"""The sections of an experiment. A choice that takes numbers of its own keeps those given in ``options``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nntui.experiment.parameter import Value

Options = Mapping[str, Value]


def _none() -> Options:
    return {}


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Which data, and how they are split and scaled.

    ``seed``: draws synthetic data and the split. ``validation_share``: 0 for no validation set.
    ``features``: derived inputs; () for the data's own.
    """

    name: str = "spirals"
    seed: int = 0
    test_share: float = 0.25
    validation_share: float = 0.0
    standardize: bool = True
    features: tuple[str, ...] = ()
    options: Options = field(default_factory=_none, hash=False)


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """A hidden layer; None: as the network says."""

    size: int
    activation: str | None = None
    initializer: str | None = None
    bias: float | None = None
    dropout: float | None = None
    frozen: bool = False
    options: Options = field(default_factory=_none, hash=False)


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Hidden layers and what holds for all of them; ``options`` belong to activations and initializers."""

    layers: tuple[LayerSettings, ...] = (LayerSettings(16), LayerSettings(16))
    activation: str = "tanh"
    initializer: str = "auto"
    bias: float = 0.0
    dropout: float = 0.0
    output: str = "auto"
    output_initializer: str = "auto"
    output_bias: float = 0.0
    options: Options = field(default_factory=_none, hash=False)

    @property
    def hidden(self) -> tuple[int, ...]:
        """Sizes of the hidden layers."""
        return tuple(layer.size for layer in self.layers)


@dataclass(frozen=True, slots=True)
class LossSettings:
    """What is minimised, or maximised."""

    name: str = "auto"
    maximise: bool = False
    options: Options = field(default_factory=_none, hash=False)


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """How a gradient becomes a step."""

    name: str = "adam"
    learning_rate: float = 0.01
    options: Options = field(default_factory=_none, hash=False)


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """How the learning rate goes over the run; in force is ``schedule(step) * scale``."""

    name: str = "constant"
    scale: float = 1.0
    warmup_steps: int = 0
    options: Options = field(default_factory=_none, hash=False)


@dataclass(frozen=True, slots=True)
class RegularizationSettings:
    """What keeps weights and gradients small; 0 is off."""

    l1: float = 0.0
    l2: float = 0.0
    clip_value: float = 0.0
    clip_norm: float = 0.0
    max_norm: float = 0.0
    input_noise: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How long, in what portions, from which seed.

    ``seed``: draws weights, order, dropout and noise. ``patience``: epochs without a better validation loss (test loss
    if there is no validation set) before stopping.
    """

    epochs: int = 200
    batch_size: int = 32
    seed: int = 0
    precision: str = "float32"
    pace: float = 0.0
    shuffle: bool = True
    balanced: bool = False
    patience: int = 0
    restore_best: bool = True
