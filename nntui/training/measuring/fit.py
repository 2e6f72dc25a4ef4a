"""Measures `nntui.training.insights.fit`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.training.insights.fit import Fit, Fitted
from nntui.training.measuring import Context
from nntui.training.measuring.answers import Answered, answers, spread

Numbers = npt.NDArray[np.float64]

POINTS = 600  # of each part that travel; the figures are of all rows answered


def measure(context: Context) -> Fit | None:
    """None for classes."""
    prepared = context.session.prepared
    if prepared.task != "regression":
        return None
    found = answers(context)
    scale = prepared.split.target_mean, prepared.split.target_std
    with np.errstate(all="ignore"):
        validation = None if found.validation is None else _fitted(found.validation, *scale)
        return Fit(prepared.target_names, _fitted(found.train, *scale), _fitted(found.test, *scale), validation)


def _fitted(part: Answered, mean: Numbers, std: Numbers) -> Fitted:
    true = part.targets.astype(np.float64) * std + mean
    predicted = part.outputs.astype(np.float64) * std + mean
    squares = np.square(true - predicted).sum(axis=0)
    around = np.square(true - true.mean(axis=0)).sum(axis=0)
    rounding = 1e-12 * np.square(true).sum(axis=0)
    known = np.where(around > rounding, 1 - squares / np.where(around > rounding, around, 1), np.nan)
    places = spread(len(true), POINTS)
    return Fitted(
        part.total,
        true[places].astype(np.float32),
        predicted[places].astype(np.float32),
        tuple(known.tolist()),
        tuple(np.sqrt(squares / len(true)).tolist()),
    )
