"""Clipping, max-norm, dropout and input noise do what their formulas say, and only where they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.layer import LayerSpec
from nntui.nn.network import Network
from nntui.nn.regularization import Regularization, shorten
from nntui.nn.trainer import Trainer
from tests.nn.nets import PlainDescent, batch_gradient, make_data, make_loss, make_network, make_trainer

LOSS = make_loss("mean_squared_error")


def test_penalties_are_on_weights_not_on_biases() -> None:
    x, y = make_data(9, 3, 2, "real")
    network = make_network(3, [4, LayerSpec(5, "tanh", frozen=True)], 2)
    plain = batch_gradient(network, LOSS, x, y)
    added = batch_gradient(network, LOSS, x, y, l1=0.3, l2=0.7) - plain
    for layer in network.layers:
        change = added[layer.slice].reshape(layer.matrix.shape)
        expected = 0.0 if layer.spec.frozen else 0.3 * np.sign(layer.weights) + 0.7 * layer.weights
        np.testing.assert_allclose(change[:-1], np.broadcast_to(expected, change[:-1].shape), atol=1e-14)
        np.testing.assert_allclose(change[-1], 0.0, atol=1e-14)


def test_the_penalty_is_the_sum_over_trained_weights() -> None:
    network = make_network(3, [4, LayerSpec(5, "tanh", frozen=True)], 2)
    weights = np.concatenate([network.layers[0].weights.ravel(), network.layers[2].weights.ravel()])
    expected = 0.3 * np.abs(weights).sum() + 0.35 * (weights**2).sum()
    assert Regularization(l1=0.3, l2=0.7).penalty(network) == pytest.approx(expected)
    assert Regularization().penalty(network) == 0.0


@pytest.mark.parametrize("limit", [1e-3, 0.05, 100.0])
def test_clipping_by_value(limit: float) -> None:
    x, y = make_data(9, 3, 2, "real")
    network = make_network(3, [4], 2)
    plain = batch_gradient(network, LOSS, x, y)
    np.testing.assert_array_equal(
        batch_gradient(network, LOSS, x, y, clip_value=limit), np.clip(plain, -limit, limit)
    )


@pytest.mark.parametrize("limit", [1e-3, 0.5, 100.0])
def test_clipping_by_norm(limit: float) -> None:
    x, y = make_data(9, 3, 2, "real")
    network = make_network(3, [4], 2)
    plain = batch_gradient(network, LOSS, x, y)
    clipped = batch_gradient(network, LOSS, x, y, clip_norm=limit)
    norm = float(np.linalg.norm(plain))
    assert np.linalg.norm(clipped) == pytest.approx(min(limit, norm), rel=1e-12)
    np.testing.assert_allclose(clipped, plain * min(1.0, limit / norm), rtol=1e-12)


def test_a_gradient_of_nothing_is_clipped_to_nothing() -> None:
    network = make_network(3, [4], 2)
    network.parameters[:] = 0.0
    x = np.ones((4, 3))
    assert not batch_gradient(network, LOSS, x, np.zeros((4, 2)), clip_norm=1.0).any()


def test_value_is_clipped_before_norm_and_both_after_the_penalties() -> None:
    x, y = make_data(9, 3, 2, "real")
    network = make_network(3, [4], 2)
    penalized = batch_gradient(network, LOSS, x, y, l2=0.5)
    bounded = np.clip(penalized, -0.1, 0.1)
    expected = bounded * min(1.0, 0.2 / float(np.linalg.norm(bounded)))
    found = batch_gradient(network, LOSS, x, y, l2=0.5, clip_value=0.1, clip_norm=0.2)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_max_norm_shortens_the_long_and_leaves_the_short() -> None:
    x, y = make_data(9, 3, 2, "real")
    network = make_network(3, [6, LayerSpec(5, "tanh", frozen=True)], 2)
    network.layers[0].weights[:, 0] *= 1e-3
    network.layers[0].weights[:, 1] = 0.0
    before = [layer.matrix.copy() for layer in network.layers]
    trainer = make_trainer(network, LOSS, x, y, 9, regularization=Regularization(max_norm=0.4))
    trainer.run(0, 1, [0.0])
    for layer, matrix in zip(network.layers, before, strict=True):
        norms = np.linalg.norm(matrix[:-1], axis=0)
        if layer.spec.frozen:
            np.testing.assert_array_equal(layer.matrix, matrix)
            continue
        np.testing.assert_allclose(np.linalg.norm(layer.weights, axis=0), np.minimum(norms, 0.4), rtol=1e-12)
        short = norms < 0.4
        np.testing.assert_array_equal(layer.weights[:, short], matrix[:-1, short])
        np.testing.assert_array_equal(layer.bias, matrix[-1])


def hidden_outputs(network: Network, x: Array, seed: int) -> Array:
    """What a network of one identity layer and a unit output lets through in one training step, (n, units)."""
    y = np.zeros((len(x), network.layers[-1].size))
    trainer = make_trainer(network, LOSS, x, y, len(x), seed=seed)
    trainer.run(0, 1, [0.0])
    return trainer.outputs.T.copy()


def passing(share: float, units: int) -> Network:
    """Inputs straight to outputs, through dropout."""
    network = Network(units, [LayerSpec(units, "identity", dropout=share)], LayerSpec(units), np.float64)
    for layer in network.layers:
        layer.weights[...] = np.eye(units)
    return network


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_dropout_is_inverted_and_drops_its_share(share: float) -> None:
    found = hidden_outputs(passing(share, 40), np.ones((500, 40)), seed=7)
    kept = found != 0
    np.testing.assert_allclose(found[kept], 1 / (1 - share), rtol=1e-12)
    spread = np.sqrt(share * (1 - share) / found.size)
    assert abs(1 - kept.mean() - share) < 4 * spread


def test_dropout_differs_by_step_and_repeats_with_its_generator() -> None:
    network = passing(0.5, 10)
    x, y = np.ones((6, 10)), np.zeros((6, 10))
    runs = []
    for _ in range(2):
        trainer = make_trainer(network, LOSS, x, y, 3, seed=11)
        trainer.run(0, 2, [0.0] * 2)
        runs.append(trainer.outputs.copy())
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0][:, :3] != runs[0][:, 3:]).any()


def test_the_gradient_flows_only_through_units_that_were_kept() -> None:
    """With dropout the step is that of the network whose hidden outputs are multiplied by the factors drawn."""
    x, y = make_data(8, 3, 2, "real")
    network = make_network(3, [LayerSpec(6, "tanh", dropout=0.5), LayerSpec(5, "gelu", dropout=0.3)], 2)
    trainer = make_trainer(network, LOSS, x, y, 8, seed=3)
    trainer.run(0, 1, [0.0])
    rng = np.random.default_rng(3)
    factors = [
        ((rng.random((layer.size, 8), np.float32) >= layer.spec.dropout) / (1 - layer.spec.dropout)).T
        for layer in network.layers[:-1]
    ]

    def loss() -> float:
        a = x
        for layer, factor in zip(network.layers[:-1], factors, strict=True):
            a = layer.activation(a @ layer.weights + layer.bias) * factor
        return LOSS.value(a @ network.layers[-1].weights + network.layers[-1].bias, y)

    assert trainer.epoch_metrics()[0] == pytest.approx(loss(), rel=1e-12)
    w, h = network.parameters, 1e-6
    for at in range(w.size):
        here = w[at]
        w[at] = here + h
        above = loss()
        w[at] = here - h
        below = loss()
        w[at] = here
        assert trainer.gradient[at] == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_input_noise_has_its_deviation_and_leaves_the_data(dtype: Any) -> None:
    network = Network(30, [], LayerSpec(30), dtype)
    network.layers[0].weights[...] = np.eye(30)
    network.layers[0].bias[...] = 5.0
    x = np.full((403, 30), 2.0, dtype)
    y = np.zeros((403, 30), dtype)
    trainer = make_trainer(network, LOSS, x, y, 100, regularization=Regularization(input_noise=0.3))
    trainer.run(0, 5, [0.0] * 5)
    noise = trainer.outputs - 7.0
    assert abs(noise.mean()) < 4 * 0.3 / np.sqrt(noise.size)
    assert noise.std() == pytest.approx(0.3, rel=0.03)
    assert (x == 2.0).all()
    again = trainer.outputs.copy()
    trainer.run(0, 5, [0.0] * 5)
    assert (trainer.outputs != again).mean() > 0.99


def test_dropout_and_noise_draw_only_when_they_are_on() -> None:
    x, y = make_data(8, 3, 2, "real")
    network = make_network(3, [4], 2)
    rngs = np.random.default_rng(0), np.random.default_rng(1)
    states = [rng.bit_generator.state for rng in rngs]
    Trainer(network, LOSS, PlainDescent(network), Regularization(), x, y, 4, *rngs).run(0, 2, [0.1] * 2)
    assert [rng.bit_generator.state for rng in rngs] == states


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e25), (np.float64, 1e200), (np.float32, 3.0)])
def test_a_gradient_whose_square_overflows_is_shortened_like_any_other(dtype: type, size: float) -> None:
    direction = np.random.default_rng(4).normal(size=30)
    vector: Array = (size * direction).astype(dtype)
    with np.errstate(all="ignore"):
        shorten(vector, 0.5)
    np.testing.assert_allclose(vector, 0.5 * direction / np.linalg.norm(direction), rtol=1e-5)


@pytest.mark.parametrize("broken", [np.inf, np.nan])
def test_a_gradient_that_is_not_finite_is_not_hidden_by_clipping(broken: float) -> None:
    vector: Array = np.array([1.0, broken])
    with np.errstate(all="ignore"):
        shorten(vector, 0.5)
    assert not np.isfinite(vector).all()
