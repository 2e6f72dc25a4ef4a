"""Measures `nntui.training.insights.decision_map`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.data.features import derived_columns
from nntui.experiment.build import Prepared
from nntui.nn.arrays import Array, IntArray
from nntui.training.insights.decision_map import DecisionMap, Points
from nntui.training.measuring import Context
from nntui.training.measuring.answers import (
    Answered,
    answers,
    are_probabilities,
    classes,
    for_each_class,
    middle,
    spread,
)

CELLS = 64  # a side of the grid in small networks
FEWEST_CELLS = 24
_PARAMETER_CELLS = 16_000_000  # a forward pass costs as parameters × cells
POINTS = 400  # of each part
MARGIN = 0.06  # of the extent of the data, on every side
ALONG = 201  # places along a single input

Floats = npt.NDArray[np.float64]


def measure(context: Context) -> DecisionMap | None:
    """None where the data have neither one nor two inputs of their own, or several numbers are predicted."""
    prepared = context.session.prepared
    dataset = prepared.split.dataset
    raw = dataset.inputs if dataset.plane is None else dataset.plane
    if raw.shape[1] not in (1, 2) or (prepared.task == "regression" and prepared.outputs > 1):
        return None
    low, high = raw.min(axis=0), raw.max(axis=0)
    room = np.where(high > low, (high - low) * MARGIN, 0.5)
    low, high = low - room, high + room
    shape: tuple[int, ...]
    if raw.shape[1] == 1:
        grid, shape = np.linspace(low, high, ALONG), (ALONG,)
    else:
        side = _side(len(context.session.network.parameters))
        x, y = np.meshgrid(np.linspace(low[0], high[0], side), np.linspace(high[1], low[1], side))
        grid, shape = np.column_stack((x.ravel(), y.ravel())), (side, side)
    with np.errstate(all="ignore"):
        values, labels = _said(context, _as_trained(context, prepared, grid), shape)
    found = answers(context)
    split = prepared.split
    sample = min(max(context.chosen.sample, 0), context.session.train_samples - 1)
    loss = context.session.loss
    return DecisionMap(
        names=dataset.plane_names if dataset.plane is not None else dataset.feature_names,
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        classes=prepared.class_names,
        target=prepared.target_names[0] if prepared.target_names else "",
        probabilities=are_probabilities(loss),
        middle=middle(loss),
        values=values,
        labels=labels,
        train=_points(prepared, raw, split.train_index, found.train),
        test=_points(prepared, raw, split.test_index, found.test),
        sample=sample,
        sample_at=tuple(raw[split.train_index[sample]].tolist()),
    )


def _side(parameters: int) -> int:
    return min(CELLS, max(FEWEST_CELLS, int((_PARAMETER_CELLS / parameters) ** 0.5)))


def _as_trained(context: Context, prepared: Prepared, grid: Floats) -> Array:
    """(n, inputs): what the network would be given for these raw inputs, (n, 1 or 2)."""
    split, names = prepared.split, context.session.experiment.data.features
    inputs = derived_columns(grid, names) if names and split.dataset.plane is not None else grid
    scaled: Array = np.ascontiguousarray((inputs - split.mean) / split.std, prepared.train_x.dtype)
    return scaled


def _said(
    context: Context, inputs: Array, shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int16]]:
    """Values and labels as the record has them."""
    loss, prepared = context.session.loss, context.session.prepared
    z = context.session.network.forward(inputs)
    outputs = loss.outputs(z)
    none: npt.NDArray[np.int16] = np.empty((0, 0), np.int16)
    if prepared.task == "regression":
        values = outputs[:, 0] * prepared.split.target_std[0] + prepared.split.target_mean[0]
        return values.reshape(shape if len(shape) == 2 else (1, *shape)).astype(np.float32), none
    each = for_each_class(loss, outputs)
    if len(shape) == 1:
        return each.T.astype(np.float32), none
    said = classes(loss, z)
    sure = outputs[:, 0] if outputs.shape[1] == 1 else _of_two_or_more(each, said)
    return sure.reshape(shape).astype(np.float32), said.reshape(shape)


def _of_two_or_more(each: Array, said: npt.NDArray[np.int16]) -> Array:
    if each.shape[1] == 2:
        return (each[:, 1] - each[:, 0] + 1) / 2
    best: Array = each[np.arange(len(each)), said]
    return best


def _points(prepared: Prepared, raw: Floats, index: IntArray, part: Answered) -> Points:
    """index: (total,) rows of the data set that make up the part."""
    places = spread(len(part.rows), POINTS)
    rows = index[part.rows[places]]
    dataset = prepared.split.dataset
    at = raw[rows].astype(np.float32)
    none = np.empty(0, np.float32)
    return Points(
        total=part.total,
        x=np.ascontiguousarray(at[:, 0]),
        y=np.ascontiguousarray(at[:, 1]) if at.shape[1] > 1 else none,
        label=part.true[places] if len(part.true) else part.true,
        value=none if dataset.targets is None else dataset.targets[rows, 0].astype(np.float32),
        wrong=part.wrong[places],
        rows=part.rows[places].astype(np.int32),
    )
