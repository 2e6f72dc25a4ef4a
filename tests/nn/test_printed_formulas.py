"""The formulas that `nntui list --all` and the explanations print, evaluated as printed, are what the code computes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from nntui.nn.arrays import Array
from nntui.nn.network import make_activation
from nntui.nn.registry import ACTIVATIONS, OPTIMIZERS, SCHEDULES
from nntui.nn.schedules import make_schedule

NAMES: Mapping[str, Any] = {
    "max": max, "min": min, "abs": abs, "sqrt": math.sqrt, "cos": math.cos, "exp": math.exp, "ln": math.log,
    "tanh": math.tanh, "floor": math.floor, "pi": math.pi, "e": math.e, "sign": lambda x: math.copysign(1.0, x),
    "Φ": lambda x: 0.5 * math.erfc(-x / math.sqrt(2)), "σ": lambda x: 1 / (1 + math.exp(-x)),
}  # fmt: skip
SIGNS = {"·": "*", "²": "**2", "^": "**", "π": "pi", "√(": "sqrt(", "≤": "<=", "≥": ">="}
Z = [float(z) for z in np.linspace(-12, 12, 241) + 1e-4]


def python(formula: str) -> str:
    """The formula as a Python expression: a space between two values is a product."""
    for sign, code in SIGNS.items():
        formula = formula.replace(sign, code)
    formula = re.sub(r"\|([^|]+)\|", r"abs(\1)", formula)
    formula = re.sub(r"(?<=[\d)])(?=pi\b)", "*", formula)
    formula = re.sub(r"(.+?) for (.+?), else (.+)", r"(\1)~if~\2~else~(\3)", formula)
    return re.sub(r"(?<=[\w)]) (?=[\w(])", "*", formula).replace("~", " ")


def value(formula: str, given: Mapping[str, Any]) -> float:
    return float(eval(python(formula), {"__builtins__": {}}, {**NAMES, **given}))


def curve(name: str, printed: str, options: Mapping[str, Any]) -> Any:
    """φ or φ' of an activation, by what is printed of it."""
    head, *wheres = re.split(r"; |, (?=σ)", printed)
    body = head.partition(" = ")[2]
    constants = {key: float(number) for key, number in re.findall(r"([λα]) = ([\d.]+)", " ".join(wheres))}
    own = ACTIVATIONS[name].formula
    phi = curve(name, own, options) if printed != own else None
    return lambda z: value(body, {"z": z, **constants, **options, "φ": phi})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_what_is_printed_of_it(name: str) -> None:
    entry = ACTIVATIONS[name]
    options = entry.defaults()
    activation = make_activation(name, {})
    phi = curve(name, entry.formula, options)
    tolerance = 5e-5 if name == "selu" else 1e-12  # selu's constants are printed with five digits
    np.testing.assert_allclose(activation(np.array(Z)), [phi(z) for z in Z], rtol=tolerance, atol=1e-9)
    slope = entry.traits["derivative"][0]
    if name == "selu":  # its constants stand with the curve
        slope += "; " + entry.formula.partition("; ")[2]
    derivative = curve(name, slope, options)
    slopes = [derivative(z) for z in Z]
    np.testing.assert_allclose(activation.derivative(np.array(Z)), slopes, rtol=tolerance, atol=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_saturated_where_it_is_said_to_be(name: str) -> None:
    said = ACTIVATIONS[name].traits["saturated"][0]
    z: Array = np.array(Z)[:, None]
    activation = make_activation(name, {})
    found = activation.saturated(z, activation(z))
    expected = [said != "never" and bool(value(said, {"z": each})) for each in Z]
    differ = np.array(expected) != (np.zeros(len(Z), bool) if found is None else found[:, 0])
    assert [each for each, wrong in zip(Z, differ, strict=True) if wrong and not near_a_bound(said, each)] == []


def near_a_bound(said: str, z: float) -> bool:
    """Within what the printed digits leave open."""
    return any(abs(abs(z) - float(bound)) < 0.006 for bound in re.findall(r"\d+(?:\.\d+)?", said))


BY_HAND = {"multi_step", "cosine_restarts", "cyclic", "one_cycle", "reduce_on_plateau"}
"""Schedules whose formula has words in it; `test_schedules` has them in full."""


@pytest.mark.parametrize("name", sorted({*SCHEDULES} - BY_HAND))
def test_a_schedule_is_what_is_printed_of_it(name: str) -> None:
    rate, steps = 0.3, 400
    lengths = {"decay_steps": 250, "drop_every": 70, "timescale": 30}
    options = {key: lengths.get(key, given) for key, given in SCHEDULES[name].defaults().items()}
    schedule = make_schedule(name, rate, steps, options)
    until = 250  # where a decay ends; what comes after is not in the formula
    expected = [value(SCHEDULES[name].formula, {"r": rate, "t": t, **options}) for t in range(until)]
    np.testing.assert_allclose(schedule.values(np.arange(until)), expected, rtol=1e-12)


WHOLE = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "lion")
"""Optimizers whose formula stands alone; the others name what they change of these."""
STATE = {"v": 0.0, "s": 0.0, "u": 0.0, "m": 0.0}


@pytest.mark.parametrize("name", WHOLE)
def test_an_optimizer_is_what_is_printed_of_it(name: str) -> None:
    entry = OPTIMIZERS[name]
    options = entry.defaults()
    optimizer = entry.load()(**options)
    weight: Array = np.array([0.7])
    gradient = np.zeros_like(weight)
    optimizer.bind(weight, gradient)
    known: dict[str, Any] = {**STATE, **options, "w": 0.7}
    for t in range(1, 60):
        known |= {"g": math.sin(3.0 * t) + 0.2, "r": 0.01 * (1 + t % 3), "t": t}
        gradient[:] = known["g"]
        optimizer.update(known["r"])
        for part in entry.formula.split("; "):
            target, _, body = part.partition(" = ")
            known[target] = value(body, known)
        assert weight[0] == pytest.approx(known["w"], rel=1e-9, abs=1e-12), t
