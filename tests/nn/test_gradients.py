"""The gradient that trains, against central differences: every activation × loss × penalty, and odd shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.gradcheck import check_gradients
from nntui.nn.layer import LayerSpec
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.registry import ACTIVATIONS, LOSSES
from nntui.nn.regularization import Regularization
from tests.nn.nets import batch_gradient, make_data, make_loss, make_network

SUITED = {"identity": "real", "sigmoid": "binary", "softmax": "classes"}
PAIRINGS = [
    *(
        (name, output, SUITED[output])
        for name, entry in LOSSES.items()
        for output in entry.traits["outputs"]
        if SUITED[output] in entry.traits["targets"]
    ),
    *(("hinge", "identity", kind) for kind in LOSSES["hinge"].traits["targets"]),
    ("mean_squared_error", "identity", "classes"),
]
PENALTIES = [{}, {"l1": 0.02}, {"l2": 0.3}, {"l1": 0.01, "l2": 0.1}]
WIDTH = {"real": 2, "binary": 1, "classes": 3}


def loss_at(network: Network, loss: Loss, x: Array, y: Array, l1: float = 0.0, l2: float = 0.0) -> float:
    """Mean loss plus penalties, in plain NumPy but for the functions tested elsewhere."""
    a = x
    for layer in network.layers[:-1]:
        a = layer.activation(a @ layer.weights + layer.bias)
    last = network.layers[-1]
    penalty = sum(l1 * np.abs(layer.weights).sum() + l2 / 2 * (layer.weights**2).sum() for layer in network.layers)
    return float(loss.per_sample(a @ last.weights + last.bias, y).mean() + penalty)


def worst_error(network: Network, loss: Loss, x: Array, y: Array, **penalties: float) -> float:
    """Largest difference from central differences, relative to the gradient's largest component."""
    gradient = batch_gradient(network, loss, x, y, **penalties)
    w, h = network.parameters, 1e-6
    worst = 0.0
    for at in range(w.size):
        here = w[at]
        values = []
        for step in (h, -h):
            w[at] = here + step
            values.append(loss_at(network, loss, x, y, **penalties))
        w[at] = here
        worst = max(worst, abs(gradient[at] - (values[0] - values[1]) / (2 * h)))
    return worst / float(np.abs(gradient).max())


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("name", "output", "kind"), PAIRINGS)
def test_every_activation_loss_and_penalty(activation: str, name: str, output: str, kind: str) -> None:
    x, y = make_data(5, 2, WIDTH[kind], kind)
    network = make_network(2, [4, 3], WIDTH[kind], output, activation=activation)
    loss = make_loss(name, output, kind)
    for penalties in PENALTIES:
        assert worst_error(network, loss, x, y, **penalties) < 1e-6


@pytest.mark.parametrize("hidden", [[], [1], [1, 1], [6], [3, 7, 2, 5]])
@pytest.mark.parametrize(("inputs", "outputs", "samples"), [(1, 1, 1), (4, 1, 9), (1, 3, 2), (5, 4, 1)])
def test_odd_shapes(hidden: list[int], inputs: int, outputs: int, samples: int) -> None:
    x, y = make_data(samples, inputs, outputs, "real")
    network = make_network(inputs, hidden, outputs)
    assert worst_error(network, make_loss("mean_squared_error"), x, y) < 1e-6


@pytest.mark.parametrize("activation", ["elu", "selu", "leaky_relu", "hard_tanh", "hard_sigmoid", "gelu", "relu"])
def test_layers_large_enough_for_the_other_ways_of_calculating(activation: str) -> None:
    """Beyond a few thousand elements constants and steps are calculated differently."""
    x, y = make_data(110, 2, 2, "real")
    network = make_network(2, [40], 2, activation=activation)
    assert worst_error(network, make_loss("mean_squared_error"), x, y) < 1e-6


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_float32_agrees_with_float64(smoothing: float) -> None:
    x, y = make_data(40, 6, 4, "classes")
    loss = make_loss("categorical_cross_entropy", label_smoothing=smoothing)
    exact = make_network(6, [9, 8], 4, "softmax", activation="gelu")
    single = make_network(6, [9, 8], 4, "softmax", activation="gelu", dtype=np.float32)
    expected = batch_gradient(exact, loss, x, y)
    found = batch_gradient(single, loss, x.astype(np.float32), y.astype(np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("name", "output", "kind"), PAIRINGS[::3])
def test_the_check_finds_right_gradients_right(activation: str, name: str, output: str, kind: str) -> None:
    x, y = make_data(6, 3, WIDTH[kind], kind)
    network = make_network(3, [5, 4], WIDTH[kind], output, activation=activation)
    found = check_gradients(network, make_loss(name, output, kind), x, y, Regularization(l1=0.01, l2=0.1))
    assert [check.layer for check in found] == ["hidden 1", "hidden 2", "output"]
    for check in found:
        assert check.checked > check.parameters / 2
        assert check.checked + check.skipped == check.parameters
        assert check.worst < 1e-6


class WrongActivation(type(ACTIVATIONS["tanh"].load()())):  # type: ignore[misc]
    """tanh whose slope is a little off."""

    def backward(self, do: Any, z: Array, a: Array, delta: Array) -> None:
        super().backward(do, z, a, delta)
        do.multiply(delta, 1.001, out=delta)


def test_the_check_finds_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = make_data(6, 3, 2, "real")
    network = make_network(3, [5, 4], 2)
    monkeypatch.setattr("nntui.nn.network.make_activation", lambda name, options: WrongActivation())
    first, second, output = check_gradients(network, make_loss("mean_squared_error"), x, y)
    assert 5e-4 < first.worst < 5e-3
    assert 5e-4 < second.worst < 2e-3
    assert output.worst < 1e-7
    assert first.where is not None
    assert first.gradient != pytest.approx(first.difference, rel=1e-5)


def test_the_check_leaves_everything_as_it_was() -> None:
    x, y = make_data(6, 3, 2, "real", dtype=np.float32)
    network = make_network(3, [LayerSpec(5, "relu", dropout=0.5, frozen=True), 4], 2, dtype=np.float32)
    before, gradient = network.parameters.copy(), network.gradient.copy()
    strong = Regularization(l2=0.1, clip_norm=1e-3, clip_value=1e-4, max_norm=0.1, input_noise=1.0)
    found = check_gradients(network, make_loss("mean_squared_error"), x, y, strong)
    assert max(check.worst for check in found) < 1e-6
    np.testing.assert_array_equal(network.parameters, before)
    np.testing.assert_array_equal(network.gradient, gradient)


def test_parameters_at_a_kink_are_skipped() -> None:
    x, y = make_data(6, 3, 2, "real")
    network = make_network(3, [4], 2, activation="relu")
    network.parameters[:] = 0.0
    hidden, output = check_gradients(network, make_loss("mean_squared_error"), x, y)
    assert (hidden.checked, hidden.skipped) == (0, hidden.parameters)
    assert np.isnan(hidden.worst)
    assert output.checked == output.parameters


def test_of_large_layers_some_parameters_are_chosen() -> None:
    x, y = make_data(3, 30, 2, "real")
    network = make_network(30, [40], 2)
    hidden, output = check_gradients(network, make_loss("mean_squared_error"), x, y, per_layer=50)
    assert (hidden.checked, hidden.parameters) == (50, 31 * 40)
    assert (output.checked, output.parameters) == (50, 41 * 2)
    again = check_gradients(network, make_loss("mean_squared_error"), x, y, per_layer=50)
    assert again == [hidden, output]
    other = check_gradients(network, make_loss("mean_squared_error"), x, y, per_layer=50, seed=1)
    assert replace(other[0], worst=0.0) != replace(hidden, worst=0.0)


def test_a_maximised_loss_has_the_opposite_gradient_and_penalties_pull_as_ever() -> None:
    network, loss = make_network(3, [5], 1, "sigmoid"), make_loss("binary_cross_entropy", "sigmoid", "binary")
    x, y = make_data(6, 3, 1, "binary")
    down = batch_gradient(network, loss, x, y)
    pulled = batch_gradient(network, loss, x, y, l2=0.3) - down
    loss.maximise = True
    assert batch_gradient(network, loss, x, y) == pytest.approx(-down)
    assert batch_gradient(network, loss, x, y, l2=0.3) == pytest.approx(pulled - down)
    checks = check_gradients(network, loss, x, y, Regularization(l2=0.3))
    assert max(check.worst for check in checks) < 1e-6
