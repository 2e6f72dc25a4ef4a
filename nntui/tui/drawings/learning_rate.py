"""The learning rate: behind us as it was, before us as it will be by the same schedule function."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts import message, schedule_chart
from nntui.experiment.build import build_schedule
from nntui.tui.drawings.pieces import Floats, change_marks, waiting
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number


def draw(request: Request) -> Drawing:
    """The learning-rate panel."""
    model, size, look = request.model, request.size, request.look
    if not model.stretches:
        return Drawing(message(waiting(model), size, look))
    points = 4 * size[0]
    epochs, rates = model.kept("rates", (model.settings_version, points), lambda: rates_of_run(model, points))
    rows = schedule_chart(
        epochs, rates, model.epochs_done, size, look,
        marks=change_marks(model, float(epochs[-1])), x_label="epoch",
    )  # fmt: skip
    rate = model.status.learning_rate if model.status is not None else math.nan
    return Drawing(rows, f"Learning rate · {model.experiment.schedule.name}", f"now {number(rate)}")


def rates_of_run(model: Model, points: int) -> tuple[Floats, Floats]:
    """The learning rate over the whole run, each stretch by the settings that held or will hold in it.

    Returns:
        epochs (n,), rates (n,), with both sides of every change.
    """
    stretches = model.stretches
    total = max(float(model.epochs), model.epochs_done, 1.0)
    epochs: list[Floats] = []
    rates: list[Floats] = []
    for index, stretch in enumerate(stretches):
        end = stretches[index + 1].epoch if index + 1 < len(stretches) else total
        if end <= stretch.epoch:
            continue
        count = max(round(points * (end - stretch.epoch) / total), 2)
        at = np.linspace(stretch.epoch, end, count)
        steps = np.floor(stretch.step + (at - stretch.epoch) * stretch.steps_per_epoch + 1e-6).astype(np.int64)
        steps[-1] = max(steps[-1] - 1, stretch.step)
        schedule = build_schedule(stretch.experiment, stretch.total_steps)
        scale = stretch.experiment.schedule.scale
        epochs.append(at)
        rates.append(np.asarray(schedule.values(steps), dtype=np.float64) * scale)
    return np.concatenate(epochs), np.concatenate(rates)
