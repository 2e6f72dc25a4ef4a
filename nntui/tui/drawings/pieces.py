"""What several drawings are put together from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual.strip import Strip

from nntui.charts.ghosts import Ghost
from nntui.charts.line import Mark
from nntui.charts.look import Look
from nntui.tui.drawings.changes import ghost_names, told
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Request
from nntui.tui.widgets.text import line, number, whole

Floats = npt.NDArray[np.float64]

_ENDS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0)


ROOM_FOR_EPOCH = 46
STEERS = 56
"""From so many columns on, the legend says what the test set decides; below, the frame says that it does."""
ROOM_FOR_GHOSTS = 4
"""An axis is at most so many times as long as the run, to show what was abandoned."""


def axis_end(epochs: float, total: int) -> float:
    """Where the epoch axis ends: ahead of the last epoch by a quarter at most, so that it moves seldom."""
    if epochs <= 1:
        return 1.0
    if epochs >= total * 0.8:
        return max(float(total), epochs)
    decade = 10.0 ** math.floor(math.log10(epochs))
    end = next((round(step * decade, 9) for step in _ENDS if step * decade >= epochs), epochs)
    return float(min(max(end, epochs), total))


def curves_end(model: Model) -> float:
    """Where the epoch axis of curves with ghosts ends: far enough to see the ghosts, unless the run were lost in it."""
    reach = max((ghost.end for ghost in model.ghosts.all), default=0.0)
    done = max(model.epochs_done, model.cursor or 0, min(reach, max(ROOM_FOR_GHOSTS * model.epochs_done, 10.0)))
    return axis_end(done, model.epochs)


def ghosts(model: Model, column: str, role: str, factor: float = 1.0) -> list[Ghost]:
    """The abandoned futures of a column, the newest last; on the training samples of the newest alone, lest they be
    too many to tell apart."""
    names = model.kept("ghost names", (model.ghosts.version, len(model.changes)), lambda: ghost_names(model))
    return [
        Ghost(name, role, ghost.history.values("epoch"), ghost.history.values(column).astype(np.float64) * factor)
        for name, ghost in list(zip(names, model.ghosts.all, strict=True))[-1 if role == "train" else 0 :]
    ]


def change_marks(model: Model, end: float) -> list[Mark]:
    """A mark for every change; what was moved again at once gets one for the last value."""
    marks: list[tuple[str, Mark]] = []
    near = end * 0.02
    for change in told(model):
        if marks and marks[-1][0] == change.name and change.epoch - marks[-1][1].x <= near:
            marks.pop()
        marks.append((change.name, Mark(change.epoch, change.short)))
    return [mark for _, mark in marks]


def best(request: Request, column: str, factor: float = 1.0, unit: str = "") -> str:
    """The best value so far and, where there is room, its epoch, for a frame."""
    history = request.model.history
    since = request.model.comparable_from if "loss" in column else 0
    found = history.best(column, since) if history is not None else None
    if found is None or found[0] < 1:
        return ""
    epoch, value = found
    name = "valid" if column.startswith("validation") else "test"
    if name == "test" and request.model.experiment.decided_by_loss and request.size[0] < STEERS:
        name = "test (steers)"
    said = f"◆ best {name} {number(value * factor, 3)}{unit}"
    return f"{said} · epoch {whole(epoch)}" if request.size[0] >= ROOM_FOR_EPOCH else said


def title_with_room(width: int, subtitle: str, *titles: str) -> str:
    """The first of the titles that leaves room for the subtitle in a frame around ``width`` cells, or the last."""
    return next((title for title in titles if cell_len(title) + cell_len(subtitle) + 7 <= width), titles[-1])


def said_with_room(width: int, title: str, *said: str) -> str:
    """The first of the subtitles that fits beside the title in a frame around ``width`` cells; none where none does:
    half a number says something else than the whole.
    """
    return next((words for words in said if cell_len(title) + cell_len(words) + 7 <= width), "")


def judged(samples: int, dead_samples: int) -> list[str]:
    """On how many training samples shares are measured, and dead units where these are others; the longest first."""
    if not samples:
        return []
    if dead_samples in (0, samples):
        return [f"on {whole(samples)} samples", whole(samples)]
    return [f"on {whole(samples)} samples, dead on {whole(dead_samples)}", f"on {whole(samples)} samples"]


def beside(
    blocks: Sequence[Sequence[Strip]], widths: Sequence[int], height: int, look: Look, gap: int = 1
) -> list[Strip]:
    """Blocks of rows next to each other, each filled up to ``height`` rows."""
    space = Strip.blank(gap, look.style("text"))
    rows = []
    for y in range(height):
        parts: list[Strip] = []
        for block, width in zip(blocks, widths, strict=True):
            if parts and gap:
                parts.append(space)
            parts.append(block[y] if y < len(block) else Strip.blank(width, look.style("text")))
        rows.append(Strip.join(parts))
    return rows


def text_row(parts: Sequence[tuple[str, str]], width: int, look: Look) -> Strip:
    """One row of words."""
    return line(parts, width, look.styles, look.glyphs)


def split_width(total: int, count: int, gap: int = 1) -> list[int]:
    """Widths of ``count`` columns with a gap between, together ``total``."""
    room = total - gap * (count - 1)
    edges = [room * index // count for index in range(count + 1)]
    return [end - start for start, end in pairwise(edges)]


def unmeasured(model: Model) -> str:
    """What to say where there is no measurement to draw."""
    if model.started is None or model.state == "failed":
        return waiting(model)
    if model.cursor is None:
        return "measuring"
    if not model.run:
        return "not recorded: the network of then is gone"
    return model.past_fault or "measuring"


def waiting(model: Model) -> str:
    """What to say where there is nothing to draw yet."""
    if model.state == "failed":
        return "no training process"
    if model.progress is not None:
        share = f" {model.progress.share:.0%}" if model.progress.share is not None else ""
        return f"{model.progress.what}{share}"
    return "starting"
