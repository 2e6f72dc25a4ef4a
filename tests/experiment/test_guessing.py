"""The loss of guessing, against every constant output on a fine grid."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from nntui.experiment.guessing import guessing_loss
from nntui.nn.losses import Loss
from nntui.nn.registry import LOSSES

FINE = 40  # parts of an axis from 0 to 1

PAIRS = [(name, output) for name, entry in LOSSES.items() for output in entry.load().outputs_allowed]
SHARES = ((1, 1), (1, 3), (1, 1, 1), (5, 3, 2), (6, 1, 1), (1, 5, 4))


def by_definition(name: str, options: dict[str, Any], a: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    """The mean loss of this output (for hinge: this z) for all rows, straight from the formulas."""
    e = a - y
    size = np.abs(e)
    with np.errstate(divide="ignore", invalid="ignore"):
        match name:
            case "mean_squared_error":
                losses = (e * e).mean(axis=1)
            case "mean_absolute_error":
                losses = size.mean(axis=1)
            case "huber":
                d = options.get("delta", 1.0)
                losses = np.where(size <= d, e * e / 2, d * (size - d / 2)).mean(axis=1)
            case "binary_cross_entropy":
                losses = -np.where(y > 0.5, np.log(a), np.log(1 - a)).mean(axis=1)
            case "categorical_cross_entropy":
                smooth = options.get("label_smoothing", 0.0)
                t = (1 - smooth) * y + smooth / y.shape[1]
                losses = -np.where(t > 0, t * np.log(a), 0.0).sum(axis=1)
            case _:
                sides = 2 * y - 1
                losses = np.maximum(0, 1 - sides * a)[:, 0]
                if y.shape[1] > 1:
                    others = np.where(y > 0.5, -np.inf, a).max(axis=1)
                    losses = np.maximum(0, 1 + others - (y * a).sum(axis=1))
    return float(losses.mean())


def grid(name: str, output: str, outputs: int) -> list[np.ndarray[Any, Any]]:
    """Constant outputs that the output activation can have."""
    axis = np.linspace(0, 1, FINE + 1) if output != "identity" else np.linspace(-2, 2, 9 if name == "hinge" else 41)
    if output == "softmax":
        ways = itertools.product(range(FINE + 1), repeat=outputs - 1)
        return [np.array([*way, FINE - sum(way)]) / FINE for way in ways if sum(way) <= FINE]
    return [np.array(way) for way in itertools.product(axis, repeat=outputs)]


def compare(name: str, output: str, options: dict[str, Any], y: np.ndarray[Any, Any]) -> None:
    loss: Loss = LOSSES[name].load()(output=output, **options)
    found = guessing_loss(loss, y)
    best = min(by_definition(name, options, np.broadcast_to(a, y.shape), y) for a in grid(name, output, y.shape[1]))
    assert found <= best + 1e-9
    assert found == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize(("name", "output"), [pair for pair in PAIRS if pair[1] == "softmax" or pair[0] == "hinge"])
def test_guessing_among_classes_is_the_best_constant_output(name: str, output: str, shares: tuple[int, ...]) -> None:
    y = np.eye(len(shares))[np.repeat(np.arange(len(shares)), shares)]
    compare(name, output, {}, y)


@pytest.mark.parametrize("options", [{"delta": 0.3}, {"delta": 0.05}])
@pytest.mark.parametrize("shares", SHARES)
def test_guessing_by_a_narrow_huber_loss_is_the_best_constant_output(
    shares: tuple[int, ...], options: dict[str, Any]
) -> None:
    compare("huber", "softmax", options, np.eye(len(shares))[np.repeat(np.arange(len(shares)), shares)])
    compare("huber", "sigmoid", options, np.repeat([0.0, 1.0], shares[:2])[:, None])


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_guessing_smoothed_labels_is_the_best_constant_output(smoothing: float) -> None:
    y = np.eye(3)[np.repeat(np.arange(3), (5, 3, 2))]
    compare("categorical_cross_entropy", "softmax", {"label_smoothing": smoothing}, y)


@pytest.mark.parametrize("shares", [(1, 1), (1, 3), (9, 1), (4, 0)])
@pytest.mark.parametrize(("name", "output"), [pair for pair in PAIRS if pair[1] != "softmax"])
def test_guessing_yes_or_no_is_the_best_constant_output(name: str, output: str, shares: tuple[int, int]) -> None:
    compare(name, output, {}, np.repeat([0.0, 1.0], shares)[:, None])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "output"), [pair for pair in PAIRS if pair[1] == "identity" and pair[0] != "hinge"])
def test_guessing_numbers_is_the_best_constant_output(name: str, output: str, seed: int) -> None:
    compare(name, output, {}, np.random.default_rng(seed).normal(0.2, 0.7, (40, 2)).clip(-2, 2))


def test_guessing_is_quick_for_large_data() -> None:
    """A fine grid is not what it does."""
    rng = np.random.default_rng(0)
    loss: Loss = LOSSES["huber"].load()(output="identity", delta=0.2)
    assert 0 < guessing_loss(loss, rng.normal(size=(100_000, 1))) < 0.2
    many: Loss = LOSSES["mean_absolute_error"].load()(output="softmax")
    assert guessing_loss(many, np.eye(200)[rng.integers(0, 200, 2000)]) == pytest.approx(2 / 200, rel=0.05)
