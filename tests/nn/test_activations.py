"""Every activation against its formula, its slope against differences, and what it calls saturated and dead."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from nntui.nn.activations import Activation, Softmax
from nntui.nn.arrays import Array
from nntui.nn.network import make_activation
from nntui.nn.registry import ACTIVATIONS
from nntui.nn.registry.entry import Value

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

REFERENCE: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: SELU_SCALE * (z if z > 0 else SELU_ALPHA * (math.exp(z) - 1)),
    "gelu": lambda z: z * 0.5 * math.erfc(-z / math.sqrt(2)),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(-abs(z))) + max(z, 0.0),
    "softsign": lambda z: z / (1 + abs(z)),
    "tanh": math.tanh,
    "hard_tanh": lambda z: min(1.0, max(-1.0, z)),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "hard_sigmoid": lambda z: min(1.0, max(0.0, z / 6 + 0.5)),
}
OPTIONS: list[tuple[str, dict[str, Value]]] = [
    *((name, {}) for name in ACTIVATIONS),
    ("leaky_relu", {"slope": 0.3}),
    ("leaky_relu", {"slope": 0.0}),
    ("elu", {"alpha": 0.4}),
    ("elu", {"alpha": 2.5}),
    ("gelu", {"approximation": "tanh"}),
]
Z = np.concatenate([np.linspace(-20, 20, 4001) + 1e-4, [-300.0, -90.0, 90.0, 300.0]])


def test_the_registry_has_the_thirteen_names() -> None:
    assert set(ACTIVATIONS) == set(REFERENCE)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 2e-15), (np.float32, 1.5e-6)])
def test_forward_is_the_formula(name: str, dtype: type, tolerance: float) -> None:
    z: Array = Z.astype(dtype)
    expected = [REFERENCE[name](float(value)) for value in z]
    found = make_activation(name, {})(z)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=4 * tolerance)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_the_derivative_is_the_slope(name: str, options: dict[str, Value]) -> None:
    activation = make_activation(name, options)
    every = np.linspace(-6, 6, 998)  # not 0, where some have a bend though no kink
    z: Array = np.array([value for value in every if all(abs(value - kink) > 1e-3 for kink in activation.kinks())])
    h = 1e-5
    slope = (activation(z + h) - activation(z - h)) / (2 * h)
    np.testing.assert_allclose(activation.derivative(z), slope, rtol=1e-7, atol=1e-9)
    assert activation.derivative(z).max() <= activation.steepest * (1 + 1e-4)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_large_and_small_arrays_agree(name: str, options: dict[str, Value]) -> None:
    """Constants are handled differently by size; values are not."""
    activation = make_activation(name, options)
    z = np.random.default_rng(3).normal(size=(128, 65)) * 3
    np.testing.assert_allclose(activation(z), [activation(row) for row in z], rtol=1e-14)
    np.testing.assert_allclose(activation.derivative(z), [activation.derivative(row) for row in z], rtol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_extremes_stay_finite(name: str) -> None:
    z = np.array([-1e30, -1e4, -0.0, 0.0, 1e4, 1e30], np.float32)
    activation = make_activation(name, {})
    assert np.isfinite(activation(z)).all()
    assert np.isfinite(activation.derivative(z)).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_not_a_number_is_passed_on(name: str) -> None:
    assert np.isnan(make_activation(name, {})(np.array([np.nan]))).all()


def saturated(activation: Activation, z: list[float]) -> list[bool]:
    sums = np.array(z)[:, None]
    found = activation.saturated(sums, activation(sums))
    assert found is not None
    flags: list[bool] = found[:, 0].tolist()
    return flags


def test_tanh_is_saturated_beyond_0_97() -> None:
    inside, outside = math.atanh(0.969), math.atanh(0.971)
    assert saturated(make_activation("tanh", {}), [-outside, -inside, 0.0, inside, outside]) == [
        True, False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "flat", "responsive"),
    [
        ("sigmoid", [-4.3, 4.3, 30.0], [-4.1, 0.0, 4.1]),
        ("softsign", [-3.2, 3.2], [-3.0, 3.0]),
        ("hard_tanh", [-1.5, 1.5], [-0.9, 0.9]),
        ("hard_sigmoid", [-3.5, 3.5], [-2.9, 2.9]),
        ("elu", [-3.0], [-2.5, 5.0]),
        ("selu", [-3.0], [-2.5, 5.0]),
        ("softplus", [-3.0], [-2.5, 5.0]),
        ("gelu", [-2.5, -9.0], [-0.7518, -1.4, 0.0, 9.0]),
        ("silu", [-4.5, -30.0], [-1.2785, -2.4, 0.0, 9.0]),
    ],
)
def test_saturated_is_the_flat_part(name: str, flat: list[float], responsive: list[float]) -> None:
    activation = make_activation(name, {})
    assert all(saturated(activation, flat))
    assert not any(saturated(activation, responsive))
    sums = np.array(flat + responsive)[:, None]
    expected = [False] * len(flat) + [True] * len(responsive)
    assert activation.responsive(sums, activation(sums))[:, 0].tolist() == expected


@pytest.mark.parametrize("name", ["identity", "relu", "leaky_relu"])
def test_curves_without_a_plateau_are_never_saturated(name: str) -> None:
    z = np.array([[-50.0], [50.0]])
    activation = make_activation(name, {})
    assert activation.saturated(z, activation(z)) is None


@pytest.mark.parametrize(
    ("name", "dead"),
    [("relu", [True, True, False, False]), ("hard_tanh", [True, False, False, True]),
     ("hard_sigmoid", [True, False, False, True])],
)  # fmt: skip
def test_a_dead_unit_gets_no_gradient_from_any_input(name: str, dead: list[bool]) -> None:
    z = np.array([[-5.0, 0.0, 0.5, 5.0], [-9.0, -0.1, -0.5, 7.0], [-4.0, 0.0, -0.2, -8.0]])
    activation = make_activation(name, {})
    found = activation.dead_units(z, activation(z))
    assert found is not None
    assert found.tolist() == dead
    assert (activation.derivative(z) == 0).all(axis=0).tolist() == dead


def test_leaky_relu_cannot_die_unless_it_does_not_leak() -> None:
    z = np.full((4, 1), -3.0)
    assert make_activation("leaky_relu", {"slope": 0.01}).dead_units(z, z) is None
    found = make_activation("leaky_relu", {"slope": 0.0}).dead_units(z, z)
    assert found is not None
    assert found.all()


@pytest.mark.parametrize("name", ["identity", "elu", "selu", "gelu", "silu", "softplus", "softsign", "tanh", "sigmoid"])
def test_curves_with_a_slope_everywhere_cannot_die(name: str) -> None:
    z = np.full((4, 2), -30.0)
    assert make_activation(name, {}).dead_units(z, z) is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("approximation", ["none", "tanh"])
def test_gelu_is_a_straight_line_far_out_however_far(approximation: str, dtype: type) -> None:
    gelu = make_activation("gelu", {"approximation": approximation})
    far: Array = np.array([100.0, 1e10, 3e19, float(np.finfo(dtype).max) / 2], dtype)
    with np.errstate(all="ignore"):
        assert gelu.derivative(far).tolist() == [1.0] * 4
        assert gelu.derivative(-far).tolist() == [0.0] * 4
        assert gelu(far).tolist() == far.tolist()
        assert gelu(-far).tolist() == [0.0] * 4


def test_softmax_is_a_distribution_whatever_the_logits() -> None:
    z = np.array([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0], [-1e5, -1e5, -1e5 + 1]])
    found = Softmax()(z)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(found[0, :2], [1 / (1 + math.exp(-1)), 1 / (1 + math.e)], rtol=1e-14)
    np.testing.assert_allclose(Softmax().derivative(z), found * (1 - found))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_registry_says_where_a_curve_is_flat_and_when_a_unit_is_dead(name: str) -> None:
    activation, traits = make_activation(name, {}), ACTIVATIONS[name].traits
    z = np.linspace(-9.0, 9.0, 3601)[:, None]
    flat = activation.saturated(z, activation(z))
    said = traits["saturated"][0]
    if flat is None:
        assert said == "never"
    else:
        mark = float(said.split()[-1])
        beyond = np.abs(z) > mark if said.startswith("|z|") else z < mark
        away = np.abs(np.abs(z) - abs(mark)) > 0.01
        np.testing.assert_array_equal(flat[away], beyond[away])
    can_die = activation.dead_units(z, activation(z)) is not None
    assert can_die == (traits["dead"][0] not in ("never", "only with slope 0: z ≤ 0 for every input"))
