"""A calculation written down once and repeated: the place where a training step gets its speed.

A step on a small network costs as many NumPy calls as it makes, hardly what they compute. So the formulas are not run
but recorded, once per batch size, as calls already bound to their arrays; a step then is one function that makes them,
without a loop, a look-up, an attribute, a view or an allocation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from nntui.nn.arrays import Array

Call = Callable[[], Any]
PLACES = 64  # at most so many steps are recorded side by side, each on arrays of its own

# Above this many elements the memory traffic of a constant array costs more than NumPy's handling of a scalar does.
_LARGEST_FILLED_CONSTANT = 4096
_PIECE = 16384  # elements of a constant array that stays in the cache: larger arrays are worked on piece by piece
_LARGEST_SIGN = 1024  # elements up to which one call of sign is faster than two of minimum and ceil
_FASTER_WITH_FILLED_CONSTANT = {"maximum", "minimum"}  # NumPy vectorizes these for arrays alone: three times faster
_KEYWORD_OUT_ONLY = {"maximum", "minimum"}  # NumPy 2.4 deprecates a third positional argument here


class Scratch:
    """Arrays that programs of one batch size share: each writes what it needs before it reads it.

    The n-th array a program asks for is the n-th of the pool, so programs that record the same formulas take the same
    memory, whatever the number of batches.
    """

    def __init__(self) -> None:
        self._arrays: list[Any] = []
        self._constants: dict[tuple[float, tuple[int, ...], str], Any] = {}

    def array(self, index: int, shape: tuple[int, ...], dtype: Any) -> Any:
        """The ``index``-th array, made at its first use."""
        if index == len(self._arrays):
            self._arrays.append(np.empty(shape, dtype))
        found = self._arrays[index]
        if found.shape != shape or found.dtype != dtype:
            raise ValueError("programs that share scratch arrays must record the same formulas")
        return found

    def constant(self, value: float, shape: tuple[int, ...], dtype: Any) -> Any:
        """An array filled with a value; shape () for the value alone."""
        key = (value, shape, np.dtype(dtype).str)
        if key not in self._constants:
            self._constants[key] = np.full(shape, value, dtype)
        return self._constants[key]


class Program:
    """Looks like NumPy, but writes each call down instead of making it: ``do.multiply(x, y, out=z)``.

    Every NumPy ufunc is a method of the same name with the same arguments; ``out`` is always given. Numbers among the
    arguments become arrays once, here, instead of at every step.
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        self.calls: list[Call] = []
        self._scratch = scratch or Scratch()
        self._taken = 0

    def run(self) -> None:
        """Make all the calls, in order."""
        for call in self.calls:
            call()

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """An array to write to, at once (not a recorded call)."""
        self._taken += 1
        return self._scratch.array(self._taken - 1, shape, dtype)

    def empty_like(self, array: Any) -> Any:
        """An array to write to, shaped as another one, at once (not a recorded call)."""
        return self.empty(array.shape, array.dtype)

    def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
        """Record any call."""
        self.calls.append(partial(function, *arguments, **keywords))

    def dot(self, x: Array, y: Array, out: Array) -> None:
        """Matrix product. The bound method costs a third of ``np.matmul`` and half of ``np.dot``."""
        self.call(x.dot, y, out)

    def largest(self, x: Array, out: Array) -> None:
        """Largest of each column: x (rows, columns), out (1, columns)."""
        self.call(np.maximum.reduce, x, 0, None, out, True)

    def total(self, x: Array, out: Array) -> None:
        """Sum of each column: x (rows, columns), out (1, columns). A product with ones is faster than a reduction."""
        self.dot(self._scratch.constant(1.0, (1, len(x)), x.dtype), x, out)

    def spread(self, row: Array, out: Array) -> None:
        """Repeat a row: row (1, columns), out (rows, columns). Faster than the broadcasting it saves, and no memory."""
        self.dot(self._scratch.constant(1.0, (len(out), 1), row.dtype), row, out)

    def gate(self, delta: Array, a: Array) -> None:
        """Keep delta where a > 0 and make it 0 elsewhere; a is at least 0 everywhere, or not a number.

        The bits of such a float, read as an integer, are 0 or more as the float is: min(bits, 1) is the mask. Both
        calls are vectorized, which NumPy's sign is not; small arrays do not care.
        """
        if a.size <= _LARGEST_SIGN:
            on = self.empty_like(a)
            self.sign(a, out=on)
            self.multiply(delta, on, out=delta)
            return
        integer = np.dtype(f"i{a.itemsize}")
        on = self.empty(a.shape, integer)
        self.minimum(a.view(integer), 1, out=on)
        bits = delta.view(integer)
        self.multiply(bits, on, out=bits)

    def where_positive(self, x: Array, out: Array) -> None:
        """1 where x > 0, elsewhere 0 or less. NumPy's sign is one call, but vectorized less well than two others."""
        if x.size <= _LARGEST_SIGN:
            self.sign(x, out=out)
        else:
            self.minimum(x, 1.0, out=out)
            self.ceil(out, out=out)

    def __getattr__(self, name: str) -> Callable[..., None]:
        ufunc = getattr(np, name)
        if not isinstance(ufunc, np.ufunc):
            raise AttributeError(f"{name} is not a ufunc: use call()")

        def record(*arguments: Any, out: Any) -> None:
            dtype = next(argument.dtype for argument in arguments if isinstance(argument, np.ndarray))
            if name in _FASTER_WITH_FILLED_CONSTANT and out.size > _PIECE and _has_number(arguments):
                arrays = [out, *(argument for argument in arguments if isinstance(argument, np.ndarray))]
                if all(array.flags.c_contiguous and array.shape == out.shape for array in arrays):
                    for piece in _pieces(out.size):
                        record(*(_part(argument, piece) for argument in arguments), out=_part(out, piece))
                    return
            filled = out.size <= _LARGEST_FILLED_CONSTANT or name in _FASTER_WITH_FILLED_CONSTANT
            shape = out.shape if filled else ()
            operands = [
                argument if isinstance(argument, np.ndarray) else self._scratch.constant(argument, shape, dtype)
                for argument in arguments
            ]
            if name in _KEYWORD_OUT_ONLY:
                self.call(ufunc, *operands, out=out)
            else:
                self.call(ufunc, *operands, out)

        return record


def compiled(calls: Sequence[Call]) -> Call:
    """One function that makes the calls in order; a tenth faster than a loop over them where they compute little.

    Its source is one line a call, ``v0(v1, v2, v3)``, and each v a parameter that has the function or the array as its
    default: so all are local variables, and programs that differ in their arrays alone share the compiled source.
    """
    names: dict[int, str] = {}
    values: list[Any] = []

    def name(value: Any) -> str:
        if id(value) not in names:
            names[id(value)] = f"v{len(values)}"
            values.append(value)
        return names[id(value)]

    lines = []
    for call in calls:
        made = call if isinstance(call, partial) else partial(call)
        arguments = [name(argument) for argument in made.args]
        arguments += [f"{keyword}={name(argument)}" for keyword, argument in made.keywords.items()]
        lines.append(f"{name(made.func)}({', '.join(arguments)})")
    return FunctionType(_compile(tuple(names.values()), tuple(lines)), {}, argdefs=tuple(values))


@lru_cache(maxsize=32)
def _compile(parameters: tuple[str, ...], lines: tuple[str, ...]) -> CodeType:
    """The code of a function with these parameters and lines."""
    source = f"def step({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
    module = compile(source, "<recorded step>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _has_number(arguments: Sequence[Any]) -> bool:
    return not all(isinstance(argument, np.ndarray) for argument in arguments)


def _pieces(size: int) -> list[slice]:
    """Cuts a flat array into pieces."""
    return [slice(begin, begin + _PIECE) for begin in range(0, size, _PIECE)]


def _part(argument: Any, piece: slice) -> Any:
    """The piece of an array without gaps, as a view; a number as it is."""
    return argument.reshape(-1)[piece] if isinstance(argument, np.ndarray) else argument
