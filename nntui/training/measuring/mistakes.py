"""Measures `nntui.training.insights.mistakes`."""

from __future__ import annotations

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.training.insights.mistakes import Mistake, Mistakes
from nntui.training.measuring import Context
from nntui.training.measuring.answers import Answered, answers, are_probabilities, for_each_class

MOST = 24


def measure(context: Context) -> Mistakes:
    """Of the test part."""
    session, prepared = context.session, context.session.prepared
    part = answers(context).test
    dataset, index = prepared.split.dataset, prepared.split.test_index
    raw = dataset.inputs
    with np.errstate(all="ignore"):
        worst = tuple(_mistake(context, part, place, int(index[part.rows[place]])) for place in _worst(context, part))
    is_image = prepared.image_shape is not None
    low, high = _ends(context, raw) if is_image else (0.0, 0.0)
    return Mistakes(
        task=prepared.task,
        numbered_by=dataset.numbered_by,
        probabilities=are_probabilities(session.loss),
        wrong=int(np.count_nonzero(part.wrong)),
        rows=len(part.rows),
        total=part.total,
        features=prepared.input_labels,
        image_shape=prepared.image_shape,
        low=low,
        high=high,
        worst=worst,
    )


def _ends(context: Context, raw: Array) -> tuple[float, float]:
    """Of all images, looked for once."""
    if "image ends" not in context.kept:
        context.kept["image ends"] = float(raw.min()), float(raw.max())
    ends: tuple[float, float] = context.kept["image ends"]
    return ends


def _worst(context: Context, part: Answered) -> list[int]:
    """Places in the part, the worst first; what is not a number comes before all."""
    if context.session.prepared.task == "regression":
        badness, places = part.losses, np.arange(len(part.rows))
    else:
        places = np.flatnonzero(part.wrong)
        each = for_each_class(context.session.loss, part.outputs)[places]
        badness = each[np.arange(len(places)), part.said[places]] - each[np.arange(len(places)), part.true[places]]
    order: IntArray = np.argsort(-np.where(np.isnan(badness), np.inf, badness), kind="stable")[:MOST]
    chosen: list[int] = places[order].tolist()
    return chosen


def _mistake(context: Context, part: Answered, place: int, row: int) -> Mistake:
    """Of a place in the part, and the row of the data set that it is."""
    prepared, loss = context.session.prepared, context.session.loss
    if prepared.task == "regression":
        split = prepared.split
        true = float(part.targets[place, 0]) * float(split.target_std[0]) + float(split.target_mean[0])
        said = float(part.outputs[place, 0]) * float(split.target_std[0]) + float(split.target_mean[0])
        words, sure, sure_of_true = (f"{true:.4g}", f"{said:.4g}"), np.nan, np.nan
    else:
        names = prepared.class_names
        each = for_each_class(loss, part.outputs[place : place + 1])[0]
        words = names[part.true[place]], names[part.said[place]]
        sure, sure_of_true = float(each[part.said[place]]), float(each[part.true[place]])
    dataset = prepared.split.dataset
    inputs = dataset.inputs[row].astype(np.float32)
    return Mistake(dataset.number_of(row), *words, sure, sure_of_true, float(part.losses[place]), inputs)
