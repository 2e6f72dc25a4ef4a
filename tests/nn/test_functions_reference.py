"""Activations, losses and whole training runs against PyTorch, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.nn.layer import LayerSpec
from nntui.nn.network import make_activation
from nntui.nn.registry import ACTIVATIONS
from nntui.nn.regularization import Regularization
from tests.nn.nets import make_data, make_loss, make_network, make_trainer

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'nntui[reference]'")
pytestmark = pytest.mark.reference

TORCH_ACTIVATION: dict[str, Any] = {
    "identity": torch.nn.Identity(),
    "relu": torch.nn.ReLU(),
    "leaky_relu": torch.nn.LeakyReLU(),
    "elu": torch.nn.ELU(),
    "selu": torch.nn.SELU(),
    "gelu": torch.nn.GELU(),
    "silu": torch.nn.SiLU(),
    "softplus": torch.nn.Softplus(threshold=1000),
    "softsign": torch.nn.Softsign(),
    "tanh": torch.nn.Tanh(),
    "hard_tanh": torch.nn.Hardtanh(),
    "sigmoid": torch.nn.Sigmoid(),
    "hard_sigmoid": lambda z: torch.clamp(z / 6 + 0.5, 0, 1),  # torch.nn.Hardsigmoid's 1/6 has float32 precision
}


@pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in ACTIVATIONS), ("gelu", {"approximation": "tanh"})]
)
def test_activations_and_their_slopes(name: str, options: dict[str, Any]) -> None:
    z = np.concatenate([np.random.default_rng(0).normal(size=4000) * 4, [0.0]])
    function = torch.nn.GELU(approximate="tanh") if options else TORCH_ACTIVATION[name]
    there = torch.tensor(z, requires_grad=True)
    out = function(there)
    out.sum().backward()
    activation = make_activation(name, options)
    np.testing.assert_allclose(activation(z), out.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(activation.derivative(z), there.grad.numpy(), rtol=1e-12, atol=1e-14)


LOSSES: list[tuple[str, str, str, dict[str, float], Any]] = [
    ("mean_squared_error", "identity", "real", {}, torch.nn.MSELoss()),
    ("mean_absolute_error", "identity", "real", {}, torch.nn.L1Loss()),
    ("huber", "identity", "real", {"delta": 0.4}, torch.nn.HuberLoss(delta=0.4)),
    ("binary_cross_entropy", "sigmoid", "binary", {}, torch.nn.BCEWithLogitsLoss()),
    ("categorical_cross_entropy", "softmax", "classes", {}, torch.nn.CrossEntropyLoss()),
    ("categorical_cross_entropy", "softmax", "classes", {"label_smoothing": 0.2},
     torch.nn.CrossEntropyLoss(label_smoothing=0.2)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "output", "kind", "options", "theirs"), LOSSES)
def test_losses_and_their_gradients(name: str, output: str, kind: str, options: dict[str, float], theirs: Any) -> None:
    _, y = make_data(50, 2, 1 if kind == "binary" else 4, kind)
    z = np.random.default_rng(1).normal(size=y.shape) * 3
    there = torch.tensor(z, requires_grad=True)
    value = theirs(there, torch.tensor(y))
    value.backward()
    loss = make_loss(name, output, kind, **options)
    assert loss.value(z, y) == pytest.approx(value.item(), rel=1e-13)
    np.testing.assert_allclose(loss.gradient(z, y), there.grad.numpy(), rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize(
    ("activation", "name", "output", "kind", "options", "theirs"),
    [*((name, *LOSSES[0]) for name in ACTIVATIONS), *(("tanh", *loss) for loss in LOSSES[1:])],
)
def test_two_hundred_steps_of_plain_descent(
    activation: str, name: str, output: str, kind: str, options: dict[str, float], theirs: Any
) -> None:
    """The same weights, batches, L2 penalty, smaller last batch and frozen layer lead to the same weights."""
    outputs = 1 if kind == "binary" else 4
    x, y = make_data(37, 3, outputs, kind)
    network = make_network(3, [5, LayerSpec(4, activation, frozen=True), 4], outputs, output, activation=activation)
    trainer = make_trainer(
        network, make_loss(name, output, kind, **options), x, y, 8, regularization=Regularization(l2=0.01)
    )
    parameters = [
        (torch.tensor(layer.weights.copy(), requires_grad=not layer.spec.frozen),
         torch.tensor(layer.bias.copy(), requires_grad=not layer.spec.frozen))
        for layer in network.layers
    ]  # fmt: skip
    trained = [tensor for pair in parameters for tensor in pair if tensor.requires_grad]
    descent = torch.optim.SGD(trained, lr=0.05)
    rng = np.random.default_rng(4)
    for _ in range(40):
        order = rng.permutation(37)
        trainer.begin_epoch(order)
        trainer.run(0, 5, [0.05] * 5)
        for begin in range(0, 37, 8):
            rows = order[begin : begin + 8]
            a = torch.tensor(x[rows])
            for weights, bias in parameters[:-1]:
                a = TORCH_ACTIVATION[activation](a @ weights + bias)
            loss = theirs(a @ parameters[-1][0] + parameters[-1][1], torch.tensor(y[rows]))
            loss = loss + 0.005 * sum((w**2).sum() for w, _ in parameters if w.requires_grad)
            descent.zero_grad()
            loss.backward()
            descent.step()
    for layer, (weights, bias) in zip(network.layers, parameters, strict=True):
        np.testing.assert_allclose(layer.weights, weights.detach().numpy(), rtol=0, atol=1e-9)
        np.testing.assert_allclose(layer.bias, bias.detach().numpy(), rtol=0, atol=1e-9)
