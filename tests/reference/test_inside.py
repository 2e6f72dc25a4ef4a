"""What is measured inside a network, against PyTorch's automatic differentiation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.signals import signals

pytestmark = pytest.mark.reference

ACTIVATIONS = ("tanh", "relu", "sigmoid", "gelu", "silu", "softplus", "elu", "identity")
CASES = [("spirals", "categorical_cross_entropy"), ("moons", "binary_cross_entropy"), ("waves", "mean_squared_error")]


def trained(data: str, activation: str) -> Session:
    values = {
        "data.name": data, "data.samples": 90, "network.hidden": (7, 6), "network.activation": activation,
        "training.precision": "float64", "optimizer.name": "sgd", "optimizer.momentum": 0.0,
    }  # fmt: skip
    run = Session(Experiment().with_values(values))
    run.advance(15)
    return run


def activate(torch: Any, name: str, z: Any) -> Any:
    functional = torch.nn.functional
    if name in ("identity", "softmax"):
        return z if name == "identity" else torch.softmax(z, 1)
    if name == "gelu":
        return functional.gelu(z)
    return torch.sigmoid(z) if name == "sigmoid" else getattr(functional, name)(z)


def forward(torch: Any, run: Session, x: Any) -> list[Any]:
    """The sums of every layer, each keeping its gradient."""
    sums = []
    for layer in run.network.layers:
        z = x @ torch.tensor(layer.weights.copy()) + torch.tensor(layer.bias.copy())
        z.retain_grad()
        sums.append(z)
        x = activate(torch, layer.spec.activation, z)
    return sums


def loss_of(torch: Any, name: str, z: Any, y: Any) -> Any:
    """Of all samples together, each counted whole."""
    functional = torch.nn.functional
    if name == "categorical_cross_entropy":
        return functional.cross_entropy(z, y, reduction="sum")
    if name == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    return functional.mse_loss(z, y, reduction="sum")


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("data", "loss"), CASES)
def test_the_signal_at_every_layer(torch: Any, data: str, loss: str, activation: str) -> None:
    run = trained(data, activation)
    x, y = run.prepared.train_x[:40], run.prepared.train_y[:40]
    assert run.loss.name == loss
    sums = forward(torch, run, torch.tensor(x.copy(), requires_grad=True))
    loss_of(torch, loss, sums[-1], torch.tensor(y.copy())).backward()
    found = signals(run.network, run.loss, run.network.trace(x), y)
    for delta, z in zip(found, sums, strict=True):
        np.testing.assert_allclose(delta, z.grad.numpy(), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_what_every_input_does_to_a_unit(torch: Any, activation: str) -> None:
    values = {"data.name": "diabetes", "network.hidden": (7, 6), "network.activation": activation,
              "training.precision": "float64"}  # fmt: skip
    run = Session(Experiment().with_values(values))
    run.advance(10)
    x = torch.tensor(run.prepared.train_x[3:4].copy(), requires_grad=True)
    forward(torch, run, x)[1][0, 4].backward()
    found = Probe(run).measure(Watch(("neuron_map",), layer=1, unit=4, sample=3)).insights["neuron_map"]
    np.testing.assert_allclose(found.effect.ravel(), x.grad.numpy().ravel(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("data", [data for data, _ in CASES])
def test_gradient_norm_and_update_ratio_of_a_step_of_plain_descent(data: str) -> None:
    run = trained(data, "tanh")
    before = run.network.parameters.copy()
    rate = run.learning_rate
    run.advance(1)
    found = Probe(run).measure(Watch(("trends",))).insights["trends"]
    for index, layer in enumerate(run.network.layers):
        moved = run.network.parameters[layer.slice] - before[layer.slice]
        assert found.gradient_norm[index, -1] == pytest.approx(np.linalg.norm(moved) / rate, rel=1e-5)
        ratio = np.linalg.norm(moved) / np.linalg.norm(before[layer.slice])
        assert found.update_ratio[index, -1] == pytest.approx(ratio, rel=1e-5)
