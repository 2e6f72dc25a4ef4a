"""What a field of a command or an event may hold when it comes from JSON, which anybody may have written."""

from __future__ import annotations

from collections.abc import Callable

_MOST = 2**127  # no whole number is larger; those of seeds are the largest


def suits(annotation: str, value: object) -> bool:
    """Whether a value has the type of a field that is annotated so. Lists come as tuples."""
    return _SUITS[annotation](value)


def _is_int(value: object) -> bool:
    return type(value) is int and abs(value) < _MOST


def _is_number(value: object) -> bool:
    return isinstance(value, float) or _is_int(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_tree(value: object) -> bool:
    return isinstance(value, dict)


def _is_value(value: object) -> bool:
    listed = _each(_is_int)(value) or _each(_is_text)(value)
    return listed or isinstance(value, str | bool) or _is_number(value)


def _each(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, tuple) and all(map(test, value))


def _or_none(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or test(value)


def _one_of(*names: str) -> Callable[[object], bool]:
    return lambda value: value in names


_SUITS: dict[str, Callable[[object], bool]] = {
    "int": _is_int,
    "int | None": _or_none(_is_int),
    "float": _is_number,
    "float | None": _or_none(_is_number),
    "bool": lambda value: isinstance(value, bool),
    "str": _is_text,
    "Literal['batch', 'epoch']": _one_of("batch", "epoch"),
    "Literal['training', 'probe']": _one_of("training", "probe"),
    "Literal['classification', 'regression']": _one_of("classification", "regression"),
    "Reason": _one_of("finished", "stopped", "early_stopped", "diverged"),
    "dict[str, Any]": _is_tree,
    "tuple[str, ...]": _each(_is_text),
    "tuple[int, ...]": _each(_is_int),
    "tuple[int, ...] | None": _or_none(_each(_is_int)),
    "tuple[float, ...]": _each(_is_number),
    "tuple[dict[str, Any], ...]": _each(_is_tree),
    "Value": _is_value,
    "Value | None": _or_none(_is_value),
}
