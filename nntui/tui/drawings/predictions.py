"""What the panels about predictions have in common."""

from __future__ import annotations

from typing import Any

from nntui.charts.frame import message
from nntui.training.insights.chain import MOST_PARAMETERS
from nntui.tui.drawings.pieces import unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import whole


def record(model: Model, name: str) -> Any:
    """What was measured under this name of the epoch looked at; None where it was not."""
    snapshot = model.shown_snapshot
    return None if snapshot is None else snapshot.insights.get(name)


def nothing(request: Request, why: str = "") -> Drawing:
    """Words in the place of a picture: ``why`` where the measurement does not apply, else what it waits for."""
    model = request.model
    text = why if model.started is not None and model.shown_snapshot is not None else ""
    return Drawing(message(text or unmeasured(model), request.size, request.look))


def too_large(model: Model) -> str:
    """Why there is no closer look at the gradient; empty where there is."""
    if model.started is None or model.started.parameters <= MOST_PARAMETERS:
        return ""
    return f"a network of {whole(model.started.parameters)} weights is too large for it"


def sets(found: Any) -> list[tuple[str, str, Any]]:
    """Label, color role and figures of each set of a record: training, validation if there is one, test."""
    known = (("train", "train", found.train), ("valid", "ok", found.validation), ("test", "test", found.test))
    return [each for each in known if each[2] is not None]


ROOM_FOR_THREE = 50
"""Cells from which on the names of three sets have room beside a long name of the axis."""


def axis_name(name: str, short: str, found: Any, width: int) -> str:
    """A name of the vertical axis that leaves room for the names of all sets."""
    return short if len(sets(found)) > 2 and width < ROOM_FOR_THREE else name


def labels(found: Any) -> str:
    """The labels of these sets, ``train / test``."""
    return " / ".join(label for label, _, _ in sets(found))


def sampled(rows: int, total: int) -> str:
    """Said where not all rows were looked at."""
    return f"{whole(rows)} of {whole(total)}" if rows < total else ""
