"""Every hyperparameter with its value, those that were changed marked; and, where there is room, what changed when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.strip import Strip

from nntui.experiment import Value
from nntui.experiment.fitting import PairingError, pairing
from nntui.tui.drawings.changes import shown_value, told
from nntui.tui.drawings.learning_rate import rate_then
from nntui.tui.drawings.pieces import beside, split_width, text_row, title_with_room
from nntui.tui.model import SCALE, Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, clipped, number, wrapped

COLUMN = 25
ROOMY = 18
"""From so many rows on, the study's words and the changes stand below the values."""

_ORDER = (
    "optimizer.learning_rate", SCALE, "schedule.name", "schedule.", "optimizer.name", "optimizer.",
    "training.batch_size", "training.epochs", "network.hidden", "network.activation", "network.layers.",
    "regularization.", "network.dropout", "loss.name", "loss.", "data.name", "data.", "training.seed", "network.",
    "training.",
)  # fmt: skip
"""What a learner turns first comes first; a name that ends in a dot stands for the rest of its section."""

_SELDOM = frozenset(
    ("optimizer.epsilon", "data.test_share", "data.standardize", "training.precision", "training.shuffle",
     "training.restore_best")
)  # fmt: skip
_LOSSES = {
    "categorical_cross_entropy": "cross-entropy", "binary_cross_entropy": "cross-entropy",
    "mean_squared_error": "squared error",
}  # fmt: skip
_OFF: tuple[Value, ...] = (0, (), "", "auto")
_SHORT = {
    "optimizer.name": "optimizer",
    "optimizer.learning_rate": "base rate",
    SCALE: "rate scale",
    "schedule.name": "schedule",
    "training.batch_size": "batch size",
    "network.hidden": "hidden units",
    "network.activation": "activation",
    "loss.name": "loss",
    "data.name": "data",
    "network.initializer": "initializer",
    "network.output": "output",
    "training.precision": "precision",
}

Entry = tuple[str, str, bool, bool, str]
"""Label, value, changed from the preset, still asked for, dotted name."""


@dataclass(frozen=True)
class Layout:
    """Which entries are seen, and where: column by column from the top, ``rows`` in each.

    Attributes:
        first: index of the first entry on the page.
        widths: of the columns.
    """

    rows: int
    first: int
    widths: list[int]
    pages: int
    page: int


def laid_out(request: Request, entries: Sequence[Entry], below: int) -> Layout:
    """The columns and pages for these entries, ``below`` rows being needed for what stands under them."""
    width, height = request.size
    columns = max((width + 2) // (COLUMN + 2), 1)
    while columns > 1 and below and -(-len(entries) // (columns - 1)) + below + 1 <= height:
        columns -= 1
    room = max(height - below - 1, ROOMY // 2) if below else height
    rows = min(-(-len(entries) // columns), room)
    pages = -(-len(entries) // (rows * columns))
    page = min(request.page, pages - 1)
    return Layout(rows, page * rows * columns, split_width(width, columns, gap=2), pages, page)


def draw(request: Request) -> Drawing:
    """The hyperparameter panel: column by column, what is off or seldom turned on the last page."""
    model = request.model
    rate = number(model.status.learning_rate) if model.status is not None else ""
    version = (model.settings_version, tuple(model.pending.items()), rate, model.cursor, model.started is None,
               id(model.preset), request.page, request.size, request.look)  # fmt: skip
    return model.kept("hyperparameters", version, lambda: _draw(request))


def _draw(request: Request) -> Drawing:
    model, (width, height), look = request.model, request.size, request.look
    entries = listed(model)
    below = _below(model, width - 2) if height >= ROOMY else []
    at = laid_out(request, entries, len(below))
    blocks = [
        [_entry(entry, cells, request) for entry in entries[start : start + at.rows]]
        for cells, start in zip(at.widths, range(at.first, at.first + at.rows * len(at.widths), at.rows), strict=True)
    ]
    lines = beside(blocks, at.widths, at.rows, look, gap=2)
    if below:
        lines += [text_row([], width, look), *(text_row([(" ", "text"), *parts], width, look) for parts in below)]
    lines = [*lines, *[text_row([], width, look)] * (height - len(lines))][:height]
    changed = sum(entry[2] for entry in entries)
    then = "" if model.cursor is None else f"at {model.cursor:,}"
    subtitle = " · ".join(part for part in (f"* {changed} changed" if changed else "", then) if part)
    title = "Hyperparameters"
    if at.pages > 1:
        of = (f"{title} {at.page + 1} of {at.pages} ↑↓", f"{title} {at.page + 1}/{at.pages}")
        title = title_with_room(width, subtitle, *of, title)
    return Drawing(lines, title, subtitle, at.pages)


def click(request: Request, x: int, y: int) -> str:
    """The name of the hyperparameter under the mouse, to be edited; empty where there is none."""
    entries = listed(request.model)
    below = _below(request.model, request.size[0] - 2) if request.size[1] >= ROOMY else []
    at = laid_out(request, entries, len(below))
    column = next((index for index, _ in enumerate(at.widths) if x < sum(at.widths[: index + 1]) + 2 * index), -1)
    index = at.first + column * at.rows + y
    return entries[index][4] if column >= 0 and 0 <= y < at.rows and index < len(entries) else ""


def listed(model: Model) -> list[Entry]:
    """What there is to show: the learning rate in force, the settings by how soon one turns them, then what is off.

    With the time cursor in the past, all as it was then.
    """
    entries: list[Entry] = [("rate in force", number(rate_then(model)), False, False, "optimizer.learning_rate")]
    past = model.past_experiment
    rows = (past or model.experiment).parameters()
    names = sorted((row.name for row in rows if _is_own(model, row.name)), key=_place)
    for minor in (False, True):
        for name in names:
            changed = _is_changed(model, name)
            if minor == _is_minor(name, _value(model, name), changed):
                pending = past is None and name in model.pending
                entries.append((_SHORT.get(name, _label(name)), _shown(model, name), changed, pending, name))
    return entries


def _place(name: str) -> int:
    exact = name if name in _ORDER else next(part for part in reversed(_GROUPS) if name.startswith(part))
    return _ORDER.index(exact)


_GROUPS = sorted(part for part in _ORDER if part.endswith("."))


def _is_own(model: Model, name: str) -> bool:
    """Whether a layer's row says more than the row for all layers."""
    if not name.startswith("network.layers."):
        return True
    common = f"network.{name.rpartition('.')[2]}"
    try:
        return _value(model, name) != _value(model, common)
    except (KeyError, ValueError):
        return True


def _is_minor(name: str, value: Value, changed: bool) -> bool:
    return not changed and (name in _SELDOM or (value in _OFF and name not in ("loss.name", "training.seed")))


def _value(model: Model, name: str) -> Value:
    """The value of a setting: as it was at the time cursor or, in the present, as it was asked for last."""
    past = model.past_experiment
    return model.wanted(name) if past is None else past.value(name)


def _is_changed(model: Model, name: str) -> bool:
    """Whether that value differs from the preset's."""
    try:
        return bool(model.preset.value(name) != _value(model, name))
    except (KeyError, ValueError):
        return True


def _shown(model: Model, name: str) -> str:
    value = _value(model, name)
    if name == "loss.name" and value == "auto" and model.started is not None:
        outputs = model.started.layer_sizes[-1]
        try:
            decided = pairing(model.started.task, max(outputs, 2), str(_value(model, "network.output")), "auto").loss
            return _LOSSES.get(decided, decided)
        except PairingError:
            return "auto"
    return shown_value(value)


def _in_force(model: Model, name: str) -> str:
    """Before a value that was asked for: the one in force until the answer comes; empty where there is none."""
    try:
        return f"{shown_value(model.experiment.value(name))} → "
    except (KeyError, ValueError):
        return ""


def _label(name: str) -> str:
    section, _, last = name.partition(".")
    words = last.removeprefix("layers.").replace("_", " ").replace(".", " ")
    if name.startswith("network.layers."):
        return f"hidden {words}"
    return words if section not in ("data", "schedule") or name in _SHORT else f"{section} {words}"


def _entry(entry: Entry, width: int, request: Request) -> Strip:
    label, value, changed, pending, name = entry
    mark = "*" if changed else " "
    role = "warning" if changed else "text"
    ellipsis = "~" if request.look.glyphs == "ascii" else "…"
    if pending:
        value = f"{_in_force(request.model, name)}{value}{ellipsis}"
    shown = clipped(value, max(width - 2 - cell_len(label), width // 2), ellipsis)
    room = width - 1 - cell_len(shown) - 1
    parts: list[Part] = [(mark, "warning"), (label[: max(room, 4)], "muted")]
    space = width - sum(cell_len(text) for text, _ in parts) - cell_len(shown)
    return text_row([*parts, (" " * max(space, 1), "text"), (shown, role)], width, request.look)


def _below(model: Model, width: int) -> list[Sequence[Part]]:
    """What changed when, then what to look for and what to try."""
    result: list[Sequence[Part]] = []
    if told(model):
        result.append([("Changed", "title")])
        for change in told(model)[-8:]:
            when = f"epoch {change.epoch:.4g}"
            result.append([(f"{when:>12}  ", "muted"), (change.full, "warning")])
        result.append([])
    for title, text in (("Watch", model.experiment.watch), ("Try", model.experiment.try_)):
        if text.strip():
            result.append([(title, "title")])
            result += [[(said, "text")] for said in wrapped(text, width)]
            result.append([])
    return result
