"""Whole networks: from the same weights over the same batches, PyTorch has the same parameters at each of 200 steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.layer import LayerSpec
from nntui.nn.network import Network
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES
from nntui.nn.regularization import Regularization
from nntui.nn.schedules import make_schedule
from nntui.nn.trainer import Trainer
from tests.reference import pytorch

pytestmark = pytest.mark.reference
SAMPLES, INPUTS, BATCH, STEPS = 50, 5, 12, 200


@dataclass(frozen=True)
class Case:
    """One training, in our names."""

    activation: str = "tanh"
    activation_options: dict[str, Any] = field(default_factory=dict)
    initializer: str = "auto"
    hidden: tuple[int, ...] = (9, 7)
    loss: str = "categorical_cross_entropy"
    loss_options: dict[str, Any] = field(default_factory=dict)
    output: str = "softmax"
    targets: str = "classes"
    optimizer: str = "momentum"
    optimizer_options: dict[str, Any] = field(default_factory=dict)
    schedule: str = "constant"
    schedule_options: dict[str, Any] = field(default_factory=dict)
    regularization: Regularization = field(default_factory=Regularization)
    rate: float = 0.03
    batch: int = BATCH
    seed: int = 0


def activation(torch: Any, name: str, o: dict[str, Any]) -> Any:
    """PyTorch's module of an activation."""
    nn = torch.nn

    class HalfUp(nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, z: Any) -> Any:
            return z / 6.0 + 0.5

    made: dict[str, Callable[[], Any]] = {
        "identity": nn.Identity,
        "relu": nn.ReLU,
        "leaky_relu": lambda: nn.LeakyReLU(o["slope"]),
        "elu": lambda: nn.ELU(o["alpha"]),
        "selu": nn.SELU,
        "gelu": lambda: nn.GELU(approximate=o["approximation"]),
        "silu": nn.SiLU,
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "tanh": nn.Tanh,
        "hard_tanh": nn.Hardtanh,
        "sigmoid": nn.Sigmoid,
        # Not nn.Hardsigmoid, which has 1/6 in single precision.
        "hard_sigmoid": lambda: nn.Sequential(HalfUp(), nn.Hardtanh(0.0, 1.0)),
    }
    return made[name]()


def loss(torch: Any, case: Case, z: Any, y: Any) -> Any:
    """PyTorch's loss of the weighted sums z for the targets y."""
    functional = torch.nn.functional
    o = {**LOSSES[case.loss].defaults(), **case.loss_options}
    if case.loss == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(z, y)
    if case.loss == "categorical_cross_entropy":
        return functional.cross_entropy(z, y.argmax(1), label_smoothing=o["label_smoothing"])
    if case.loss == "hinge":
        if case.targets == "binary":
            return torch.clamp(1.0 - (2.0 * y - 1.0) * z, min=0.0).mean()
        return ((z + 1.0 - y).max(dim=1).values - (z * y).sum(dim=1)).mean()
    a = {"identity": lambda: z, "sigmoid": lambda: torch.sigmoid(z), "softmax": lambda: torch.softmax(z, 1)}[
        case.output
    ]()
    return {
        "mean_squared_error": lambda: functional.mse_loss(a, y),
        "mean_absolute_error": lambda: functional.l1_loss(a, y),
        "huber": lambda: functional.huber_loss(a, y, delta=o.get("delta", 1.0)),
    }[case.loss]()


def data(case: Case) -> tuple[Array, Array]:
    """Inputs (samples, 5) and targets of the case's kind, with something to learn in them."""
    rng = np.random.default_rng(100 + case.seed)
    inputs = rng.normal(size=(SAMPLES, INPUTS))
    hidden = np.sin(inputs @ rng.normal(size=(INPUTS, 4)))
    if case.targets == "classes":
        return inputs, np.eye(4)[hidden.argmax(axis=1)]
    if case.targets == "binary":
        return inputs, (hidden[:, :1] > 0.0).astype(np.float64)
    return inputs, hidden[:, :3] + 0.1 * rng.normal(size=(SAMPLES, 3))


class Theirs:
    """The same network in PyTorch."""

    def __init__(self, torch: Any, case: Case, network: Network) -> None:
        self.torch, self.case = torch, case
        options = {**ACTIVATIONS[case.activation].defaults(), **case.activation_options}
        modules: list[Any] = []
        for layer in network.layers:
            linear = torch.nn.Linear(*layer.weights.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(layer.weights.T.copy()))
                linear.bias.copy_(torch.tensor(layer.bias.copy()))
            modules.append(linear)
            if layer.name != "output":
                modules.append(activation(torch, case.activation, options))
        self.net = torch.nn.Sequential(*modules)
        self.linears = modules[::2]
        full = {**OPTIMIZERS[case.optimizer].defaults(), **case.optimizer_options}
        self.optimizer = pytorch.optimizer(torch, case.optimizer, list(self.net.parameters()), case.rate, full)
        full = {**SCHEDULES[case.schedule].defaults(), **case.schedule_options}
        self.scheduler = pytorch.schedule(torch, case.schedule, self.optimizer, STEPS, full)

    def step(self, inputs: Array, targets: Array, last: bool) -> None:
        """One step on a batch, and the scheduler's after it."""
        torch, regularization = self.torch, self.case.regularization
        self.optimizer.zero_grad()
        value = loss(torch, self.case, self.net(torch.tensor(inputs)), torch.tensor(targets))
        for linear in self.linears:
            value = value + regularization.l1 * linear.weight.abs().sum()
            value = value + 0.5 * regularization.l2 * linear.weight.square().sum()
        value.backward()
        if regularization.clip_value:
            torch.nn.utils.clip_grad_value_(self.net.parameters(), regularization.clip_value)
        if regularization.clip_norm:
            # Not clip_grad_norm_, which adds 1e-6 to the norm.
            norm = torch.cat([part.grad.ravel() for part in self.net.parameters()]).norm()
            for part in self.net.parameters():
                part.grad *= min(1.0, regularization.clip_norm / float(norm))
        self.optimizer.step()
        if not last:
            self.scheduler.step()

    def parameters(self) -> Array:
        """In our order: the weights of a layer by inputs, then its biases."""
        parts = [part for linear in self.linears for part in (linear.weight.detach().T, linear.bias.detach())]
        flat: Array = np.concatenate([part.numpy().ravel() for part in parts])
        return flat


def build(case: Case) -> Network:
    """Our network, initialized."""
    spec = {
        "activation": case.activation,
        "activation_options": case.activation_options,
        "initializer": case.initializer,
    }
    layers = [LayerSpec(size, bias=0.1, **spec) for size in case.hidden]  # type: ignore[arg-type]
    outputs = data(case)[1].shape[1]
    network = Network(INPUTS, layers, LayerSpec(outputs, case.output, initializer=case.initializer), np.float64)
    network.initialize(np.random.default_rng(case.seed))
    return network


def compare(torch: Any, case: Case) -> None:
    """Train both side by side and compare after every step."""
    inputs, targets = data(case)
    network = build(case)
    theirs = Theirs(torch, case, network)
    ours_loss = LOSSES[case.loss].load()(case.output, case.targets, **case.loss_options)
    ours = OPTIMIZERS[case.optimizer].load()(**case.optimizer_options)
    ours.bind(network.parameters, network.gradient)
    unused = np.random.default_rng(0)
    trainer = Trainer(network, ours_loss, ours, case.regularization, inputs, targets, case.batch, unused, unused)
    rates = make_schedule(case.schedule, case.rate, STEPS, case.schedule_options).values(np.arange(STEPS))
    shuffle = np.random.default_rng(case.seed + 1)
    order = np.arange(SAMPLES)
    for step in range(STEPS):
        batch = step % trainer.steps_per_epoch
        if batch == 0:
            order = shuffle.permutation(SAMPLES)
            trainer.begin_epoch(order)
        trainer.run(batch, batch + 1, rates[step : step + 1])
        rows = order[batch * case.batch : (batch + 1) * case.batch]
        theirs.step(inputs[rows], targets[rows], step == STEPS - 1)
        np.testing.assert_allclose(network.parameters, theirs.parameters(), rtol=0.0, atol=1e-9, err_msg=f"step {step}")


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_every_activation(torch: Any, name: str, optimizer: str) -> None:
    compare(torch, Case(activation=name, optimizer=optimizer, rate=0.02 if optimizer == "momentum" else 0.01))


@pytest.mark.parametrize(
    ("name", "options"),
    [("leaky_relu", {"slope": 0.2}), ("elu", {"alpha": 0.5}), ("gelu", {"approximation": "tanh"})],
)
def test_activation_options(torch: Any, name: str, options: dict[str, Any]) -> None:
    compare(torch, Case(activation=name, activation_options=options))


LOSS_CASES = [
    *(
        (name, output, "real", {})
        for name in ("mean_squared_error", "mean_absolute_error", "huber")
        for output in ("identity",)
    ),
    *((name, "sigmoid", "binary", {}) for name in ("mean_squared_error", "mean_absolute_error", "huber")),
    *((name, "softmax", "classes", {}) for name in ("mean_squared_error", "mean_absolute_error", "huber")),
    ("huber", "identity", "real", {"delta": 0.2}),
    ("binary_cross_entropy", "sigmoid", "binary", {}),
    ("categorical_cross_entropy", "softmax", "classes", {}),
    ("categorical_cross_entropy", "softmax", "classes", {"label_smoothing": 0.1}),
    ("hinge", "identity", "binary", {}),
    ("hinge", "identity", "classes", {}),
]


def test_every_loss_is_compared() -> None:
    assert {name for name, _, _, _ in LOSS_CASES} == set(LOSSES)


@pytest.mark.parametrize(("name", "output", "targets", "options"), LOSS_CASES)
def test_every_loss(torch: Any, name: str, output: str, targets: str, options: dict[str, Any]) -> None:
    compare(torch, Case(loss=name, output=output, targets=targets, loss_options=options))


@pytest.mark.parametrize(("name", "options"), pytorch.OPTIMIZERS_SHARED)
@pytest.mark.parametrize("seed", [0, 5])
def test_every_optimizer(torch: Any, name: str, options: dict[str, Any], seed: int) -> None:
    case = Case(optimizer=name, optimizer_options=options, rate=0.01, seed=seed)
    if "batches" in OPTIMIZERS[name].traits:
        # Where every sample is fitted, gradients are nothing but rounding, and so is their sign: here there is a rest.
        real: dict[str, Any] = {"loss": "mean_squared_error", "output": "identity", "targets": "real"}
        case = replace(case, batch=SAMPLES, regularization=Regularization(l2=0.01), **real)
    compare(torch, case)


@pytest.mark.parametrize(("name", "options"), pytorch.SCHEDULES_SHARED)
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_every_schedule(torch: Any, name: str, options: dict[str, Any], optimizer: str) -> None:
    compare(torch, Case(schedule=name, schedule_options=options, optimizer=optimizer, rate=0.01))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_start(torch: Any, name: str) -> None:
    compare(torch, Case(initializer=name, seed=2))


@pytest.mark.parametrize(
    "regularization",
    [
        Regularization(l1=0.003),
        Regularization(l2=0.02),
        Regularization(clip_value=0.01),
        Regularization(clip_norm=0.05),
        Regularization(l1=0.001, l2=0.01, clip_norm=0.2),
    ],
)
def test_every_penalty_and_clipping(torch: Any, regularization: Regularization) -> None:
    compare(torch, Case(regularization=regularization))


@pytest.mark.parametrize("hidden", [(), (3,), (16, 8, 8, 4)])
@pytest.mark.parametrize("batch", [1, 7, SAMPLES, 1000])
def test_other_shapes_and_batches(torch: Any, hidden: tuple[int, ...], batch: int) -> None:
    compare(torch, Case(hidden=hidden, batch=batch, rate=0.01))
