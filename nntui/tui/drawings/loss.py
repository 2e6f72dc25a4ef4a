"""Loss over the epochs, training, validation and test, with what was changed when and what guessing would cost."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.frame import message
from nntui.charts.line import Series, line_chart
from nntui.tui.drawings.curves import curve, epochs_shown, held_out
from nntui.tui.drawings.pieces import best, change_marks, ghosts, said_with_room, waiting
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number, whole

SLOW = 2.0
"""Below so many epochs per second the epoch under way is shown too, by the mean loss of its batches so far."""


def draw(request: Request) -> Drawing:
    """The loss panel."""
    model, size, look, view = request.model, request.size, request.look, request.view
    if model.history is None or model.started is None:
        return Drawing(message(waiting(model), size, look))
    shown = epochs_shown(request)
    train = curve(request, "train_loss", "train", "train", shown)
    guessing = model.guessing_loss
    rows = line_chart(
        [train, *held_out(request, "loss", shown), *_under_way(model, train)], size, look,
        x_range=shown, log_y=view.log, log_x=view.log_x, x_label="epoch",
        marks=change_marks(model, shown[1] - shown[0]),
        baseline=(guessing, "guessing") if math.isfinite(guessing) else None, cursor=model.shown_epoch,
        ghosts=[*ghosts(model, "train_loss", "train"), *ghosts(model, "test_loss", "test")],
    )  # fmt: skip
    title, lowest = _title(request), best(request, f"{model.decided_by}_loss")
    words = [f"{so_far} · {lowest}" if lowest else so_far for so_far in _so_far(model)]
    return Drawing(rows, title, said_with_room(size[0], title, *words, *_so_far(model), lowest))


def _title(request: Request) -> str:
    view = request.view
    words = ["Loss"]
    if view.log or view.log_x:
        words.append("log-log" if view.log and view.log_x else "log" if view.log else "log epochs")
    if view.zoom.span is not None:
        words.append("zoom")
    if view.smoothing:
        words.append(f"smoothed {view.smoothing:g}")
    return " · ".join(words)


def _shows_under_way(model: Model) -> bool:
    """Whether an epoch is under way, and slow enough to be seen."""
    status = model.status
    if status is None or not math.isfinite(status.running_loss) or model.shown_epoch is not None:
        return False
    return status.epoch < 1 or 0 < status.epochs_per_second < SLOW or status.state == "paused"


def _so_far(model: Model) -> list[str]:
    """The mean loss of the batches of the epoch under way: another network and other samples than the curves show."""
    if not _shows_under_way(model) or model.status is None:
        return []
    loss, epoch = number(model.status.running_loss, 3), whole(model.status.epoch + 1)
    return [f"epoch {epoch} so far: {loss}", f"so far {loss}"]


def _under_way(model: Model, train: Series) -> list[Series]:
    """From the last epoch's training loss to the mean of the batches since."""
    x, y = np.asarray(train.x, dtype=np.float64), np.asarray(train.y, dtype=np.float64)
    at = model.epochs_done
    if not _shows_under_way(model) or model.status is None or not x.size or at <= x[-1]:
        return []
    return [Series("", train.role, [x[-1], at], [y[-1], model.status.running_loss])]
