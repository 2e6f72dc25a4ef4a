"""One sample through the network and back, in double precision, every step by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nntui.nn.activations import Softmax
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Program
from nntui.training.insights.chain import MOST_PARAMETERS
from nntui.training.measuring import Context

Numbers = npt.NDArray[np.float64]

_LARGE = 200_000  # parameters
H = 1e-5  # of a weight up to 1 in size; beyond, of its size


@dataclass(frozen=True, slots=True)
class Place:
    """A weight that there is, and a row of the training part: what was chosen, held to what the network has."""

    layer: int
    unit: int
    source: int
    sample: int


def place(context: Context) -> Place:
    """What is looked at."""
    chosen, layers = context.chosen, context.session.network.layers
    if chosen.pick:
        return _picked(context)
    layer = min(max(chosen.layer, 0), len(layers) - 1)
    fan_in = layers[layer].weights.shape[0]
    return Place(
        layer,
        min(max(chosen.unit, 0), layers[layer].size - 1),
        min(max(chosen.source, -1), fan_in - 1),
        min(max(chosen.sample, 0), context.session.train_samples - 1),
    )


def _picked(context: Context) -> Place:
    """A weight that moves: of the first layer that has one, the weight with the largest gradient for the sample.

    The same until another sample is chosen, so that the selection does not jump while it is not known yet.
    """
    sample = min(max(context.chosen.sample, 0), context.session.train_samples - 1)
    kept: Place | None = context.kept.get("picked")
    if kept is not None and kept.sample == sample:
        return kept
    found = passed(context, sample)
    place = Place(0, 0, int(np.abs(found.x[0]).argmax()), sample)
    for index in range(len(found.network.layers)):
        gradient = np.abs(np.outer(found.into(index)[0], found.delta[index]))
        if np.isfinite(gradient).all() and gradient.any():
            source, unit = np.unravel_index(int(gradient.argmax()), gradient.shape)
            place = Place(index, int(unit), int(source), sample)
            break
    context.kept["picked"] = place
    return place


@dataclass(frozen=True, eq=False)
class Passed:
    """Everything on the way forward and back.

    Attributes:
        network: in double precision, without dropout.
        loss: of the network.
        x, y: (1, inputs), (1, outputs) the sample.
        z, a: a layer each, (1, units).
        back, slope, delta: ∂L/∂a, ∂a/∂z, ∂L/∂z, a layer each, (units,).
        value: the loss.
    """

    network: Network
    loss: Loss
    x: Numbers
    y: Numbers
    z: list[Numbers]
    a: list[Numbers]
    back: list[Numbers]
    slope: list[Numbers]
    delta: list[Numbers]
    value: float

    def into(self, layer: int) -> Numbers:
        """(1, fan_in): what a layer takes."""
        return self.x if layer == 0 else self.a[layer - 1]


def passed(context: Context, sample: int) -> Passed:
    """The sample through the network as it is."""
    session, prepared = context.session, context.session.prepared
    network, loss = exact_copy(context), session.loss
    x = prepared.train_x[sample : sample + 1].astype(np.float64)
    y = prepared.train_y[sample : sample + 1].astype(np.float64)
    with np.errstate(all="ignore"):
        z, a = map(list, zip(*network.trace(x), strict=True))
        deltas = [loss.gradient(z[-1], y)[0]]
        backs, slopes = [output_slope(loss, a[-1], y)[0]], [_slope(network, -1, z[-1])]
        for layer in range(len(network.layers) - 2, -1, -1):
            backs.insert(0, network.layers[layer + 1].weights @ deltas[0])
            slopes.insert(0, _slope(network, layer, z[layer]))
            deltas.insert(0, backs[0] * slopes[0])
        return Passed(network, loss, x, y, z, a, backs, slopes, deltas, loss.value(z[-1], y))


def exact_copy(context: Context) -> Network:
    """The network as it is, in double precision, without dropout and frozen layers; the same object as long as its
    layers are the same."""
    source = context.session.network
    specs = [replace(layer.spec, dropout=0.0, frozen=False) for layer in source.layers]
    kept = context.kept.get("exact copy")
    if kept is None or kept[0] != specs:
        kept = context.kept["exact copy"] = specs, Network(source.inputs, specs[:-1], specs[-1], np.float64)
    network: Network = kept[1]
    network.parameters[:] = source.parameters
    return network


def _slope(network: Network, layer: int, z: Numbers) -> Numbers:
    """(units,) ∂a/∂z; of softmax the diagonal of its Jacobian, a (1 - a)."""
    activation = network.layers[layer].activation
    if isinstance(activation, Softmax):
        a: Numbers = activation(z)[0]
        return a * (1 - a)
    slope: Numbers = activation.derivative(z)[0]
    return slope


def output_slope(loss: Loss, a: Numbers, y: Numbers) -> Numbers:
    """(1, outputs): ∂L/∂a for the loss of one sample; infinite where an output that ought not to be is 0 or 1."""
    slope = getattr(loss, "record_slope", None)
    if slope is not None:
        error = a - y
        do = Program()
        slope(do, error, 1.0 / error.size)
        do.run()
        return error
    if loss.output == "identity":
        same: Numbers = loss.gradient(a, y).astype(np.float64)
        return same
    if loss.output == "sigmoid":
        return (a - y) / (a * (1 - a)) / a.size
    return np.where(loss.encode(y) == 0, 0.0, -loss.encode(y) / a)


def backpropagated(context: Context, found: Passed, at: Place) -> float:
    """∂L/∂w by the formulas that train; where they climb the loss, turned back."""
    from nntui.nn.regularization import Regularization
    from nntui.nn.step import StepRecorder

    network, rng = found.network, np.random.default_rng(0)
    column = np.ones((found.x.shape[1] + 1, 1))
    column[:-1] = found.x.T
    do = Program()
    targets = np.ascontiguousarray(found.loss.encode(found.y).T)
    StepRecorder(network, found.loss, Regularization(), rng, rng).record(do, column, targets, np.empty_like(targets))
    with np.errstate(all="ignore"):
        do.run()
    gradient = float(network.layers[at.layer].matrix_gradient[at.source, at.unit])
    return -gradient if found.loss.maximise else gradient


Record = TypeVar("Record")


def seldom(context: Context, name: str, make: Callable[[Context], Record]) -> Record | None:
    """What ``make`` gives; None where the network is too large. Of large networks that train, the same record a few
    times, unless something else is looked at: to make it costs as much as several steps."""
    parameters, chosen = len(context.session.network.parameters), replace(context.chosen, quantities=())
    if parameters > MOST_PARAMETERS:
        return None
    before = context.kept.get(name)
    if before is not None and not context.once and before[0] == chosen and before[1] > 0:
        context.kept[name] = chosen, before[1] - 1, before[2]
        kept: Record = before[2]
        return kept
    record = make(context)
    context.kept[name] = chosen, parameters // _LARGE, record
    return record


@dataclass(frozen=True, eq=False)
class Nudged:
    """What a weight's values make of the sample: losses (n,), and on which smooth piece everything lies, (n, any)."""

    losses: Numbers
    pieces: Numbers


def nudged(found: Passed, at: Place, values: Numbers) -> Nudged:
    """The loss with the weight at each of these values, (n,); all else stays. Layers below are not worked out again."""
    layers = found.network.layers
    layer = layers[at.layer]
    columns = np.repeat(layer.matrix[:, at.unit : at.unit + 1], len(values), axis=1)
    columns[at.source] = values
    z = np.repeat(found.z[at.layer], len(values), axis=0)
    pieces = []
    with np.errstate(all="ignore"):
        z[:, at.unit] = np.append(found.into(at.layer)[0], 1.0) @ columns
        for index in range(at.layer, len(layers) - 1):
            activation = layers[index].activation
            pieces += [np.sign(z - kink) for kink in activation.kinks()]
            z = layers[index + 1].sums(activation(z)).astype(np.float64, copy=False)
        y = np.repeat(found.y, len(values), axis=0)
        pieces.append(found.loss.pieces(z, y))
        return Nudged(found.loss.per_sample(z, y).astype(np.float64), np.concatenate(pieces, axis=1))


def quotient(found: Passed, at: Place, h: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(n,) difference quotients (L(w + h) - L(w - h)) / 2h, and whether something bends between."""
    weight = float(found.network.layers[at.layer].matrix[at.source, at.unit])
    above, below = weight + h, weight - h
    both = nudged(found, at, np.concatenate((above, below)))
    count = len(h)
    with np.errstate(all="ignore"):
        slopes: Numbers = (both.losses[:count] - both.losses[count:]) / (above - below)
    bent: npt.NDArray[np.bool_] = (both.pieces[:count] != both.pieces[count:]).any(axis=1)
    return slopes, bent


def relative(one: float, other: float) -> float:
    """|one - other| / max(|one|, |other|); 0 where both are 0."""
    size = max(abs(one), abs(other))
    return abs(one - other) / size if size else 0.0
