"""The user's own table as text: fields separated by commas, semicolons, tabs …

What is not said is found out from the first lines: the delimiter, whether decimals follow a point or a comma, and
whether the first line names the columns. Every cell that cannot be used is reported with file, line and column.
"""

from __future__ import annotations

import csv as csv_module
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nntui.data.columns import THOUSANDS, Column, Source, dataset_of, number
from nntui.data.dataset import Dataset, Progress
from nntui.data.errors import SHOWN, DataError
from nntui.files import TABLE, Unreadable, read_file

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
_SAMPLE = 200  # rows looked at to find out the form
_TELL_EVERY = 20_000  # rows between two words of progress
_MOST_CELLS = 200_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """How a file writes its table."""

    delimiter: str
    decimal: str
    header: bool


@dataclass(slots=True)
class _Row:
    line: int
    cells: list[str]


def csv(
    rng: np.random.Generator,
    progress: Progress | None = None,
    *,
    path: str,
    target: str,
    task: str,
    header: str,
    delimiter: str,
    decimal: str,
) -> Dataset:
    """Read a table from a text file; options as in the registry.

    Raises:
        DataError: the file cannot be read, or has cells, rows or columns that cannot be used.
    """
    file = Path(os.path.expanduser(path))
    text = _text(file, progress)
    form = _form(file, text, header, delimiter, decimal)
    names, rows = _table(file, text, form, progress)
    columns = _columns(file, names, rows, form)
    return dataset_of(Source(str(file), form.decimal), columns, target, task, progress)


def _text(file: Path, progress: Progress | None) -> str:
    """The whole file: UTF-8 with or without a byte order mark, UTF-16 with one, or else Windows-1252."""
    if progress:
        progress(f"reading {file.name}", None)
    try:
        content = read_file(file, TABLE)
    except Unreadable as error:
        raise DataError(f"{file}: {error}") from None
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise DataError(f"{file}: the file is empty")
        return text
    raise DataError(f"{file}: is not a text file")


def _form(file: Path, text: str, header: str, delimiter: str, decimal: str) -> Form:
    symbol = DELIMITERS[delimiter] if delimiter != "auto" else _guess_delimiter(text)
    sample = []
    for row in _rows(file, text, symbol):
        sample.append(row.cells)
        if len(sample) == _SAMPLE:
            break
    mark = {"point": ".", "comma": ","}.get(decimal) or _guess_decimal(sample)
    named = header == "yes" or (header == "auto" and _looks_like_header(sample, mark))
    return Form(symbol, mark, named)


def _guess_delimiter(text: str) -> str:
    """The symbol that cuts most of the first lines into the same number of fields, two or more.

    Among those that cut equally well, a semicolon, tab or pipe goes before the comma, which may be a decimal one, and
    the comma before the space.
    """
    lines = [line for line in text[:100_000].splitlines()[:_SAMPLE] if line.strip()]
    if len(text) > 100_000 and len(lines) > 1:
        lines.pop()
    best, best_rank = ",", (0.0, 0)
    for priority, symbol in enumerate((" ", ",", "|", "\t", ";")):
        try:
            counts = [len(row) for row in csv_module.reader(lines, delimiter=symbol, skipinitialspace=True) if row]
        except csv_module.Error:
            continue
        usual = max(set(counts), key=counts.count, default=1)
        rank = (round(counts.count(usual) / len(counts), 1) if usual > 1 else 0.0, priority)
        if usual > 1 and rank > best_rank:
            best, best_rank = symbol, rank
    return best


def _guess_decimal(sample: list[list[str]]) -> str:
    """A comma where more cells are numbers with it than with a point; 1,234 may be either and counts for neither."""
    cells = [cell for row in sample[1:] or sample for cell in row]
    commas = sum(_only(cell, ",") and not THOUSANDS.fullmatch(cell.strip()) for cell in cells)
    return "," if commas > sum(_only(cell, ".") for cell in cells) else "."


def _only(cell: str, mark: str) -> bool:
    """Whether the cell is a number with this decimal mark in it."""
    return mark in cell and number(cell, mark) is not None


def _looks_like_header(sample: list[list[str]], decimal: str) -> bool:
    """The first line has no number, and some line below it (if there is any) has one."""
    if not sample:
        return False
    first, below = sample[0], sample[1:]
    if any(number(cell, decimal) is not None for cell in first):
        return False
    return not below or any(number(cell, decimal) is not None for row in below for cell in row)


def _rows(file: Path, text: str, delimiter: str) -> Iterator[_Row]:
    """Rows that are not blank, each with the line it begins in."""
    stream = io.StringIO(text, newline="")
    if delimiter == " ":
        for line, words in enumerate(text.splitlines(), 1):
            if words.strip():
                yield _Row(line, words.split())
        return
    reader = csv_module.reader(stream, delimiter=delimiter, skipinitialspace=True, strict=True)
    begin = 1
    try:
        for cells in reader:
            if cells and not (len(cells) == 1 and not cells[0].strip()):
                yield _Row(begin, cells)
            begin = reader.line_num + 1
    except csv_module.Error as error:
        raise DataError(f"{file}:{begin}: {_csv_fault(str(error))}") from None


def _csv_fault(message: str) -> str:
    if "unexpected end of data" in message:
        return "a quote is opened here and never closed"
    if "expected after" in message:
        return "a quoted field goes on after its closing quote"
    return message


def _table(file: Path, text: str, form: Form, progress: Progress | None) -> tuple[list[str], list[_Row]]:
    """Names of the columns, and the rows, all of the same length."""
    rows: list[_Row] = []
    names: list[str] = []
    ragged: list[str] = []
    wrong = 0
    lines = max(text.count("\n"), 1)
    for row in _rows(file, text, form.delimiter):
        if not names:
            names = _names(file, row, form.header)
            if form.header:
                continue
        if len(row.cells) != len(names):
            row.cells = _trimmed(row.cells, len(names))
        if len(row.cells) != len(names):
            wrong += 1
            if len(ragged) < SHOWN:
                ragged.append(f"{file}:{row.line}: {len(row.cells)} fields; the first line has {len(names)}")
            continue
        rows.append(row)
        if progress and len(rows) % _TELL_EVERY == 0:
            progress(f"reading {file.name}", min(row.line / lines, 1.0))
        if len(rows) * len(names) > _MOST_CELLS:
            raise DataError(f"{file}: more than {_MOST_CELLS:,} cells; that is more than fits here")
    if ragged:
        raise DataError(*ragged, total=wrong)
    if len(rows) < 2:
        raise DataError(f"{file}: {len(rows)} row{'' if len(rows) == 1 else 's'} of data; at least 2 are needed")
    return names, rows


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Without an empty last field, which a delimiter at the line's end makes."""
    return cells[:width] if len(cells) == width + 1 and not cells[-1].strip() else cells


def _names(file: Path, row: _Row, header: bool) -> list[str]:
    if not header:
        return [f"column {position}" for position in range(1, len(row.cells) + 1)]
    cells = row.cells[:-1] if len(row.cells) > 1 and not row.cells[-1].strip() else row.cells
    names = [cell.strip() or f"column {position}" for position, cell in enumerate(cells, 1)]
    first: dict[str, int] = {}
    for position, name in enumerate(names, 1):
        if first.setdefault(name, position) != position:
            twice = f"column name {name!r} is there twice, first at {first[name]}"
            raise DataError(f"{file}:{row.line}:{position}: {twice}")
    return names


def _columns(file: Path, names: Sequence[str], rows: list[_Row], form: Form) -> list[Column]:
    lines = [row.line for row in rows]
    cells = zip(*(row.cells for row in rows), strict=True)
    return [Column(name, list(values), lines) for name, values in zip(names, cells, strict=True)]
