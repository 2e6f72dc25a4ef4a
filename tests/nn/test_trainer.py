"""Training: which batches in which order, what is kept, what never moves, and that a step allocates nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.block import Block
from nntui.nn.evaluate import Evaluator, evaluate
from nntui.nn.layer import LayerSpec
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.registry import OPTIMIZERS
from nntui.nn.regularization import Regularization
from nntui.nn.trainer import Trainer
from tests.nn.nets import PlainDescent, batch_gradient, make_data, make_loss, make_network, make_trainer


def bound(name: str, network: Network, **options: Any) -> Any:
    """An optimizer of the registry at work on a network."""
    optimizer = OPTIMIZERS[name].load()(**options)
    optimizer.bind(network.parameters, network.gradient)
    return optimizer


def by_hand(network: Network, loss: Loss, x: Array, y: Array, order: Any, size: int, rate: float) -> list[float]:
    """An epoch of plain descent, batch by batch; the mean loss of every sample when its batch was trained."""
    losses: list[float] = []
    for begin in range(0, len(x), size):
        rows = order[begin : begin + size]
        losses += loss.per_sample(network.forward(x[rows]), y[rows]).tolist()
        network.parameters -= rate * batch_gradient(network, loss, x[rows], y[rows])
    return losses


@pytest.mark.parametrize("hidden", [[], [1], [6, 5]])
@pytest.mark.parametrize(("samples", "batch"), [(23, 5), (20, 5), (7, 1), (6, 6), (5, 9), (1, 3), (300, 4), (4099, 64)])
def test_an_epoch_is_its_batches_one_by_one(hidden: list[int], samples: int, batch: int) -> None:
    x, y = make_data(samples, 3, 2, "real")
    loss = make_loss("mean_squared_error")
    network, twin = make_network(3, hidden, 2), make_network(3, hidden, 2)
    trainer = make_trainer(network, loss, x, y, batch)
    assert trainer.steps_per_epoch == -(-samples // batch)
    rng = np.random.default_rng(0)
    for _ in range(2):
        order = rng.permutation(samples)
        trainer.begin_epoch(order)
        trainer.run(0, trainer.steps_per_epoch, np.full(trainer.steps_per_epoch, 0.05))
        losses = by_hand(twin, loss, x, y, order, batch, 0.05)
        np.testing.assert_allclose(network.parameters, twin.parameters, rtol=1e-12, atol=1e-14)
        assert trainer.epoch_metrics()[0] == pytest.approx(np.mean(losses), rel=1e-12)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "hard_tanh"])
def test_layers_too_large_for_one_constant_are_trained_alike(activation: str) -> None:
    x, y = make_data(260, 3, 2, "real")
    loss = make_loss("mean_squared_error")
    network, twin = (make_network(3, [133, 5], 2, activation=activation) for _ in range(2))
    trainer = make_trainer(network, loss, x, y, 130)
    trainer.run(0, 2, [0.01] * 2)
    for rows in (slice(0, 130), slice(130, 260)):
        parts = [batch_gradient(twin, loss, x[[row]], y[[row]]) for row in range(rows.start, rows.stop)]
        twin.parameters -= 0.01 * np.mean(parts, axis=0)
    np.testing.assert_allclose(network.parameters, twin.parameters, rtol=1e-9, atol=1e-12)


def test_an_epoch_in_pieces_is_the_same_epoch() -> None:
    x, y = make_data(1003, 3, 4, "classes")
    loss = make_loss("categorical_cross_entropy")
    order = np.random.default_rng(0).permutation(1003)
    whole, parts = make_network(3, [5], 4, "softmax"), make_network(3, [5], 4, "softmax")
    rates = np.linspace(0.5, 0.01, 101)
    first, second = make_trainer(whole, loss, x, y, 10), make_trainer(parts, loss, x, y, 10)
    first.begin_epoch(order)
    first.run(0, 101, rates)
    second.begin_epoch(order)
    for begin, end in [(0, 1), (1, 1), (1, 64), (64, 65), (65, 100), (100, 101)]:
        second.run(begin, end, rates[begin:end])
    np.testing.assert_array_equal(whole.parameters, parts.parameters)
    assert first.epoch_metrics() == second.epoch_metrics()


def test_an_epoch_can_begin_in_the_middle() -> None:
    x, y = make_data(503, 3, 1, "binary")
    loss = make_loss("binary_cross_entropy")
    order = np.random.default_rng(0).permutation(503)
    network = make_network(3, [5], 1, "sigmoid")
    trainer = make_trainer(network, loss, x, y, 5)
    trainer.begin_epoch(order)
    trainer.run(0, 70, [0.1] * 70)
    after_70 = network.parameters.copy()
    trainer.run(70, 101, [0.1] * 31)
    expected = network.parameters.copy()
    network.parameters[:] = after_70
    fresh = make_trainer(network, loss, x, y, 5)
    fresh.begin_epoch(order)
    fresh.run(70, 101, [0.1] * 31)
    np.testing.assert_array_equal(network.parameters, expected)
    assert fresh.epoch_metrics(70, 101) == trainer.epoch_metrics(70, 101)


def test_metrics_of_some_batches() -> None:
    x, y = make_data(23, 3, 1, "binary")
    loss = make_loss("binary_cross_entropy")
    network = make_network(3, [4], 1, "sigmoid")
    trainer = make_trainer(network, loss, x, y, 5)
    trainer.begin_epoch(np.arange(23))
    trainer.run(0, 5, [0.0] * 5)
    for begin, end, rows in [(0, 5, slice(0, 23)), (1, 3, slice(5, 15)), (4, 5, slice(20, 23))]:
        z = network.forward(x[rows])
        assert trainer.epoch_metrics(begin, end) == pytest.approx((loss.value(z, y[rows]), loss.score(z, y[rows])))
    assert np.isnan(trainer.epoch_metrics(2, 2)).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("frozen", [(0,), (1,), (0, 1), (2,), (0, 1, 2)])
def test_frozen_layers_do_not_move(name: str, frozen: tuple[int, ...]) -> None:
    x, y = make_data(40, 3, 2, "real")
    specs = [LayerSpec(5, "tanh", frozen=0 in frozen), LayerSpec(4, "relu", frozen=1 in frozen)]
    network = Network(3, specs, LayerSpec(2, frozen=2 in frozen), np.float64)
    network.parameters[:] = np.random.default_rng(0).normal(size=network.parameters.size)
    decay = {"weight_decay": 0.1} if "weight_decay" in OPTIMIZERS[name].defaults() else {}
    optimizer = bound(name, network, **decay)
    for vector in optimizer.state().values():  # as if the layers had been trained before
        if isinstance(vector, np.ndarray):
            vector[:] = 0.3
    before = network.parameters.copy()
    strong = Regularization(l1=0.1, l2=0.1, max_norm=0.5, clip_norm=1.0)
    loss = make_loss("mean_squared_error")
    trainer = make_trainer(network, loss, x, y, 9, optimizer=optimizer, regularization=strong)
    for _ in range(3):
        trainer.run(0, 5, [0.05] * 5)
    for index, layer in enumerate(network.layers):
        same = np.array_equal(network.parameters[layer.slice], before[layer.slice])
        assert same == (index in frozen)
        if index in frozen:
            assert not layer.matrix_gradient.any() or decay


def test_frozen_layers_add_nothing_to_the_gradient_norm() -> None:
    """An optimizer that adds its decay to the gradient must not make it grow where no gradient is calculated."""
    x, y = make_data(12, 3, 2, "real")
    network = make_network(3, [LayerSpec(5, "tanh", frozen=True)], 2)
    optimizer = bound("sgd", network, weight_decay=10.0)
    trainer = make_trainer(network, make_loss("mean_squared_error"), x, y, 4, optimizer=optimizer)
    trainer.run(0, 3, [0.0] * 3)
    trainer.run(0, 3, [0.0] * 3)
    hidden = network.layers[0]
    np.testing.assert_allclose(hidden.matrix_gradient, 10.0 * hidden.matrix)


def test_the_optimizer_keeps_its_state_when_training_is_compiled_anew() -> None:
    x, y = make_data(40, 3, 2, "real")
    loss = make_loss("mean_squared_error")
    network, twin = make_network(3, [5], 2), make_network(3, [5], 2)
    optimizer, other = bound("adam", network), bound("adam", twin)
    straight = make_trainer(twin, loss, x, y, 4, optimizer=other)
    straight.run(0, 10, [0.01] * 10)
    make_trainer(network, loss, x, y, 4, optimizer=optimizer).run(0, 5, [0.01] * 5)
    make_trainer(network, loss, x, y, 4, optimizer=optimizer).run(5, 10, [0.01] * 5)
    np.testing.assert_array_equal(network.parameters, twin.parameters)


def test_changing_an_activation_keeps_the_parameters() -> None:
    x, y = make_data(40, 3, 2, "real")
    loss = make_loss("mean_squared_error")
    network = make_network(3, [5, 4], 2)
    before = network.parameters.copy()
    network.set_activation(1, "leaky_relu", {"slope": 0.2})
    np.testing.assert_array_equal(network.parameters, before)
    expected = make_network(3, [5, LayerSpec(4, "leaky_relu", {"slope": 0.2})], 2)
    np.testing.assert_array_equal(batch_gradient(network, loss, x, y), batch_gradient(expected, loss, x, y))
    with pytest.raises(ValueError, match="no hidden layer 3"):
        network.set_activation(2, "relu", {})


CASES: list[tuple[str, list[int | LayerSpec], Regularization]] = [
    ("tanh", [8, 8], Regularization()),
    ("relu", [64, 32], Regularization(l1=1e-4, l2=1e-4, clip_norm=1.0, clip_value=1.0, max_norm=3.0, input_noise=0.1)),
    ("gelu", [16, LayerSpec(16, "elu", dropout=0.4), LayerSpec(8, "hard_tanh")], Regularization()),
    ("selu", [LayerSpec(8, "softplus", frozen=True), LayerSpec(16, "silu", dropout=0.1)], Regularization(l2=0.1)),
]


@pytest.mark.parametrize(("activation", "hidden", "regularization"), CASES)
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_allocates_nothing(
    activation: str, hidden: list[int | LayerSpec], regularization: Regularization, optimizer: str, dtype: type
) -> None:
    x, y = make_data(2560, 20, 10, "classes", dtype=dtype)
    network = make_network(20, hidden, 10, "softmax", activation=activation, dtype=dtype)
    loss = make_loss("categorical_cross_entropy")
    trainer = make_trainer(network, loss, x, y, 128, optimizer=bound(optimizer, network), regularization=regularization)
    rates = [0.01] * 20
    trainer.run(0, 20, rates)
    kept, passing = zip(*(traced(lambda: trainer.run(0, 20, rates)) for _ in range(5)), strict=True)
    assert min(kept) < 512
    assert min(passing) < 4096  # less than any array of the step; NumPy's passing bookkeeping is counted, too


def traced(action: Callable[[], None]) -> tuple[int, int]:
    """Bytes that an action leaves allocated, and the most it had allocated on its way."""
    tracemalloc.start()
    try:
        action()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        action()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before, peak - before


def test_overflow_is_normal_life() -> None:
    x, y = make_data(40, 3, 2, "real", dtype=np.float32)
    network = make_network(3, [5], 2, activation="relu", dtype=np.float32)
    trainer = make_trainer(network, make_loss("mean_squared_error"), x, y, 4, optimizer=bound("momentum", network))
    for _ in range(20):
        trainer.run(0, 10, [1e3] * 10)
    assert not np.isfinite(network.parameters).all()
    assert not np.isfinite(trainer.epoch_metrics()[0])


def test_blocks_hold_whole_batches_whatever_their_size() -> None:
    x, y = make_data(1000, 3000, 2, "real", dtype=np.float32)
    block = Block(x, y, 300)
    assert block.batches == 1
    order = np.random.default_rng(0).permutation(1000)
    for step, size in enumerate([300, 300, 300, 100]):
        block.load(step, order)
        columns, targets, _ = block.batch(step)
        rows = order[300 * step : 300 * step + size]
        np.testing.assert_array_equal(columns[:-1], x[rows].T)
        assert (columns[-1] == 1).all()
        np.testing.assert_array_equal(targets, y[rows].T)


@pytest.mark.parametrize("samples", [1, 511, 512, 1300])
def test_evaluation_is_a_plain_forward_pass(samples: int) -> None:
    x, y = make_data(samples, 3, 4, "classes")
    network = make_network(3, [LayerSpec(6, "gelu", dropout=0.5), 5], 4, "softmax")
    loss = make_loss("categorical_cross_entropy")
    evaluator = Evaluator(network, loss, x, y)
    for _ in range(2):
        z = network.forward(x)
        assert evaluator.run() == pytest.approx((loss.value(z, y), loss.score(z, y)), rel=1e-12)
        network.parameters *= 1.1
    assert evaluate(network, loss, x, y) == pytest.approx(evaluator.run())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros((9, 1))}, "do not fit"),
        ({"x": np.zeros((9, 2))}, "do not fit"),
        ({"x": np.zeros((9, 3), np.float32)}, "float64"),
        ({"batch_size": 0}, "at least one"),
        ({"x": np.zeros((0, 3)), "y": np.zeros((0, 2))}, "at least one"),
        ({"loss": make_loss("mean_squared_error", "sigmoid")}, "sigmoid"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    network = make_network(3, [4], 2)
    given: dict[str, Any] = {
        "x": np.zeros((9, 3)), "y": np.zeros((9, 2)), "loss": make_loss("mean_squared_error"), "batch_size": 3, **change
    }  # fmt: skip
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=message):
        Trainer(
            network, given["loss"], PlainDescent(network), Regularization(), given["x"], given["y"],
            given["batch_size"], rng, rng,
        )  # fmt: skip
