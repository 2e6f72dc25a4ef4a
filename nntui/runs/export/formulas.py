"""Formulas as lists of operations, taken from the code that trains: exported networks compute what nntui computes.

An activation records its NumPy calls (`nntui.nn.program`); derived inputs are NumPy expressions. Both are read here, so
a new one can be exported without a second formula in any other language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.data.features import derived_values
from nntui.nn.activations import Activation
from nntui.nn.program import Program
from nntui.runs.errors import RunError

Operand = str | float
"""The name of an array, or a number."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``result = function(operands)``; ``function`` is the name of a NumPy ufunc."""

    function: str
    operands: tuple[Operand, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Operations in order, and the name that holds the value at the end."""

    operations: tuple[Operation, ...]
    result: str


def of_activation(activation: Activation, dtype: npt.DTypeLike) -> Formula:
    """φ(z) as the activation records it for arrays of this type; its input is called ``z``.

    Raises:
        RunError: it computes with something other than ufuncs, which no other program could be told.
    """
    z: Any = np.zeros(2, dtype)
    a: Any = np.zeros(2, dtype)
    program = Program()
    activation.forward(program, z, a)
    held = {id(z): "z"}
    operations: list[Operation] = []
    for call in program.calls:
        function = call.func if isinstance(call, partial) else call
        if not isinstance(call, partial) or not isinstance(function, np.ufunc):
            raise RunError(f"the activation {activation.name} cannot be exported: it computes with {function}")
        *operands, out = [*call.args, *call.keywords.values()]
        names = tuple(held[id(x)] if id(x) in held else float(np.ravel(x)[0]) for x in operands)
        held[id(out)] = f"t{len(operations) + 1}"
        operations.append(Operation(function.__name__, names, held[id(out)]))
    return Formula(tuple(operations), held.get(id(a), "z"))


def of_derived_input(name: str, columns: Sequence[str]) -> Formula:
    """A derived input, computed from the two columns with these names."""
    operations: list[Operation] = []
    x1, x2 = (_Symbol(column, operations) for column in columns)
    result = derived_values(name, x1, x2).name
    return Formula(tuple(operations), result)


class _Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands for an array in a NumPy expression, and notes what is done with it."""

    def __init__(self, name: str, operations: list[Operation]) -> None:
        self.name, self._operations = name, operations

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> _Symbol:
        operands = tuple(x.name if isinstance(x, _Symbol) else float(x) for x in inputs)
        result = f"t{len(self._operations) + 1}"
        self._operations.append(Operation(ufunc.__name__, operands, result))
        return _Symbol(result, self._operations)
