"""Losses against their formulas, their gradients against differences, and what they make of extreme outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.losses import r_squared
from nntui.nn.registry import LOSSES
from tests.nn.nets import make_data, make_loss


def sigmoid(z: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-z))
    return result


def softmax(z: Array) -> Array:
    powers = np.exp(z)
    result: Array = powers / powers.sum(axis=1, keepdims=True)
    return result


ACTIVATION: dict[str, Callable[[Array], Array]] = {"identity": lambda z: z, "sigmoid": sigmoid, "softmax": softmax}


def huber(error: float, delta: float) -> float:
    return error**2 / 2 if abs(error) <= delta else delta * (abs(error) - delta / 2)


CASES: list[tuple[str, str, str, dict[str, float]]] = [
    *(
        (name, output, kind, {})
        for name in ("mean_squared_error", "mean_absolute_error", "huber")
        for output, kind in zip(("identity", "sigmoid", "softmax"), ("real", "binary", "classes"), strict=True)
    ),
    ("mean_squared_error", "identity", "classes", {}),
    ("huber", "identity", "real", {"delta": 0.3}),
    ("binary_cross_entropy", "sigmoid", "binary", {}),
    ("categorical_cross_entropy", "softmax", "classes", {}),
    ("categorical_cross_entropy", "softmax", "classes", {"label_smoothing": 0.1}),
    ("hinge", "identity", "binary", {}),
    ("hinge", "identity", "classes", {}),
]


def expected_loss(name: str, a: Array, z: Array, y: Array, options: dict[str, float]) -> list[float]:
    """Loss of every sample, written out."""
    each: dict[str, Callable[[float], float]] = {
        "mean_squared_error": lambda e: e * e,
        "mean_absolute_error": abs,
        "huber": lambda e: huber(e, options.get("delta", 1.0)),
    }
    if name in each:
        return [math.fsum(each[name](e) for e in row) / len(row) for row in (a - y).tolist()]
    if name == "binary_cross_entropy":
        return [-math.log(p) if t else -math.log(1 - p) for (p,), (t,) in zip(a.tolist(), y.tolist(), strict=True)]
    if name == "categorical_cross_entropy":
        e = options.get("label_smoothing", 0.0)
        return [
            -sum(((1 - e) * t + e / len(row)) * math.log(p) for p, t in zip(row, targets, strict=True))
            for row, targets in zip(a.tolist(), y.tolist(), strict=True)
        ]
    if y.shape[1] == 1:
        return [max(0.0, 1 - (2 * t - 1) * v) for (v,), (t,) in zip(z.tolist(), y.tolist(), strict=True)]
    return [
        max(0.0, 1 + max(v for v, t in zip(row, targets, strict=True) if not t) - row[targets.index(1.0)])
        for row, targets in zip(z.tolist(), y.tolist(), strict=True)
    ]


def outputs_of(kind: str) -> int:
    return {"real": 3, "binary": 1, "classes": 4}[kind]


@pytest.mark.parametrize(("name", "output", "kind", "options"), CASES)
def test_value_is_the_formula(name: str, output: str, kind: str, options: dict[str, float]) -> None:
    _, y = make_data(29, 2, outputs_of(kind), kind)
    z = 2 * np.random.default_rng(5).normal(size=y.shape)
    loss = make_loss(name, output, kind, **options)
    np.testing.assert_allclose(loss.outputs(z), ACTIVATION[output](z), rtol=1e-14)
    expected = expected_loss(name, ACTIVATION[output](z), z, y, options)
    np.testing.assert_allclose(loss.per_sample(z, y), expected, rtol=1e-12)
    assert loss.value(z, y) == pytest.approx(math.fsum(expected) / len(expected), rel=1e-12)


@pytest.mark.parametrize(("name", "output", "kind", "options"), CASES)
@pytest.mark.parametrize("samples", [1, 2, 37, 1500])
def test_gradient_is_the_slope(name: str, output: str, kind: str, options: dict[str, float], samples: int) -> None:
    _, y = make_data(samples, 2, outputs_of(kind), kind)
    z = 2 * np.random.default_rng(6).normal(size=y.shape)
    loss = make_loss(name, output, kind, **options)
    h = 1e-6
    slope = np.empty_like(z)
    for column in range(z.shape[1]):
        shift = np.zeros_like(z)
        shift[:, column] = h
        slope[:, column] = (loss.per_sample(z + shift, y) - loss.per_sample(z - shift, y)) / (2 * h) / samples
    crossing = (loss.pieces(z + 3 * h, y) != loss.pieces(z - 3 * h, y)).any(axis=1)
    found = loss.gradient(z, y)
    np.testing.assert_allclose(found[~crossing], slope[~crossing], rtol=1e-6, atol=1e-8 / samples)
    into = np.empty_like(z)
    assert loss.gradient(z, y, into) is into
    np.testing.assert_array_equal(into, found)


def test_every_registered_pairing_is_covered() -> None:
    covered = {(name, output) for name, output, _, _ in CASES}
    assert covered == {(name, output) for name, entry in LOSSES.items() for output in entry.traits["outputs"]}


@pytest.mark.parametrize("name", LOSSES)
def test_registry_and_class_agree(name: str) -> None:
    entry = LOSSES[name]
    assert entry.load().name == name
    assert entry.load().outputs_allowed == entry.traits["outputs"]
    assert set(entry.traits["unsuitable"]) < set(entry.traits["outputs"])
    loss = make_loss(name)
    assert loss.output == entry.traits["outputs"][0]
    assert loss.targets in entry.traits["targets"]


@pytest.mark.parametrize(("name", "output"), [("binary_cross_entropy", "softmax"), ("hinge", "sigmoid")])
def test_an_output_the_loss_does_not_take_is_refused(name: str, output: str) -> None:
    with pytest.raises(ValueError, match=f"not {output}"):
        make_loss(name, output)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_from_logits_survives_what_would_overflow(dtype: Any) -> None:
    binary = make_loss("binary_cross_entropy")
    z = np.array([[500.0], [-500.0], [500.0]], dtype)
    y = np.array([[1.0], [0.0], [0.0]], dtype)
    np.testing.assert_allclose(binary.per_sample(z, y), [0, 0, 500], atol=1e-200)
    np.testing.assert_allclose(binary.gradient(z, y)[:, 0], [0, 0, 1 / 3], rtol=1e-6)
    classes = make_loss("categorical_cross_entropy")
    z = np.array([[800.0, -800.0], [800.0, -800.0]], dtype)
    y = np.array([[1.0, 0.0], [0.0, 1.0]], dtype)
    assert classes.per_sample(z, y).tolist() == [0, 1600]
    assert classes.gradient(z, y).tolist() == [[0, 0], [0.5, -0.5]]


def test_a_number_that_is_none_makes_the_loss_none() -> None:
    for name, output, kind, options in CASES:
        _, y = make_data(3, 2, outputs_of(kind), kind)
        z = np.full(y.shape, np.nan)
        loss = make_loss(name, output, kind, **options)
        assert math.isnan(loss.value(z, y)), name


def test_tied_classes_share_the_hinge_gradient() -> None:
    loss = make_loss("hinge", targets="classes")
    found = loss.gradient(np.zeros((1, 4)), np.array([[0.0, 1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found, [[1 / 3, -1.0, 1 / 3, 1 / 3]])


@pytest.mark.parametrize(
    ("name", "output", "targets", "z", "y", "score"),
    [
        ("binary_cross_entropy", "sigmoid", "binary", [[2.0], [-1.0], [3.0], [-2.0]], [[1.0], [0], [0], [0]], 0.75),
        ("hinge", "identity", "binary", [[0.2], [-0.2]], [[1.0], [0.0]], 1.0),
        ("mean_squared_error", "identity", "binary", [[0.2], [0.7]], [[0.0], [1.0]], 1.0),
        ("mean_squared_error", "sigmoid", "binary", [[0.2], [-0.7]], [[1.0], [1.0]], 0.5),
        ("categorical_cross_entropy", "softmax", "classes", [[1.0, 2.0], [3.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], 0.5),
        ("mean_squared_error", "identity", "real", [[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]], 1.0),
        ("huber", "identity", "real", [[2.0], [2.0], [2.0]], [[1.0], [2.0], [3.0]], 0.0),
    ],
)  # fmt: skip
def test_score(name: str, output: str, targets: str, z: Any, y: Any, score: float) -> None:
    assert make_loss(name, output, targets).score(np.array(z), np.array(y)) == pytest.approx(score)


def test_zero_logits_guess_the_first_class_only() -> None:
    y = np.eye(5)[[0, 1, 2, 3, 4, 0]]
    assert make_loss("categorical_cross_entropy").score(np.zeros((6, 5)), y) == pytest.approx(2 / 6)


def test_r_squared_averages_outputs_and_knows_constant_targets() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=(50, 2)) * [1, 100]
    a = y + rng.normal(size=(50, 2))
    each = [1 - np.sum((y[:, i] - a[:, i]) ** 2) / np.sum((y[:, i] - y[:, i].mean()) ** 2) for i in range(2)]
    assert r_squared(a, y) == pytest.approx(np.mean(each))
    assert r_squared(np.ones((3, 1)), np.ones((3, 1))) == 1.0
    assert r_squared(np.zeros((3, 1)), np.ones((3, 1))) == 0.0
    assert math.isnan(r_squared(np.full((3, 1), np.nan), np.ones((3, 1))))
