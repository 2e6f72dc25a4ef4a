"""Predictions against scikit-learn, the chain rule against PyTorch's automatic differentiation."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training.commands import Watch
from nntui.training.insights.chain import Chain
from nntui.training.insights.confusion import Confusion
from nntui.training.insights.fit import Fit
from nntui.training.insights.roc import Roc
from nntui.training.measures import Probe
from nntui.training.measuring.roc import operating_points
from nntui.training.session import Session

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def metrics() -> Any:
    """Scikit-learn's; where it is missing the test skips, or fails if NNTUI_REQUIRE_REFERENCE=1 demands it."""
    if find_spec("sklearn") is None:
        reason = "scikit-learn is not installed: pip install 'nntui[reference]'"
        if os.environ.get("NNTUI_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return import_module("sklearn.metrics")


def trained(data: str, steps: int = 80, **values: Any) -> Session:
    changes = {name.replace("__", "."): value for name, value in values.items()}
    run = Session(Experiment().with_values({"data.name": data, "network.hidden": (6, 5), **changes}))
    run.advance(steps)
    return run


def measured(run: Session, name: str, **chosen: Any) -> Any:
    return Probe(run).measure(Watch((name,), **chosen)).insights[name]


@pytest.mark.parametrize("data", ["spirals", "moons", "iris", "wine", "digits", "breast_cancer"])
def test_confusion_precision_and_recall(metrics: Any, data: str) -> None:
    run = trained(data)
    found: Confusion = measured(run, "confusion")
    z = run.network.forward(run.prepared.test_x)
    said = z.argmax(axis=1) if z.shape[1] > 1 else (z[:, 0] > 0).astype(int)
    true, labels = run.prepared.split.test_labels, range(len(found.classes))
    np.testing.assert_array_equal(found.test.counts, metrics.confusion_matrix(true, said, labels=labels))
    for name in ("precision", "recall"):
        expected = getattr(metrics, f"{name}_score")(true, said, labels=labels, average=None, zero_division=np.nan)
        np.testing.assert_allclose(getattr(found.test, name), expected, rtol=1e-12)


@pytest.mark.parametrize("data", ["moons", "breast_cancer", "circles"])
def test_roc(metrics: Any, data: str) -> None:
    run = trained(data, steps=15)
    found: Roc = measured(run, "roc")
    scores = run.network.forward(run.prepared.train_x)[:, 0]
    assert found.train.area == pytest.approx(metrics.roc_auc_score(run.prepared.split.train_labels, scores), rel=1e-12)


def test_roc_with_ties(metrics: Any) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        scores, positive = rng.integers(0, 6, 40).astype(float), rng.random(40) < 0.4
        false_rate, true_rate, area = operating_points(scores, positive)
        assert area == pytest.approx(metrics.roc_auc_score(positive, scores), rel=1e-12)
        expected = metrics.roc_curve(positive, scores, drop_intermediate=False)
        np.testing.assert_allclose(false_rate, expected[0], rtol=1e-12)
        np.testing.assert_allclose(true_rate, expected[1], rtol=1e-12)


def test_r_squared(metrics: Any) -> None:
    run = trained("diabetes")
    found: Fit = measured(run, "fit")
    assert found.test.r_squared[0] == pytest.approx(metrics.r2_score(found.test.true, found.test.predicted), rel=1e-4)
    rms = metrics.mean_squared_error(found.test.true, found.test.predicted) ** 0.5
    assert found.test.rms[0] == pytest.approx(rms, rel=1e-4)


def _torch_loss(torch: Any, run: Session, z: Any, y: Any) -> Any:
    functional = torch.nn.functional
    match run.loss.name, run.loss.output:
        case "categorical_cross_entropy", _:
            return functional.cross_entropy(z, y)
        case "binary_cross_entropy", _:
            return functional.binary_cross_entropy_with_logits(z, y)
        case "mean_squared_error", output:
            a = {"identity": lambda: z, "sigmoid": lambda: torch.sigmoid(z), "softmax": lambda: torch.softmax(z, 1)}
            return functional.mse_loss(a[output](), y)
    raise AssertionError(run.loss.name)


ACTIVATIONS = {
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "elu": "elu", "gelu": "gelu", "silu": "silu",
    "softplus": "softplus", "identity": "",
}  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("data", "values"),
    [
        ("spirals", {}), ("moons", {}), ("waves", {}),
        ("moons", {"loss__name": "mean_squared_error", "network__output": "sigmoid"}),
        ("spirals", {"loss__name": "mean_squared_error", "network__output": "softmax"}),
    ],
)  # fmt: skip
def test_every_factor_of_the_chain(torch: Any, activation: str, data: str, values: dict[str, Any]) -> None:
    run = trained(data, steps=20, network__activation=activation, **values)
    functional = torch.nn.functional
    apply = getattr(functional, ACTIVATIONS[activation]) if ACTIVATIONS[activation] else (lambda z: z)
    matrices = [torch.tensor(layer.matrix.astype(np.float64), requires_grad=True) for layer in run.network.layers]
    for sample in (0, 11):
        a = torch.tensor(run.prepared.train_x[sample : sample + 1].astype(np.float64))
        y = torch.tensor(run.prepared.train_y[sample : sample + 1].astype(np.float64))
        sums, outputs = [], []
        for index, matrix in enumerate(matrices):
            z = a @ matrix[:-1] + matrix[-1]
            z.retain_grad()
            sums.append(z)
            a = apply(z) if index < len(matrices) - 1 else z
            if index < len(matrices) - 1:
                a.retain_grad()
                outputs.append(a)
        for matrix in matrices:
            matrix.grad = None
        loss = _torch_loss(torch, run, sums[-1], y)
        loss.backward()
        for layer, unit, source in product((0, 1, 2), (0,), (-1, 1)):
            found: Chain = measured(run, "chain", layer=layer, unit=unit, source=source, sample=sample)
            assert found.loss == pytest.approx(float(loss.detach()), rel=1e-9)
            expected = float(matrices[layer].grad[source, unit])
            assert found.product == pytest.approx(expected, rel=1e-8, abs=1e-14)
            assert found.backpropagated == pytest.approx(expected, rel=1e-8, abs=1e-14)
            assert found.delta == pytest.approx(float(sums[layer].grad[0, unit]), rel=1e-8, abs=1e-14)
            if layer < 2:
                assert found.back == pytest.approx(float(outputs[layer].grad[0, unit]), rel=1e-8, abs=1e-14)
