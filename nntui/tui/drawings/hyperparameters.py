"""Every hyperparameter with its value, those that were changed marked; and, where there is room, what changed when."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from nntui.tui.drawings.pieces import beside, change_label, shown_value, split_width, text_row
from nntui.tui.model import SCALE, Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, number, wrapped

COLUMN = 25
ROOMY = 18
"""From so many rows on, the study's words and the changes stand below the values."""

_FIRST = (
    "optimizer.name",
    "optimizer.learning_rate",
    SCALE,
    "schedule.name",
    "training.batch_size",
    "network.hidden",
    "network.activation",
    "loss.name",
)
_SHORT = {
    "optimizer.name": "optimizer",
    "optimizer.learning_rate": "base rate",
    SCALE: "rate scale",
    "schedule.name": "schedule",
    "training.batch_size": "batch size",
    "network.hidden": "hidden",
    "network.activation": "activation",
    "loss.name": "loss",
    "data.name": "data",
    "network.initializer": "initializer",
    "network.output": "output",
    "training.precision": "precision",
}

Entry = tuple[str, str, bool, bool]
"""Label, value, changed from the preset, still asked for."""


def draw(request: Request) -> Drawing:
    """The hyperparameter panel."""
    model, (width, height), look = request.model, request.size, request.look
    entries = listed(model)
    below = _below(model, width - 2) if height >= ROOMY else []
    columns = max((width + 2) // (COLUMN + 2), 1)
    while columns > 1 and below and -(-len(entries) // (columns - 1)) + len(below) + 1 <= height:
        columns -= 1
    rows = min(-(-len(entries) // columns), height)
    pages = max(-(-len(entries) // columns) - rows, 0) + 1
    first = min(request.page, pages - 1) * columns
    widths = split_width(width, columns, gap=2)
    lines = [
        beside(
            [[_entry(entry, w, request)] for entry, w in zip(entries[at : at + columns], widths, strict=False)]
            + [[]] * (columns - len(entries[at : at + columns])),
            widths, 1, look, gap=2,
        )[0]
        for at in range(first, first + rows * columns, columns)
    ]  # fmt: skip
    if below:
        lines += [text_row([], width, look), *(text_row([(" ", "text"), *parts], width, look) for parts in below)]
    lines = [*lines, *[text_row([], width, look)] * (height - len(lines))][:height]
    changed = sum(entry[2] for entry in entries)
    more = "  ↑↓ more" if pages > 1 else ""
    subtitle = f"* {changed} changed" if changed else ""
    return Drawing(lines, f"Hyperparameters{more}", subtitle, pages)


def listed(model: Model) -> list[Entry]:
    """What there is to show: the learning rate in force first, then the settings, the most turned first."""
    parameters = {parameter.name: parameter for parameter in model.experiment.parameters()}
    names = [name for name in _FIRST if name in parameters] + [name for name in parameters if name not in _FIRST]
    rate = model.status.learning_rate if model.status is not None else math.nan
    entries: list[Entry] = [("rate in force", number(rate), False, bool(model.pending))]
    for name in names:
        value = shown_value(model.wanted(name))
        entries.append((_SHORT.get(name, _label(name)), value, model.is_changed(name), name in model.pending))
    return entries


def _label(name: str) -> str:
    section, _, last = name.partition(".")
    words = last.replace("_", " ").replace(".", " ")
    return words if section != "data" else f"data {words}"


def _entry(entry: Entry, width: int, request: Request) -> Strip:
    label, value, changed, pending = entry
    mark = "*" if changed else " "
    role = "warning" if changed else "text"
    shown = f"{value}…" if pending else value
    room = width - 1 - cell_len(shown) - 1
    parts: list[Part] = [(mark, "warning"), (label[: max(room, 4)], "muted")]
    space = width - sum(cell_len(text) for text, _ in parts) - cell_len(shown)
    return text_row([*parts, (" " * max(space, 1), "text"), (shown, role)], width, request.look)


def _below(model: Model, width: int) -> list[Sequence[Part]]:
    """What changed when, then what to look for and what to try."""
    result: list[Sequence[Part]] = []
    if model.changes:
        result.append([("Changed", "title")])
        for change in model.changes[-8:]:
            when = f"epoch {model.epoch_at(change.step):.4g}"
            result.append([(f"{when:>12}  ", "muted"), (change_label(change), "warning")])
        result.append([])
    for title, text in (("Watch", model.experiment.watch), ("Try", model.experiment.try_)):
        if text.strip():
            result.append([(title, "title")])
            result += [[(said, "text")] for said in wrapped(text, width)]
            result.append([])
    return result
