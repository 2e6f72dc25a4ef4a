"""The learning rate: behind us as it was, before us as it will be by the same schedule function."""

from __future__ import annotations

import math
import sys

import numpy as np

from nntui.charts import message, schedule_chart
from nntui.experiment.build import build_schedule
from nntui.tui.drawings.changes import rate_at
from nntui.tui.drawings.curves import epochs_shown
from nntui.tui.drawings.pieces import Floats, change_marks, title_with_room, waiting
from nntui.tui.model import Model
from nntui.tui.stretches import Stretch, after
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number


def draw(request: Request) -> Drawing:
    """The learning-rate panel: all of it as it is in force, whatever was asked for and has no answer yet."""
    model, size, look = request.model, request.size, request.look
    if not model.stretches:
        return Drawing(message(waiting(model), size, look))
    shown = epochs_shown(request) if request.view.zoom.span is not None else None
    rate = model.status.learning_rate if model.status is not None else math.nan
    now = int(2 * size[0] * model.epochs_done / max(model.epochs, model.epochs_done, 1.0))  # in dots
    version = (model.settings_version, number(rate), now, shown, model.cursor, size, look, request.maximised,
               "textual_plotext" in sys.modules)  # fmt: skip
    return model.kept("learning rate", version, lambda: _draw(request))


def _draw(request: Request) -> Drawing:
    model, size, look = request.model, request.size, request.look
    points = 4 * size[0]
    shown = epochs_shown(request) if request.view.zoom.span is not None else None
    rate = model.status.learning_rate if model.status is not None else math.nan
    follows = _follows_the_loss(model.stretches[-1])
    version = (model.settings_version, points, shown, rate if follows else None)
    epochs, rates = model.kept("rates", version, lambda: rates_of_run(model, points, shown))
    rows = schedule_chart(
        epochs, rates, model.epochs_done, size, look,
        marks=change_marks(model, float(epochs[-1] - epochs[0])), x_range=shown, cursor=model.cursor,
        x_label="epoch", say_now=False,
        plotted=request.maximised and "textual_plotext" in sys.modules,
        unknown_from=model.epochs_done if follows and model.epochs_done < epochs[-1] else None,
    )  # fmt: skip
    experiment = model.past_experiment or model.experiment
    scale = float(experiment.schedule.scale)
    by = f" × {scale:.4g}" if scale != 1 else ""
    now = f"now {number(rate)}" if model.cursor is None else f"at {model.cursor:,} {number(rate_then(model))}"
    name = experiment.schedule.name
    titles = (f"Learning rate · {name}{by}", f"Learning rate{by}", "Learning rate")
    return Drawing(rows, title_with_room(size[0], now, *titles), now)


def rate_then(model: Model) -> float:
    """The learning rate of the step after the epoch selected by the time cursor; in the present, that of the next."""
    now = model.status.learning_rate if model.status is not None else math.nan
    if model.cursor is None or not model.stretches:
        return now
    stretch = after(model.stretches, model.cursor)
    if not _follows_the_loss(stretch):
        return rate_at(stretch, stretch.step + round((model.cursor - stretch.epoch) * stretch.steps_per_epoch))
    if model.history is None:
        return now
    later = model.history.values("learning_rate")[model.history.values("epoch") > model.cursor]
    return float(later[0]) if later.size else now


def _follows_the_loss(stretch: Stretch) -> bool:
    schedule = build_schedule(stretch.experiment, stretch.total_steps)
    return schedule.unknown_from is not None


def rates_of_run(model: Model, points: int, shown: tuple[float, float] | None = None) -> tuple[Floats, Floats]:
    """The learning rate over the whole run, or the epochs shown, each stretch by the settings that held or will hold.

    Returns:
        epochs (n,), rates (n,), with both sides of every change.
    """
    stretches = model.stretches
    total = max(float(model.epochs), model.epochs_done, 1.0)
    first, last = shown or (0.0, total)
    epochs: list[Floats] = []
    rates: list[Floats] = []
    for index, stretch in enumerate(stretches):
        end = min(stretches[index + 1].epoch if index + 1 < len(stretches) else total, last)
        begin = max(stretch.epoch, first)
        if end <= begin:
            continue
        count = max(round(points * (end - begin) / (last - first)), 2)
        at = np.linspace(begin, end, count)
        steps = np.floor(stretch.step + (at - stretch.epoch) * stretch.steps_per_epoch + 1e-6).astype(np.int64)
        steps[-1] = max(steps[-1] - 1, stretch.step)
        epochs.append(at)
        if _follows_the_loss(stretch):
            rates.append(_as_recorded(model, at))
            continue
        schedule = build_schedule(stretch.experiment, stretch.total_steps)
        rates.append(np.asarray(schedule.values(steps), dtype=np.float64) * stretch.experiment.schedule.scale)
    return np.concatenate(epochs), np.concatenate(rates)


def _as_recorded(model: Model, epochs: Floats) -> Floats:
    """The rates that the rows tell of, at these epochs; after the last row, the rate in force."""
    history, status = model.history, model.status
    now = status.learning_rate if status is not None else math.nan
    if history is None:
        return np.full(len(epochs), now)
    at, rates = history.values("epoch"), history.values("learning_rate").astype(np.float64)
    known = np.isfinite(rates)
    at, rates = at[known], rates[known]
    after = np.searchsorted(at, epochs, side="left")
    return np.append(rates, now)[after]
