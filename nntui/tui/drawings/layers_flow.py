"""How large the signal is that reaches each layer on the way back, first layer to last."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nntui.charts.frame import message
from nntui.charts.profile import Level, profile
from nntui.training.insights.trends import Trends
from nntui.tui.drawings.chain_bars import first_to_last, in_words
from nntui.tui.drawings.pieces import said_with_room, text_row, title_with_room, unmeasured
from nntui.tui.drawings.trends import moment_of, trends_of
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, number, whole

VANISHING, EXPLODING = 1e-2, 1e2
"""Signal at the first ÷ at the last hidden layer, from where on something is wrong: the bounds of the diagnosis."""


def draw(request: Request) -> Drawing:
    """The profile at the epoch looked at, or now."""
    model, (width, height), look = request.model, request.size, request.look
    trends = trends_of(model)
    if trends is None:
        return Drawing(message(unmeasured(model), request.size, look))
    trends, tick, epoch = moment_of(model, trends)
    signal = trends.signal[:, tick].astype(np.float64).tolist()
    levels = [Level(name, value, _role(trends, index, signal)) for index, (name, value) in
              enumerate(zip(trends.layers, signal, strict=True))]  # fmt: skip
    told = _words(trends.layers, signal, width)
    spoken = height >= 4
    on = f" on {whole(trends.samples)} samples" if trends.samples else ""
    rows = profile(levels, (width, height - spoken), look, unit=f"rms ∂L/∂z{on}")
    if spoken:
        rows = [text_row(told, width, look), *rows]
    words = in_words(signal)
    titles: tuple[str, ...] = ("Gradient flow · signal reaching each layer", "Gradient flow")
    if epoch is not None:
        titles = (f"Gradient flow · measured at epoch {epoch:.4g}", f"Gradient flow · epoch {epoch:.4g}")
    title = title_with_room(width, words[-1] if words else "", *titles)
    return Drawing(rows, title, said_with_room(width, title, *words))


def _role(trends: Trends, index: int, signal: Sequence[float]) -> str:
    """How a layer stands to the last hidden one."""
    hidden = signal[:-1]
    if index >= len(hidden) or len(hidden) < 2 or not hidden[-1] > 0:
        return "weights"
    share = signal[index] / hidden[-1]
    return "warning" if share < VANISHING else "error" if share > EXPLODING else "weights"


def _words(names: Sequence[str], signal: Sequence[float], width: int = 200) -> list[Part]:
    """What becomes of the signal on its way back, in as many words as fit."""
    ratio = first_to_last(signal)
    if math.isnan(ratio):
        if len(signal) < 3:
            said = "One hidden layer or none: it cannot get lost on the way."
            return [(said if len(said) <= width else "Too few layers to get lost in.", "muted")]
        return [("No signal reaches the last hidden layer.", "warning")]
    last = names[-2]
    head, role = ("Steady", "ok")
    if ratio < VANISHING:
        head, role = "Vanishing", "warning"
    elif ratio > EXPLODING:
        head, role = "Exploding", "error"
    elif min(signal[:-1]) < VANISHING * signal[-2]:
        return _lost_in_the_middle(names, signal, width)
    times = f"1/{1 / ratio:,.0f} of" if 0 < ratio < VANISHING and 1 / ratio < 1e9 else f"{number(ratio, 2)} times"
    short = f"{number(ratio, 2)}×"
    for said in (
        f": hidden 1 gets {times} the signal of {last}",
        f": hidden 1 gets {short} {last}",
        f": h1 gets {short} h{len(names) - 1}",
    ):
        if len(head) + len(said) <= width:
            break
    return [(head, role), (said, "text")]


def _lost_in_the_middle(names: Sequence[str], signal: Sequence[float], width: int) -> list[Part]:
    """The first hidden layer is well off, but another is not."""
    hidden = list(signal[:-1])
    least = hidden.index(min(hidden))
    share = number(hidden[least] / hidden[-1], 2)
    said = f": {names[least]} gets {share} times the signal of {names[-2]}"
    if len(said) + 6 > width:
        said = f": h{least + 1} gets {share}× h{len(hidden)}"
    return [("Uneven", "warning"), (said, "text")]


def facts(model: Model) -> dict[str, str]:
    """The signal at each layer, and what becomes of it on the way."""
    trends = trends_of(model)
    if trends is None:
        return {}
    trends, tick, _ = moment_of(model, trends)
    signal = trends.signal[:, tick].astype(np.float64).tolist()
    found = {name: number(value, 3) for name, value in zip(trends.layers, signal, strict=True)}
    return {"in words": "".join(text for text, _ in _words(trends.layers, signal)), **found}
