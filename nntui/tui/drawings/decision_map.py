"""What the network says everywhere on the plane of its inputs, and the data on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rich.cells import cell_len

from nntui.charts.cells import OWN
from nntui.charts.frame import message
from nntui.charts.grounds import (
    BRIGHT,
    DARK,
    among_classes,
    between_two,
    class_color,
    height,
    legend_classes,
    letter,
    ramp_colors,
    ramp_place,
)
from nntui.charts.line import Series, line_chart
from nntui.charts.look import Look
from nntui.charts.plane import Entry, Ground, Spots, place_at, plane_chart
from nntui.charts.scatter import Dots, scatter
from nntui.charts.ticks import finite_range, format_number
from nntui.training.insights.decision_map import DecisionMap, Points
from nntui.tui.drawings.pieces import said_with_room, title_with_room
from nntui.tui.drawings.predictions import nothing, record, sampled
from nntui.tui.model import Model
from nntui.tui.suited import is_flat
from nntui.tui.widgets.panel import Drawing, Request

TRAIN, TEST = "•", "◦"
CHOSEN = "◆"
WRONG_TRAIN, WRONG_TEST = "x", "X"
CELLS_A_POINT = 5
"""So many cells a point, or the ground could not be seen."""
_CURVES = 6
_ROLES = ("train", "test", "activation", "error", "now", "muted")


def draw(request: Request) -> Drawing:
    """The decision map; its variants: which class it is, or how much."""
    found: DecisionMap | None = record(request.model, "decision_map")
    if found is None:
        return nothing(request, "" if is_flat(request.model) else "a map needs data with one or two inputs")
    if not np.isfinite(found.values).any() or not np.isfinite([*found.low, *found.high]).all():
        return Drawing(message("the outputs are not finite", request.size, request.look))
    if len(found.names) == 1:
        return _along(request, found)
    look, smooth = request.look, request.variant == 1
    found = _thinned(found, request.size[0] * request.size[1] // CELLS_A_POINT)
    ground, legend, spots = _numbers(found, look) if not found.classes else _classes(found, look, smooth)
    spots.append(_looked_at(found, look))
    legend = _with_every_class([*legend, Entry(CHOSEN, "looked at")], found, request.size[0])
    rows = plane_chart(
        ground, spots, request.size, look,
        x_range=(found.low[0], found.high[0]), y_range=(found.low[1], found.high[1]),
        x_name=found.names[0], y_name=found.names[1], legend=legend,
    )  # fmt: skip
    if not found.classes:
        title = "Predicted over the plane"
        return Drawing(rows, title, said_with_room(request.size[0], title, *_counted(found)))
    how = "how surely" if found.probabilities else "how far"
    width, said = request.size[0], _counted(found)
    title = title_with_room(width, said[-1], f"Decision map · {how if smooth else 'by class'}", "Decision map")
    return Drawing(rows, title, said_with_room(width, title, *said), variants=2)


def _thinned(found: DecisionMap, most: int) -> DecisionMap:
    """With so many points at most; the wrong ones stay."""
    shown = len(found.train.x) + len(found.test.x)
    if shown <= most:
        return found
    return replace(found, train=_fewer(found.train, most / shown), test=_fewer(found.test, most / shown))


def _fewer(part: Points, share: float) -> Points:
    count = len(part.x)
    evenly = np.zeros(count, np.bool_)
    evenly[np.linspace(0, count - 1, max(int(count * share), 1)).astype(np.intp) if count else []] = True
    kept = evenly | part.wrong
    label, value = (array[kept] if len(array) else array for array in (part.label, part.value))
    return Points(part.total, part.x[kept], part.y[kept], label, value, part.wrong[kept], part.rows[kept])  # type: ignore[arg-type]


def _looked_at(found: DecisionMap, look: Look) -> Spots:
    """The sample that all views look at closely."""
    colored = look.colors and look.glyphs != "ascii"
    here = found.sample_at
    return Spots([here[0]], [here[1]], CHOSEN, BRIGHT if colored else OWN, DARK if colored else None)


def click(request: Request, x: int, y: int) -> None:
    """Look at the training sample that is nearest to there."""
    found: DecisionMap | None = record(request.model, "decision_map")
    if found is None or len(found.names) != 2 or not len(found.train.x):
        return
    ends = (found.low[0], found.high[0]), (found.low[1], found.high[1])
    if not np.isfinite(ends).all():
        return
    place = place_at((x, y), request.size, *ends)
    if place is None:
        return
    # distances as they are on the screen, a cell being twice as high as it is wide
    across = (found.train.x - place[0]) / (ends[0][1] - ends[0][0]) * request.size[0]
    up = (found.train.y - place[1]) / (ends[1][1] - ends[1][0]) * request.size[1] * 2
    request.model.chosen.sample = int(found.train.rows[int(np.argmin(across**2 + up**2))])


def _counted(found: DecisionMap) -> list[str]:
    """What the frame says, the longest first."""
    shown, total = len(found.train.x) + len(found.test.x), found.train.total + found.test.total
    wrong = int(found.train.wrong.sum() + found.test.wrong.sum())
    parts = [f"{wrong} wrong" if found.classes else "", f"{sampled(shown, total)} points" if shown < total else ""]
    return [" · ".join(part for part in parts if part), parts[0]]


def _with_every_class(legend: Sequence[Entry], found: DecisionMap, width: int) -> list[Entry]:
    """Without the signs that would push a class out of the legend, if there is room for all classes."""
    room = width - cell_len(found.names[1]) - 2

    def cells(entries: Sequence[Entry]) -> int:
        return sum(cell_len(f"{entry.sign} {entry.words}") + 2 for entry in entries) - 2

    kept = [entry for entry in legend if entry.words in found.classes]
    if cells(kept) > room:
        return list(legend)
    for entry in legend:
        if entry not in kept and cells([*kept, entry]) <= room:
            kept.append(entry)
    return [entry for entry in legend if entry in kept]


def _classes(found: DecisionMap, look: Look, smooth: bool) -> tuple[Ground, list[Entry], list[Spots]]:
    two = len(found.classes) == 2
    ground = (
        between_two(found.values, look, middle=found.middle, smooth=smooth)
        if two
        else among_classes(found.labels, found.values, look, smooth=smooth)
    )
    colored = look.colors and look.glyphs != "ascii"
    wrong_sign = f"{WRONG_TRAIN}{WRONG_TEST}" if two or colored else "aA"
    signs = [Entry(f"{TRAIN}{TEST}", "train/test"), Entry(wrong_sign, "wrong")]
    legend = [*signs, *(Entry(*entry) for entry in legend_classes(found.classes, look))]
    spots = []
    for part, right, wrong in ((found.train, TRAIN, WRONG_TRAIN), (found.test, TEST, WRONG_TEST)):
        colors = np.array([class_color(label) for label in part.label.tolist()], np.int16) if colored else OWN
        glyphs = [
            right if not is_wrong else wrong if two or colored else _letter(label, wrong)
            for label, is_wrong in zip(part.label.tolist(), part.wrong.tolist(), strict=True)
        ]
        order = np.argsort(part.wrong, kind="stable")
        spots.append(
            Spots(
                part.x[order], part.y[order], [glyphs[index] for index in order],
                colors[order] if colored else OWN,  # type: ignore[index]
            )
        )  # fmt: skip
    return ground, legend, spots


def _letter(label: int, wrong: str) -> str:
    return letter(label).upper() if wrong == WRONG_TEST else letter(label)


def _numbers(found: DecisionMap, look: Look) -> tuple[Ground, list[Entry], list[Spots]]:
    """Ground and points by their number, on one scale: a point that stands out is predicted wrong."""
    ends = finite_range(*(np.asarray(part, np.float64) for part in (found.train.value, found.test.value))) or (0.0, 1.0)
    low, high = ends
    colored = look.colors and look.glyphs != "ascii"
    legend = [Entry(f"{TRAIN}{TEST}", "train/test")]
    if colored:
        tones = ramp_colors(np.linspace(0, 1, 9))
        signs = [Entry("█", "", int(tone)) for tone in tones]
        legend += [Entry("", f"{found.target} {format_number(low)}"), *signs[:1], *signs[4:5], *signs[8:]]
        legend += [Entry("", format_number(high))]
    spots = [_valued(part, sign, low, high, colored) for part, sign in ((found.train, TRAIN), (found.test, TEST))]
    return height(found.values, look, low, high), legend, spots


def _valued(part: Points, sign: str, low: float, high: float, colored: bool) -> Spots:
    if not colored:
        return Spots(part.x, part.y, sign)
    place = ramp_place(np.asarray(part.value, np.float64), low, high)
    return Spots(part.x, part.y, sign, np.where(place < 0.5, BRIGHT, DARK), ramp_colors(place))


def _along(request: Request, found: DecisionMap) -> Drawing:
    """One input: the output for each class, or the number, along it."""
    x = np.linspace(found.low[0], found.high[0], found.values.shape[1])
    size, look = request.size, request.look
    if not found.classes:
        points = [
            Dots(label, role, part.x, part.value, marker=sign)
            for label, role, part, sign in (
                ("train", "train", found.train, TRAIN), ("test", "test", found.test, TEST)
            )
        ]  # fmt: skip
        curve = Dots("network", "now", x, found.values[0], line=True)
        rows = scatter([*points, curve], size, look, x_label=found.names[0], y_label=found.target)
        return Drawing(rows, "Fitted curve", said_with_room(size[0], "Fitted curve", *_counted(found)))
    shown = _most_said(found)
    series = [Series(found.classes[at], _ROLES[index], x, found.values[at]) for index, at in enumerate(shown)]
    more = len(found.classes) - len(shown)
    what = "Probability" if found.probabilities else "Output"
    rows = line_chart(series, size, look, x_label=found.names[0], y_range=(0.0, 1.0) if found.probabilities else None)
    title = f"{what} by {found.names[0]}"
    said = [f"{more} more classes"] if more else _counted(found)
    return Drawing(rows, title, said_with_room(size[0], title, *said))


def _most_said(found: DecisionMap) -> Sequence[int]:
    order = np.argsort(-np.nan_to_num(found.values).max(axis=1), kind="stable")[:_CURVES]
    return sorted(order.tolist())


def facts(model: Model) -> dict[str, str]:
    """How many points there are, and how many are said wrong."""
    found: DecisionMap | None = record(model, "decision_map")
    if found is None:
        return {}
    parts = (("train", found.train), ("test", found.test))
    wrong = {label: f", {int(part.wrong.sum())} wrong" if found.classes else "" for label, part in parts}
    return {label: f"{len(part.x)} of {part.total} points looked at{wrong[label]}" for label, part in parts}
