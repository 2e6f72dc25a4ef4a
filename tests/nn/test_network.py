"""Networks: one flat vector with views, names, sizes, a plain forward pass, and initial parameters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nntui.nn.layer import LayerSpec
from nntui.nn.network import Network, suited_initializer
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS
from tests.nn.nets import make_network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [[], [1], [4, 3, 5]])
def test_all_parameters_are_views_into_one_vector(hidden: list[int], dtype: type) -> None:
    network = make_network(2, hidden, 3, dtype=dtype)
    sizes = [2, *hidden, 3]
    assert [layer.weights.shape for layer in network.layers] == list(pairwise(sizes))
    assert [layer.name for layer in network.layers] == [*(f"hidden {i + 1}" for i in range(len(hidden))), "output"]
    assert network.parameters.dtype == network.gradient.dtype == dtype
    network.parameters[:] = np.arange(network.parameters.size)
    seen = np.concatenate([np.r_[layer.weights.ravel(), layer.bias] for layer in network.layers])
    np.testing.assert_array_equal(seen, network.parameters)
    for layer in network.layers:
        np.testing.assert_array_equal(network.parameters[layer.slice], layer.matrix.ravel())
        assert np.shares_memory(layer.matrix_gradient, network.gradient[layer.slice])


def test_forward_is_weights_bias_activation() -> None:
    network = make_network(3, [4, LayerSpec(5, "leaky_relu", {"slope": 0.2})], 2, "sigmoid")
    x = np.random.default_rng(0).normal(size=(7, 3))
    first, second, last = network.layers
    a = np.tanh(x @ first.weights + first.bias)
    b = a @ second.weights + second.bias
    b = np.where(b > 0, b, 0.2 * b)
    z = b @ last.weights + last.bias
    np.testing.assert_allclose(network.forward(x), z, rtol=1e-13)
    trace = network.trace(x)
    np.testing.assert_allclose(trace[0][1], a, rtol=1e-13)
    np.testing.assert_allclose(trace[1][1], b, rtol=1e-13)
    np.testing.assert_allclose(trace[2][0], z, rtol=1e-13)
    np.testing.assert_allclose(trace[2][1], 1 / (1 + np.exp(-z)), rtol=1e-13)


def test_dropout_is_for_training_only() -> None:
    network = make_network(3, [LayerSpec(40, "tanh", dropout=0.9)], 2)
    x = np.ones((4, 3))
    np.testing.assert_array_equal(network.forward(x), network.forward(x))
    assert np.ptp(network.forward(x), axis=0).max() == 0


def test_initialize_sets_weights_by_layer_and_biases() -> None:
    specs = [LayerSpec(300, "relu", bias=0.1), LayerSpec(300, "tanh", initializer="constant", bias=-1.0)]
    network = Network(200, specs, LayerSpec(4, "softmax"), np.float32)
    network.initialize(np.random.default_rng(0))
    first, second, last = network.layers
    assert first.weights.std() == pytest.approx(np.sqrt(2 / 200), rel=0.02)
    assert (first.bias == np.float32(0.1)).all()
    assert np.ptp(second.weights) == 0
    assert (second.bias == -1.0).all()
    assert np.abs(last.weights).max() <= np.sqrt(6 / 304)
    same = Network(200, specs, LayerSpec(4, "softmax"), np.float32)
    same.initialize(np.random.default_rng(0))
    np.testing.assert_array_equal(same.parameters, network.parameters)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_has_an_initializer_that_suits_it(activation: str) -> None:
    network = Network(3, [LayerSpec(4, activation)], LayerSpec(1), np.float64)
    assert suited_initializer(network.layers[0]) in INITIALIZERS
    network.initialize(np.random.default_rng(0))
    assert network.layers[0].weights.all()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_serves_a_layer(name: str) -> None:
    network = Network(3, [LayerSpec(5, "tanh", initializer=name)], LayerSpec(1), np.float32)
    network.initialize(np.random.default_rng(0))
    assert np.isfinite(network.parameters).all()


@pytest.mark.parametrize(
    ("inputs", "hidden", "output", "message"),
    [
        (0, [], LayerSpec(1), "at least one"),
        (2, [LayerSpec(0, "tanh")], LayerSpec(1), "at least one"),
        (2, [LayerSpec(3, "tanh", dropout=1.0)], LayerSpec(1), "dropout"),
        (2, [LayerSpec(3, "tanh", dropout=-0.1)], LayerSpec(1), "dropout"),
        (2, [], LayerSpec(1, dropout=0.5), "output layer takes no dropout"),
        (2, [], LayerSpec(1, "relu"), "not relu"),
    ],
)
def test_impossible_layers_are_refused(inputs: int, hidden: list[LayerSpec], output: LayerSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network(inputs, hidden, output, np.float64)
