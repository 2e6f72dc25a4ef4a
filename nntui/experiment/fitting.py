"""Whether the parts of an experiment go together: output, loss and targets; layer sizes and memory; data and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from nntui.data.registry import DATASETS
from nntui.experiment.messages import listed
from nntui.nn.registry import LOSSES

if TYPE_CHECKING:
    from nntui.experiment.experiment import Experiment

Task = Literal["classification", "regression"]
Targets = Literal["real", "binary", "classes"]

GIB = 1 << 30
MEMORY = GIB

_LOSS_OF_OUTPUT = {
    "identity": "mean_squared_error",
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
}
_TARGETS_IN_WORDS = {
    "real": "numbers to predict",
    "binary": "two classes (0 or 1 at one output)",
    "classes": "classes (one output each)",
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Parts that do not go together: said of ``name``, and only where none of ``depends`` has a fault of its own."""

    name: str
    message: str
    depends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """What the network puts out and how it is judged, every "auto" decided.

    Attributes:
        output: activation of the output layer.
        loss: name of the loss.
        targets: ``real`` (n, k) numbers; ``binary`` (n, 1) of 0 and 1; ``classes`` (n, C) one-hot.
    """

    output: str
    loss: str
    targets: Targets


class PairingError(ValueError):
    """Loss, output and targets do not go together."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def pairing(task: Task, classes: int, output: str, loss: str) -> Pairing:
    """Decide what is "auto", and check the rest.

    Raises:
        PairingError: the loss does not take the output, or not these targets.
    """
    if loss == "auto":
        if output == "auto":
            output = "identity" if task == "regression" else "sigmoid" if classes == 2 else "softmax"
        loss = "mean_squared_error" if task == "regression" else _LOSS_OF_OUTPUT[output]
        return _checked(task, classes, output, loss, "network.output")
    if output == "auto":
        outputs = LOSSES[loss].traits["outputs"]
        output = outputs[0]
    return _checked(task, classes, output, loss, "loss.name")


def _checked(task: Task, classes: int, output: str, loss: str, name: str) -> Pairing:
    traits = LOSSES[loss].traits
    outputs, kinds = traits["outputs"], traits["targets"]
    if output not in outputs:
        takers = [other for other, entry in LOSSES.items() if output in entry.traits["outputs"]]
        raise PairingError(
            name,
            f"{loss} does not go with the output {output}; it goes with {listed(outputs)}; "
            f"the output {output} goes with {listed(takers)}",
        )
    targets: Targets
    if task == "regression":
        targets = "real"
    elif output != "softmax" and classes == 2 and "binary" in kinds:
        targets = "binary"
    else:
        targets = "classes"
    suits = [other for other, entry in LOSSES.items() if targets in entry.traits["targets"]]
    if targets not in kinds:
        have = f"{classes} classes" if targets == "classes" else _TARGETS_IN_WORDS[targets]
        raise PairingError(
            name,
            f"{loss} needs {' or '.join(_TARGETS_IN_WORDS[kind] for kind in kinds)}, the data have {have}; "
            f"allowed are {listed(suits)}",
        )
    if task == "regression" and output == "softmax":
        raise PairingError("network.output", "softmax puts out shares of 1, the data have numbers to predict; "
                         "allowed are identity, sigmoid")  # fmt: skip
    return Pairing(output, loss, targets)


def sizes_known(experiment: Experiment) -> tuple[int | None, int | None]:
    """(inputs, classes) as far as they can be known before the data are there; classes is 0 for regression."""
    entry = DATASETS[experiment.data.name]
    inputs = len(experiment.data.features) or entry.features
    classes = entry.classes
    if classes is None and "classes" in entry.takes:
        classes = int(experiment.data.options.get("classes", entry.defaults()["classes"]))  # type: ignore[arg-type]
    return inputs, classes


def memory(experiment: Experiment, inputs: int, outputs: int) -> int:
    """Bytes for the parameters (with gradient and two optimizer states) and a batch's activations (with gradients)."""
    sizes = (inputs, *experiment.network.hidden, outputs)
    parameters = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
    rows = min(experiment.training.batch_size, _rows(experiment))
    item = 4 if experiment.training.precision == "float32" else 8
    return item * (4 * parameters + 3 * rows * sum(sizes))


def _rows(experiment: Experiment) -> int:
    entry = DATASETS[experiment.data.name]
    if "samples" in entry.takes:
        return int(experiment.data.options.get("samples", entry.defaults()["samples"]))  # type: ignore[arg-type]
    return entry.rows or 1024


def memory_message(needed: int) -> str | None:
    """What to say where a network needs more memory than is allowed."""
    if needed <= MEMORY:
        return None
    return (
        f"parameters and activations would need {needed / GIB:,.1f} GiB; allowed is {MEMORY // GIB} GiB "
        "(make the layers or the batch smaller)"
    )


def misfits(experiment: Experiment) -> list[Misfit]:
    """Everything that does not go together, as far as it can be known before the data are there."""
    return [*_data_misfits(experiment), *_loss_misfits(experiment), *_memory_misfits(experiment)]


def _data_misfits(experiment: Experiment) -> list[Misfit]:
    data, found = experiment.data, []
    entry = DATASETS[data.name]
    if data.features and entry.features not in (2, None):
        found.append(
            Misfit(
                "data.features",
                f"derived inputs need data with two inputs, {data.name} has {entry.features}; allowed is []",
                ("data.name", "data.features"),
            )
        )
    if "path" in entry.takes and not data.options.get("path"):
        found.append(Misfit("data.path", f"missing; {data.name} needs the file's path", ("data.name", "data.path")))
    _, classes = sizes_known(experiment)
    if "samples" in entry.takes and classes and _rows(experiment) < 2 * classes:
        found.append(
            Misfit(
                "data.samples",
                f"{_rows(experiment)} samples are too few for {classes} classes; allowed is value >= {2 * classes}",
                ("data.name", "data.samples", "data.classes"),
            )
        )
    if data.test_share + data.validation_share >= 1:
        found.append(
            Misfit(
                "data.validation_share",
                f"{data.validation_share:g} and a test share of {data.test_share:g} leave nothing to train on; "
                f"allowed is value < {1 - data.test_share:g}",
                ("data.test_share", "data.validation_share"),
            )
        )
    if experiment.training.balanced and classes == 0:
        found.append(
            Misfit(
                "training.balanced",
                f"{data.name} has no classes to balance; allowed is false",
                ("data.name", "training.balanced"),
            )
        )
    return found


def _loss_misfits(experiment: Experiment) -> list[Misfit]:
    _, classes = sizes_known(experiment)
    depends = ("data.name", "data.classes", "network.output", "loss.name")
    if classes is None:
        return []
    task: Task = "classification" if classes else "regression"
    try:
        pairing(task, classes, experiment.network.output, experiment.loss.name)
    except PairingError as error:
        return [Misfit(error.name, str(error), depends)]
    return []


def _memory_misfits(experiment: Experiment) -> list[Misfit]:
    inputs, classes = sizes_known(experiment)
    message = memory_message(memory(experiment, inputs or 1, max(classes or 1, 1)))
    if message is None:
        return []
    return [Misfit("network.hidden", message, ("network.hidden", "training.batch_size", "data.samples"))]
