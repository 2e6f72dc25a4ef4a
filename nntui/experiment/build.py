"""From an experiment to the things that train: data in parts, network, loss, optimizer, schedule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nntui.data.dataset import Progress
from nntui.data.derived import derived_label
from nntui.data.features import derive
from nntui.data.loading import load
from nntui.data.ordering import balanced_order, epoch_order
from nntui.data.splitting import Split, split
from nntui.experiment.experiment import Experiment
from nntui.experiment.fitting import Pairing, PairingError, memory, memory_message, pairing
from nntui.experiment.guessing import guessing_loss
from nntui.experiment.parameter import InvalidValue
from nntui.experiment.settings import Options
from nntui.experiment.table import PARAMETERS
from nntui.nn.layer import LayerSpec
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS

Array = npt.NDArray[Any]
Labels = npt.NDArray[np.int64]
_COMPARED = 10_000  # steps at most whose rates are compared


@dataclass(frozen=True, eq=False, slots=True)
class Streams:
    """Independent generators of one training seed, so that a change to one thing leaves the rest as it was."""

    init: np.random.Generator
    shuffle: np.random.Generator
    dropout: np.random.Generator
    noise: np.random.Generator


def streams(seed: int) -> Streams:
    """The generators of a training seed, at their start."""
    _, *children = np.random.SeedSequence(seed).spawn(5)  # the first is the one that `_data_generator` makes
    return Streams(*(np.random.default_rng(child) for child in children))


def _data_generator(seed: int) -> np.random.Generator:
    """The generator that draws synthetic data and then the split; independent of those that `streams` makes.

    One generator for both, and the first child of its seed: recordings made before data had a seed of their own drew
    them so from the training seed, and must come out the same.
    """
    return np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """Data ready to train on.

    Attributes:
        split: all parts with their labels, scaling and names.
        train_x, validation_x, test_x: (n, inputs) in the experiment's precision; no rows without a validation set.
        train_y, validation_y, test_y: (n, outputs) as the loss takes them: numbers, 0 and 1, or one-hot.
        pairing: output activation, loss and kind of targets, every "auto" decided.
        guessing_loss: of a network that knows only how often each target occurs.
    """

    split: Split
    train_x: Array
    train_y: Array
    validation_x: Array
    validation_y: Array
    test_x: Array
    test_y: Array
    pairing: Pairing
    guessing_loss: float

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What is predicted."""
        return self.split.task

    @property
    def class_names(self) -> tuple[str, ...]:
        """Empty for regression."""
        return self.split.dataset.class_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One an input."""
        return self.split.dataset.feature_names

    @property
    def input_labels(self) -> tuple[str, ...]:
        """The names of the inputs as the screen shows them: of a derived one, what is computed."""
        dataset = self.split.dataset
        return dataset.feature_names if dataset.plane is None else tuple(map(derived_label, dataset.feature_names))

    @property
    def target_names(self) -> tuple[str, ...]:
        """Empty for classification."""
        return self.split.dataset.target_names

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """(height, width) where an input row is an image."""
        return self.split.dataset.image_shape

    @property
    def has_validation(self) -> bool:
        """Whether some rows are kept apart to decide by; without them the test set decides."""
        return len(self.validation_x) > 0

    @property
    def inputs(self) -> int:
        """How many inputs the network has."""
        return int(self.train_x.shape[1])

    @property
    def outputs(self) -> int:
        """How many outputs the network has."""
        return int(self.train_y.shape[1])

    def epoch_order(self, experiment: Experiment, rng: np.random.Generator) -> Labels:
        """(n_train,) the rows of the next epoch in order."""
        training, labels = experiment.training, self.split.train_labels
        if training.balanced and labels is not None:
            return balanced_order(rng, labels)
        return epoch_order(rng, len(self.train_x), training.shuffle)


def prepare(experiment: Experiment, progress: Progress | None = None) -> Prepared:
    """Draw or read the data, split, scale and encode them.

    Raises:
        DataError: the data cannot be used.
        InvalidValue: the experiment does not fit the data.
    """
    data = experiment.data
    rng = _data_generator(data.seed)
    dataset = derive(load(data.name, rng, progress=progress, **data.options), data.features)
    parts = split(dataset, rng, data.test_share, data.standardize, validation_share=data.validation_share)
    classes = len(dataset.class_names)
    try:
        pair = pairing(dataset.task, classes, experiment.network.output, experiment.loss.name)
    except PairingError as error:
        raise InvalidValue(f"{error.name}: {error}") from None
    if experiment.training.balanced and not classes:
        raise InvalidValue("training.balanced: the data have no classes to balance; allowed is false")
    dtype = np.dtype(experiment.training.precision)
    train_y = _encoded(parts.train_labels, parts.train_targets, pair, classes, dtype)
    too_much = memory_message(memory(experiment, dataset.inputs.shape[1], train_y.shape[1]))
    if too_much:
        raise InvalidValue(f"network.hidden: {too_much}")
    return Prepared(
        parts,
        _contiguous(parts.train_inputs, dtype),
        train_y,
        _contiguous(parts.validation_inputs, dtype),
        _encoded(parts.validation_labels, parts.validation_targets, pair, classes, dtype),
        _contiguous(parts.test_inputs, dtype),
        _encoded(parts.test_labels, parts.test_targets, pair, classes, dtype),
        pair,
        guessing_loss(_loss(experiment, pair), train_y),
    )


def same_data(one: Experiment, other: Experiment) -> bool:
    """Whether both experiments are prepared to the same arrays."""
    return _of_data(one) == _of_data(other)


def build_network(experiment: Experiment, prepared: Prepared) -> Network:
    """The network, its parameters not yet initialized (``network.initialize(streams(seed).init)``)."""
    settings = experiment.network
    hidden = [
        _layer_spec(
            layer.size,
            layer.activation or settings.activation,
            layer.initializer or settings.initializer,
            {**settings.options, **layer.options},
            bias=settings.bias if layer.bias is None else layer.bias,
            dropout=settings.dropout if layer.dropout is None else layer.dropout,
            frozen=layer.frozen,
        )
        for layer in settings.layers
    ]
    output = LayerSpec(
        size=prepared.outputs,
        activation=prepared.pairing.output,
        initializer=settings.output_initializer,
        initializer_options=_taken(INITIALIZERS, settings.output_initializer, settings.options),
        bias=settings.output_bias,
    )
    return Network(prepared.inputs, hidden, output, np.dtype(experiment.training.precision))


def layer_activation(experiment: Experiment, index: int) -> tuple[str, dict[str, Any]]:
    """(name, options) of a hidden layer's activation, as `Network.set_activation` takes them; index from 0."""
    settings = experiment.network
    layer = settings.layers[index]
    name = layer.activation or settings.activation
    return name, _taken(ACTIVATIONS, name, {**settings.options, **layer.options})


def build_loss(experiment: Experiment, prepared: Prepared) -> Loss:
    """The loss, on the output and the targets that the data were prepared for.

    Raises:
        InvalidValue: the loss, changed since, takes another output or other targets.
    """
    prepared_for = prepared.pairing
    try:
        pair = pairing(prepared.task, len(prepared.class_names), prepared_for.output, experiment.loss.name)
    except PairingError as error:
        raise InvalidValue(f"{error}; the output layer stays as it is until a restart") from None
    if pair.targets != prepared_for.targets:
        raise InvalidValue(f"{pair.loss} takes the targets in another form; restart with it instead")
    return _loss(experiment, pair)


def build_optimizer(experiment: Experiment) -> Any:
    """The optimizer, not yet bound to parameters."""
    settings = experiment.optimizer
    entry = OPTIMIZERS[settings.name]
    return entry.load()(**{**entry.defaults(), **settings.options})


def optimizer_options(experiment: Experiment) -> dict[str, Any]:
    """Every option of the chosen optimizer, as `Optimizer.configure` takes them."""
    return {**OPTIMIZERS[experiment.optimizer.name].defaults(), **experiment.optimizer.options}


def build_regularization(experiment: Experiment) -> Any:
    """What the trainer adds to loss, gradient and inputs."""
    from nntui.nn.regularization import Regularization

    settings = experiment.regularization
    return Regularization(
        l1=settings.l1,
        l2=settings.l2,
        clip_value=settings.clip_value,
        clip_norm=settings.clip_norm,
        max_norm=settings.max_norm,
        input_noise=settings.input_noise,
    )


def build_schedule(experiment: Experiment, total_steps: int) -> Any:
    """The learning rate by step, without the scale."""
    from nntui.nn.schedules import make_schedule

    settings = experiment.schedule
    return make_schedule(
        settings.name, experiment.optimizer.learning_rate, total_steps, settings.options, settings.warmup_steps
    )


def rises_to(experiment: Experiment, step: int, total_steps: int, rate: float) -> str:
    """How far the learning rate rises from this step on, in words; empty where it stays below 1.01 × ``rate``.

    Args:
        rate: at ``step``, the scale included; of the later steps 10,000 at most are compared.
    """
    schedule, every = build_schedule(experiment, total_steps), max(1, (total_steps - step) // _COMPARED)
    highest = max((schedule(at) for at in range(step, total_steps, every)), default=0.0) * experiment.schedule.scale
    return f"later rates rise to {highest:.4g}" if highest > 1.01 * rate else ""


def _of_data(experiment: Experiment) -> tuple[object, ...]:
    """What the arrays are made from."""
    network, training = replace(experiment.network, layers=(), options={}), experiment.training
    return (experiment.data, network.output, experiment.loss, training.precision)


def _loss(experiment: Experiment, pair: Pairing) -> Loss:
    options = {
        row.label: experiment.loss.options.get(row.label, row.defaults[pair.loss])
        for row in PARAMETERS.values()
        if row.section == "loss" and pair.loss in row.used_by
    }
    loss: Loss = LOSSES[pair.loss].load()(output=pair.output, targets=pair.targets, **options)
    loss.maximise = experiment.loss.maximise
    return loss


def _layer_spec(size: int, activation: str, initializer: str, options: Options, **rest: Any) -> LayerSpec:
    return LayerSpec(
        size=size,
        activation=activation,
        activation_options=_taken(ACTIVATIONS, activation, options),
        initializer=initializer,
        initializer_options=_taken(INITIALIZERS, initializer, options),
        **rest,
    )


def _taken(entries: Any, name: str, options: Options) -> dict[str, Any]:
    """Those of the options that the entry of that name takes; none for "auto"."""
    if name not in entries:
        return {}
    return {option.name: options[option.name] for option in entries[name].options if option.name in options}


def _contiguous(columns: Array, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        converted = np.ascontiguousarray(columns, dtype=dtype)
    if not np.isfinite(converted).all():
        raise InvalidValue(
            f"training.precision: the data have numbers too large for {dtype}; "
            'allowed are data.standardize = true or training.precision = "float64"'
        )
    return converted


def _encoded(labels: Array | None, targets: Array | None, pair: Pairing, classes: int, dtype: np.dtype[Any]) -> Array:
    """(n, outputs) targets as the loss takes them."""
    if labels is None:
        return _contiguous(np.asarray(targets), dtype)
    if pair.targets == "binary":
        return _contiguous(labels[:, None], dtype)
    one_hot = np.zeros((len(labels), classes), dtype)
    one_hot[np.arange(len(labels)), labels] = 1
    return one_hot
