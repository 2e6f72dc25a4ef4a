"""What the panels about predictions have in common."""

from __future__ import annotations

from typing import Any

from nntui.charts.frame import message
from nntui.tui.drawings.pieces import unmeasured
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import whole

FLAT_INPUTS = (1, 2)


def record(model: Model, name: str) -> Any:
    """What was measured under this name of the epoch looked at; None where it was not."""
    snapshot = model.shown_snapshot
    return None if snapshot is None else snapshot.insights.get(name)


def nothing(request: Request, why: str = "") -> Drawing:
    """Words in the place of a picture: ``why`` where the measurement does not apply, else what it waits for."""
    model = request.model
    text = why if model.started is not None and model.shown_snapshot is not None else ""
    return Drawing(message(text or unmeasured(model), request.size, request.look))


def is_classes(model: Model) -> bool:
    """Whether the run predicts classes."""
    return model.started is not None and model.started.task == "classification"


def is_regression(model: Model) -> bool:
    """Whether the run predicts numbers."""
    return model.started is not None and model.started.task == "regression"


def is_two_classes(model: Model) -> bool:
    """Whether there are just two classes, as far as the size of the output tells."""
    return is_classes(model) and model.started is not None and model.started.layer_sizes[-1] <= 2


def is_flat(model: Model) -> bool:
    """Whether all that the network knows of a sample is one or two numbers."""
    if model.started is None or (model.started.layer_sizes[-1] > 1 and is_regression(model)):
        return False
    return bool(model.experiment.data.features) or model.started.layer_sizes[0] in FLAT_INPUTS


def sampled(rows: int, total: int) -> str:
    """Said where not all rows were looked at."""
    return f"{whole(rows)} of {whole(total)}" if rows < total else ""
