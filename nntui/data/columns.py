"""From columns of text to a data set: which one is predicted, which cells are numbers, and which cannot be used."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nntui.data.dataset import Dataset, Floats, Labels, Progress
from nntui.data.errors import SHOWN, DataError

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "--", "missing", "#n/a"})
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # 0,123 is a decimal comma
CELL_BYTES = 80  # of memory for a cell of text, about
_MOST_CLASSES = 1000
_FEW_NUMBERS = 20  # a target of whole numbers with at most this many different ones is a class


@dataclass(frozen=True, slots=True)
class Source:
    """Where columns come from: the file's name, and its decimal mark."""

    file: str
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text cells; ``lines``: the line of the file each one stands in."""

    name: str
    cells: Sequence[str]
    lines: Sequence[int]


def number(cell: str, decimal: str) -> float | None:
    """The finite number that a cell stands for, or None. A thousands separator is no number's part."""
    word = cell.strip()
    if decimal != ".":
        if "." in word:
            return None
        word = word.replace(decimal, ".")
    if not word or "_" in word:
        return None
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def dataset_of(
    source: Source, columns: Sequence[Column], target: str, task: str, progress: Progress | None = None
) -> Dataset:
    """The data set that predicts one column from all others.

    The data set knows the line of each row unless these are just the numbers from 1 on.

    Args:
        source: for messages and numbers.
        columns: all of the file.
        target: name or position of the one to predict; empty for the last.
        task: ``classification``, ``regression``, or ``auto``.
        progress: told after each column.

    Raises:
        DataError: no such target, no column besides it, or cells that are missing or no numbers.
    """
    position = target_position(source, [column.name for column in columns], target)
    if len(columns) < 2:
        raise DataError(
            f"{source.file}: only one column, {columns[0].name!r}; at least one to predict and one to predict from "
            "are needed (is the delimiter right?)"
        )
    faults = _Faults(source)
    wanted = columns[position]
    features = [(index, column) for index, column in enumerate(columns) if index != position]
    arrays = []
    for index, column in features:
        arrays.append(_numbers(source, index, column, faults))
        if progress:
            progress(f"reading the numbers of {column.name}", len(arrays) / len(columns))
    chosen = task if task != "auto" else _task_of(source, wanted)
    inputs = np.column_stack(arrays)
    names = tuple(column.name for _, column in features)
    if chosen == "regression":
        targets = _numbers(source, position, wanted, faults)
        faults.raise_if_any()
        return Dataset(source.file, inputs, None, targets[:, None], names, (), (wanted.name,), lines=_lines(wanted))
    labels = _labels(source, position, wanted, faults)
    faults.raise_if_any()
    classes = _classes(source, wanted, labels)
    code = {label: index for index, label in enumerate(classes)}
    return Dataset(
        source.file, inputs, np.array([code[label] for label in labels], dtype=np.int64), None, names, tuple(classes),
        lines=_lines(wanted),
    )  # fmt: skip


def _lines(column: Column) -> Labels | None:
    if isinstance(column.lines, range):
        return None
    return np.array(column.lines, dtype=np.int64)


def target_position(source: Source, names: Sequence[str], target: str) -> int:
    """Index of the target column: by name, by position from 1, from the end where that is negative, or the last."""
    if not target:
        return len(names) - 1
    if target in names:
        return names.index(target)
    folded = [name.casefold() for name in names]
    if folded.count(target.strip().casefold()) == 1:
        return folded.index(target.strip().casefold())
    try:
        position = int(target)
    except ValueError:
        close = difflib.get_close_matches(target, names, 1)
        shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise DataError(f"{source.file}: no column {target!r}; the columns are {shown}{hint}") from None
    if 1 <= position <= len(names):
        return position - 1
    if -len(names) <= position <= -1:
        return len(names) + position
    raise DataError(f"{source.file}: no column {position}; there are {len(names)}")


class _Faults:
    """Cells that cannot be used: the first ones in words, the rest as a count."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.shown: list[tuple[int, int, str]] = []
        self.count = 0

    def add(self, index: int, column: Column, row: int, message: str) -> None:
        self.count += 1
        if len(self.shown) < 10 * SHOWN:
            self.shown.append((column.lines[row], index + 1, f"{message} (column {column.name!r})"))

    def raise_if_any(self) -> None:
        """Raise what was found, by line and column."""
        if self.count:
            first = sorted(self.shown)[:SHOWN]
            lines = (f"{self.source.file}:{line}:{column}: {message}" for line, column, message in first)
            raise DataError(*lines, total=self.count)


def _numbers(source: Source, index: int, column: Column, faults: _Faults) -> Floats:
    """(n,) the column's numbers; what is none is a fault, and 0 here."""
    try:  # at once, which is many times faster, where every cell is a plain number
        if source.decimal == ".":
            values = np.array(column.cells, dtype=np.float64)
            if np.isfinite(values).all() and not any("_" in cell for cell in column.cells):
                return values
    except ValueError:
        pass
    values = np.zeros(len(column.cells))
    for row, cell in enumerate(column.cells):
        value = number(cell, source.decimal)
        if value is None:
            faults.add(index, column, row, _why_not(cell, source.decimal))
        else:
            values[row] = value
    return values


def _why_not(cell: str, decimal: str) -> str:
    word = cell.strip()
    if word.lower() in MISSING:
        return f"missing value {word!r}" if word else "missing value"
    shown = repr(word if len(word) <= 30 else word[:30] + "…")
    if THOUSANDS.fullmatch(word):
        return f'{shown} is not a number; write it without thousands separators, or say decimal = "comma"'
    if decimal == "." and number(word, ",") is not None:
        return f"{shown} is not a number; decimals follow a point here"
    if decimal == "," and number(word, ".") is not None:
        return f"{shown} is not a number; decimals follow a comma here"
    return f"{shown} is not a number"


def _labels(source: Source, index: int, column: Column, faults: _Faults) -> list[str]:
    """The class of every row; numbers that are the same count as one class however they are written."""
    labels = []
    numeric = all(number(cell, source.decimal) is not None for cell in column.cells)
    for row, cell in enumerate(column.cells):
        word = cell.strip()
        if word.lower() in MISSING:
            faults.add(index, column, row, _why_not(cell, source.decimal))
        labels.append(_canonical(number(word, source.decimal), word) if numeric else word)
    return labels


def _canonical(value: float | None, word: str) -> str:
    if value is None:
        return word
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _classes(source: Source, column: Column, labels: Sequence[str]) -> list[str]:
    """The different labels, in order.

    Raises:
        DataError: there are too many.
    """
    classes = _ordered(set(labels), source.decimal)
    if len(classes) > _MOST_CLASSES:
        raise DataError(
            f"{source.file}: column {column.name!r} has {len(classes):,} different values, more than {_MOST_CLASSES:,} "
            'classes; is another column meant, or task = "regression"?'
        )
    return classes


def _ordered(labels: set[str], decimal: str) -> list[str]:
    """Numbers by size, words by the alphabet."""
    if all(number(label, ".") is not None for label in labels):
        return sorted(labels, key=float)
    return sorted(labels)


def _task_of(source: Source, column: Column) -> str:
    """A class where a cell is text, or where all are whole numbers and there are few different ones."""
    values = [number(cell, source.decimal) for cell in column.cells if cell.strip().lower() not in MISSING]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        mostly_numbers = len(known) > 0.9 * len(values) and len(set(known)) > _FEW_NUMBERS
        return "regression" if mostly_numbers else "classification"
    whole = all(value.is_integer() for value in known)
    few = len(set(known)) <= max(2, min(_FEW_NUMBERS, len(known) // 5))
    return "classification" if whole and few else "regression"
