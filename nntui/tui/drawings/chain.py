"""One weight's gradient for one sample, factor by factor; a page a layer on the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from textual.strip import Strip

from nntui.training.insights.chain import Chain, ChainLayer
from nntui.tui.drawings.pieces import text_row, title_with_room
from nntui.tui.drawings.predictions import nothing, record, too_large
from nntui.tui.drawings.selecting import move
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, length, number, whole

__all__ = ["draw", "move"]

Line: TypeAlias = list[Part]

DIGITS = 4
ROUNDING = 1e-9
"""What rounding leaves of a difference quotient at most, of losses up to 10: 1e-15 of them, divided by the nudge."""
ROOMY = 66
"""Cells in a line from which on the words are whole sentences."""
_LOSSES = {
    "categorical_cross_entropy": "cross-entropy", "binary_cross_entropy": "cross-entropy",
    "mean_squared_error": "squared error", "mean_absolute_error": "absolute error",
}  # fmt: skip


def draw(request: Request) -> Drawing:
    """Page 1 has the product; the others go back through the layers, from the loss to the weight."""
    found: Chain | None = record(request.model, "chain")
    if found is None:
        return nothing(request, too_large(request.model))
    steps = list(range(len(found.layers) - 1, found.layer - 1, -1))
    pages = 1 + len(steps)
    page = min(request.page, pages - 1)
    lines = _overview(found, request.size) if page == 0 else _step(found, steps[page - 1], request.size)
    step = f"step {page} of {len(steps)} back" if page else _weight(found)
    said = f"{page + 1}/{pages} ↑↓"
    title = title_with_room(request.size[0], said, f"Chain rule · {step}", step)
    return Drawing(_rows(lines, request), title, said, pages)


def _weight(found: Chain) -> str:
    if found.source < 0:
        return f"bias of unit {found.unit + 1}, {found.layers[found.layer].layer}"
    return f"{found.source_name} → unit {found.unit + 1}, {found.layers[found.layer].layer}"


def _overview(found: Chain, size: tuple[int, int]) -> list[Line]:
    layer = found.layers[found.layer]
    roomy = size[0] >= ROOMY
    digits = DIGITS if roomy else 3

    def n(value: float) -> str:
        return _number(value, digits)

    slope = f"slope of {layer.activation} at z = {n(found.z)}, where a = {n(found.a)}"
    lines: list[Line] = [
        [
            (f"Sample {whole(found.sample + 1)} of {whole(found.samples)}", "title"),
            (f" ({found.place})" if roomy and found.place else "", "muted"),
            (f"  is {found.true}, {'the network ' if roomy else ''}says {found.said}", "text"),
            (f"  L = {n(found.loss)} ({_LOSSES.get(found.loss_name, found.loss_name)})", "text"),
        ],
        [("∂L/∂w = ", "text"), ("∂L/∂a", "train"), (" · ", "text"), ("∂a/∂z", "test"), (" · ", "text"),
         ("∂z/∂w", "activation")],
        [("      = ", "text"), (n(found.back), "train"), (" · ", "text"), (n(found.slope), "test"), (" · ", "text"),
         (n(found.x), "activation"), (" = ", "text"), (n(found.product), "now")],
        _verdict(found),
        [("∂z/∂w ", "activation"), (_comes_in(found, roomy), "text")],
        [("∂a/∂z ", "test"), (slope if roomy else f"{layer.activation}′ at z = {n(found.z)}", "text")],
        [("∂L/∂a ", "train"), (_comes_back(found, roomy), "text")],
    ]  # fmt: skip
    if _is_fused(found):
        lines.insert(3, [(f"at the output all are summed: ∂L/∂z = a − y = {n(found.delta)}", "muted")])
    if length(lines[2]) > size[0]:
        lines[2:3] = [lines[2][:-2], [("      = ", "text"), lines[2][-1]]]
    lines = _broken(lines, size[0])
    return lines + _terms(found, size[1] - len(lines), digits)


def _is_fused(found: Chain) -> bool:
    return found.layer == len(found.layers) - 1 and found.output == "softmax"


def _verdict(found: Chain) -> Line:
    """The three ways to the same number."""
    apart = abs(found.backpropagated - found.nudged)
    agrees = found.difference < 1e-4 or apart < ROUNDING * max(1.0, abs(found.loss) / 10)
    said: Line = [
        (f"Backprop {_signed(found.backpropagated)}, nudge {_signed(found.nudged)},", "text"),
        (f"  relative difference {_small(found.difference)}", "ok" if agrees else "warning"),
    ]
    if found.at_kink and not agrees:
        said.append(("  (a kink lies between)", "muted"))
    elif found.difference >= 1e-6 and agrees:
        said.append(("  (rounding: the gradient is tiny)", "muted"))
    return said


def _small(value: float) -> str:
    return f"{value:.0e}".replace("e-0", "e-") if value else "0"


def _comes_in(found: Chain, roomy: bool) -> str:
    if found.source < 0:
        return "of a bias is 1: z = Σ w·x + b"
    if not roomy:
        return f"{found.source_name} = {_number(found.x, 3)}; w = {_number(found.weight, 3)}"
    return f"what comes in through this weight: {found.source_name} = {_number(found.x)}; w = {_number(found.weight)}"


def _comes_back(found: Chain, roomy: bool) -> str:
    if found.layer == len(found.layers) - 1:
        return f"how the loss changes with output {found.unit + 1}"
    above = found.layers[found.layer + 1]
    paths = f"{found.paths:,.0f} path{'s' if found.paths != 1 else ''}"
    units = f"{found.terms.total} unit{'s' if found.terms.total != 1 else ''}"
    if not roomy:
        return f"Σ of {found.terms.total} in {above.layer}; {paths}"
    return f"sum over the {units} of {above.layer}: weight × ∂L/∂z; {paths}"


def _terms(found: Chain, room: int, digits: int) -> list[Line]:
    """The terms of the sum, the largest first."""
    if room < 2 or found.terms.total < 2:
        return []
    terms = found.terms
    last = found.layer == len(found.layers) - 1
    what, wide = "output" if last else "unit", digits + 6 - (digits < DIGITS)
    lines: list[Line] = []
    for at in range(min(room - 1, len(terms.shown))):
        lines.append(
            [
                (f"  {what} {terms.shown[at] + 1:>3}: ", "muted"),
                (f"{_fitting(float(terms.factor[at]), digits, wide):>{wide}} · ", "text"),
                (f"{_fitting(float(terms.signal[at]), digits, wide):>{wide}} = ", "text"),
                (f"{_fitting(float(terms.product[at]), digits, wide):>{wide}}", "train"),
            ]
        )
    left = terms.total - len(lines)
    shown = float(terms.product[: len(lines)].sum())
    whole_sum = float(terms.product.sum()) + terms.rest
    if left > 0:
        lines.append([(f"  {left} more: {_number(whole_sum - shown)}; sum {_number(whole_sum)}", "muted")])
    else:
        lines.append([(f"  sum {_number(whole_sum)}", "muted")])
    return lines


def _step(found: Chain, at: int, size: tuple[int, int]) -> list[Line]:
    """One layer: every unit's numbers, those of the chosen one marked."""
    layer = found.layers[at]
    roomy = size[0] >= ROOMY - 6
    lines = _broken([_heading(found, at, roomy)], size[0])
    columns = {"z": layer.z, "a": layer.a, "∂L/∂a": layer.back, "∂a/∂z": layer.slope, "∂L/∂z": layer.delta}
    heads = [head for head in columns if roomy or head != "z"]
    wide = max(min((size[0] - 5) // len(heads), 11), 1)
    digits = 4 if wide >= 11 else 3 if wide >= 9 else 2
    lines.append([(f"{'unit':>5}" + "".join(f"{head:>{wide}}" for head in heads), "muted")])
    for index in _listed(layer, found, at, size[1] - len(lines) - 1):
        chosen = at == found.layer and int(layer.shown[index]) == found.unit
        text = "".join(f"{_number(float(columns[head][index]), digits):>{wide}}" for head in heads)
        lines.append([(f"{'▶' if chosen else ' '}{layer.shown[index] + 1:>4}{text}", "now" if chosen else "text")])
    units = f"{layer.units} unit{'s' if layer.units != 1 else ''}"
    lines.append([(f"{units}; root mean square of ∂L/∂z: {_number(layer.rms_delta)}", "muted")])
    return lines


def _heading(found: Chain, at: int, roomy: bool) -> Line:
    layer, name = found.layers[at], _LOSSES.get(found.loss_name, found.loss_name)
    if at == len(found.layers) - 1:
        if name == "cross-entropy":
            both = f"{layer.activation} and cross-entropy{' together' if roomy else ''}"
            return [(layer.layer, "title"), (f"  {both}: ∂L/∂z = a − y", "text")]
        return [(layer.layer, "title"), (f"  from the {name} through {layer.activation}", "text")]
    above = found.layers[at + 1].layer
    parts = [(layer.layer, "title"), (f"  ∂L/∂a = Σ weight × ∂L/∂z of {above}", "text")]
    return [*parts, (f"  ∂L/∂z = ∂L/∂a · {layer.activation}′(z)", "text")]


def _listed(layer: ChainLayer, found: Chain, at: int, room: int) -> list[int]:
    """Places of the units that are listed: the largest ∂L/∂z, and the chosen one."""
    order = sorted(range(len(layer.shown)), key=lambda index: -abs(float(layer.delta[index])))
    kept = order[: max(room, 1)]
    for index in order:
        if at == found.layer and int(layer.shown[index]) == found.unit and index not in kept:
            kept[-1] = index
    return sorted(kept)


def _number(value: float, digits: int = DIGITS) -> str:
    return number(value, digits).replace("e-0", "e-")


def _fitting(value: float, digits: int, width: int) -> str:
    """The number in at most ``width`` cells where a power of ten can do that: ``-1.23e-4`` for ``-0.000123``."""
    said = _number(value, digits)
    return said if len(said) <= width else f"{value:.{digits - 1}e}".replace("e-0", "e-").replace("e+0", "e+")


def _signed(value: float) -> str:
    return _number(value).replace("-", "−", 1) if value < 0 else _number(value)


def _broken(lines: Sequence[Line], width: int) -> list[Line]:
    """Lines that are too long broken before the parts that begin with two blanks."""
    broken: list[Line] = []
    for parts in lines:
        current: Line = []
        for part in parts:
            if current and length([*current, part]) > width and part[0].startswith("  "):
                broken.append(current)
                current = [("  " + part[0].lstrip(), part[1])]
            else:
                current.append(part)
        broken.append(current)
    return broken


def _rows(lines: Sequence[Line], request: Request) -> list[Strip]:
    """Filled up."""
    width, height = request.size
    if request.look.glyphs == "ascii":  # where a dot between factors would become a dash
        lines = [[(text.replace("·", "*"), role) for text, role in parts] for parts in lines]
    rows = [text_row(parts, width, request.look) for parts in lines[:height]]
    return [*rows, *[text_row([], width, request.look)] * (height - len(rows))]


def facts(model: Model) -> dict[str, str]:
    """The factors, the product, and the other two ways to it."""
    found: Chain | None = record(model, "chain")
    if found is None:
        return {}
    return {
        "∂L/∂a": _number(found.back),
        "∂a/∂z": _number(found.slope),
        "∂z/∂w": _number(found.x),
        "product": _number(found.product),
        "back-propagated": _number(found.backpropagated),
        "by a nudge": f"{_number(found.nudged)} (relative difference {_small(found.difference)})",
        "paths": f"{found.paths:,.0f}",
    }
