"""Starting weights have the spread their formula says, for wide, tall and square layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest

from nntui.nn.initializers import Wanted
from nntui.nn.layer import LayerSpec
from nntui.nn.network import Network
from nntui.nn.registry import INITIALIZERS

# The variance of an element, from the formulas in the papers, by (fan_in, fan_out).
VARIANCES: dict[str, Callable[[int, int], float]] = {
    "zeros": lambda fan_in, fan_out: 0.0,
    "ones": lambda fan_in, fan_out: 0.0,
    "constant": lambda fan_in, fan_out: 0.0,
    "normal": lambda fan_in, fan_out: 0.05**2,
    "uniform": lambda fan_in, fan_out: 0.05**2 / 3,
    "truncated_normal": lambda fan_in, fan_out: 0.05**2 * 0.773741,
    "glorot_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "glorot_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "lecun_uniform": lambda fan_in, fan_out: 1 / fan_in,
    "lecun_normal": lambda fan_in, fan_out: 1 / fan_in,
    "orthogonal": lambda fan_in, fan_out: 1 / max(fan_in, fan_out),
}
MEANS = {"ones": 1.0, "constant": 0.5}
DRAWS = 1_000_000


def test_every_initializer_has_its_variance_stated() -> None:
    assert VARIANCES.keys() == INITIALIZERS.keys()


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("shape", [(8, 25), (64, 128), (500, 20), (1000, 1000)])
def test_variance(name: str, shape: tuple[int, int]) -> None:
    initialize = INITIALIZERS[name].load()
    rng = np.random.default_rng(3)
    # The spread within an orthogonal matrix is exact: a few are enough.
    repeats = 20 if name == "orthogonal" else -(-DRAWS // (shape[0] * shape[1]))
    weights = np.stack([initialize(rng, shape, Wanted(np.float64)) for _ in range(repeats)])
    expected = VARIANCES[name](*shape)
    assert weights.var() == pytest.approx(expected, rel=0.01, abs=1e-12)
    assert weights.mean() == pytest.approx(MEANS.get(name, 0.0), abs=5 * sqrt(expected / weights.size) + 1e-12)


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_dtype_layout_and_repeatability(name: str, dtype: type) -> None:
    initialize = INITIALIZERS[name].load()
    weights = initialize(np.random.default_rng(11), (5, 3), Wanted(dtype))
    assert weights.shape == (5, 3)
    assert weights.dtype == dtype
    assert weights.flags.c_contiguous
    assert np.array_equal(weights, initialize(np.random.default_rng(11), (5, 3), Wanted(dtype)))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_one_seed_gives_one_network_in_both_precisions(name: str) -> None:
    initialize = INITIALIZERS[name].load()
    single = initialize(np.random.default_rng(5), (7, 9), Wanted(np.float32))
    double = initialize(np.random.default_rng(5), (7, 9), Wanted(np.float64))
    assert np.array_equal(single, double.astype(np.float32))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_options_and_defaults_are_those_of_the_registry(name: str) -> None:
    parameters = inspect.signature(INITIALIZERS[name].load()).parameters.values()
    options = {
        parameter.name: parameter.default for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY
    }
    assert options == INITIALIZERS[name].defaults()


@pytest.mark.parametrize(
    ("name", "option", "factor"),
    [
        ("normal", "std", 1.0),
        ("uniform", "limit", 1 / sqrt(3)),
        ("truncated_normal", "std", sqrt(0.773741)),
        ("he_normal", "scale", sqrt(2 / 200)),
        ("he_uniform", "scale", sqrt(2 / 200)),
        ("glorot_normal", "scale", sqrt(2 / 500)),
        ("glorot_uniform", "scale", sqrt(2 / 500)),
        ("lecun_normal", "scale", sqrt(1 / 200)),
        ("lecun_uniform", "scale", sqrt(1 / 200)),
        ("orthogonal", "scale", sqrt(1 / 300)),
    ],
)
def test_the_spread_follows_its_option(name: str, option: str, factor: float) -> None:
    draw = INITIALIZERS[name].load()
    weights = draw(np.random.default_rng(8), (200, 300), Wanted(np.float64), **{option: 3.0})
    assert weights.std() == pytest.approx(3.0 * factor, rel=0.01)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform"])
@pytest.mark.parametrize("slope", [0.0, 0.01, 0.5, 1.0])
def test_he_counts_on_the_slope_of_a_leaky_relu(name: str, slope: float) -> None:
    """As PyTorch's kaiming_normal_ and kaiming_uniform_ with a = slope; all other activations count as relu."""
    leaky = LayerSpec(300, "leaky_relu", {"slope": slope}, name)
    network = Network(200, [leaky, LayerSpec(300, "tanh", {}, name)], LayerSpec(1), np.float64)
    network.initialize(np.random.default_rng(4))
    assert network.layers[0].weights.std() == pytest.approx(sqrt(2 / (1 + slope**2) / 200), rel=0.01)
    assert network.layers[1].weights.std() == pytest.approx(sqrt(2 / 300), rel=0.01)


def test_uniform_and_truncated_draws_stay_within_their_limits() -> None:
    rng = np.random.default_rng(2)
    uniform = INITIALIZERS["glorot_uniform"].load()(rng, (300, 700), Wanted(np.float64))
    assert 0.999 * sqrt(6 / 1000) < np.abs(uniform).max() <= sqrt(6 / 1000)
    truncated = INITIALIZERS["truncated_normal"].load()(rng, (300, 700), Wanted(np.float64), std=0.3)
    assert 0.599 < np.abs(truncated).max() <= 0.6


@pytest.mark.parametrize("shape", [(6, 6), (40, 7), (7, 40), (1, 5), (5, 1), (128, 64)])
@pytest.mark.parametrize("gain", [1.0, sqrt(2.0)])
def test_orthogonal_is_orthogonal(shape: tuple[int, int], gain: float) -> None:
    weights = INITIALIZERS["orthogonal"].load()(np.random.default_rng(1), shape, Wanted(np.float64, gain))
    small = weights.T @ weights if shape[0] >= shape[1] else weights @ weights.T
    np.testing.assert_allclose(small, gain**2 * np.eye(min(shape)), atol=1e-13)


def test_orthogonal_leans_to_no_direction() -> None:
    rng = np.random.default_rng(9)
    draws = np.stack([INITIALIZERS["orthogonal"].load()(rng, (2, 2), Wanted(np.float64)) for _ in range(4000)])
    assert np.abs(draws.mean(axis=0)).max() < 0.05  # 0.011 is one standard deviation
    rotations = np.linalg.det(draws) > 0  # the other half are reflections
    assert rotations.mean() == pytest.approx(0.5, abs=0.05)
