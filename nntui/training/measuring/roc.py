"""Measures `nntui.training.insights.roc`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array
from nntui.training.insights.roc import Curve, Roc
from nntui.training.measuring import Context
from nntui.training.measuring.answers import Answered, answers, spread

POINTS = 200  # of a curve that travel

Floats = npt.NDArray[np.float64]


def measure(context: Context) -> Roc | None:
    """None unless there are two classes."""
    names = context.session.prepared.class_names
    if len(names) != 2:
        return None
    found = answers(context)
    validation = None if found.validation is None else _curve(found.validation)
    return Roc(names[1], _curve(found.train), _curve(found.test), validation)


def _curve(part: Answered) -> Curve:
    # z orders the samples as the outputs do, and does not run together at 0 and 1 as they may
    scores = part.z[:, 0] if part.z.shape[1] == 1 else part.z[:, 1] - part.z[:, 0]
    positive = part.true == 1
    false_rate, true_rate, area = operating_points(scores, positive)
    said = part.said == 1
    here = _share(said[~positive]), _share(said[positive])
    places = np.unique(spread(len(false_rate), POINTS))
    return Curve(
        part.total,
        len(part.rows),
        false_rate[places].astype(np.float32),
        true_rate[places].astype(np.float32),
        area,
        here,
    )


def operating_points(scores: Array, positive: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, float]:
    """False and true positive rates for every line that could be drawn between two scores, and the area below.

    The points begin at (0, 0) and end at (1, 1); equal scores make one slanting piece, so the area by trapezoids is the
    chance that a positive sample scores higher than a negative one, equal scores counted half (Fawcett 2006, sections
    5 and 7). Scores that are not a number are left out. All is empty, and the area NaN, where one side is missing.

    Args:
        scores: (n,).
        positive: (n,).
    """
    known = ~np.isnan(scores)
    scores, positive = scores[known], positive[known]
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    found, missed = np.cumsum(positive), np.cumsum(~positive)
    if not len(scores) or not found[-1] or not missed[-1]:
        return np.empty(0), np.empty(0), float("nan")
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))
    true_rate = np.concatenate(([0.0], found[last] / found[-1]))
    false_rate = np.concatenate(([0.0], missed[last] / missed[-1]))
    area = float(np.sum(np.diff(false_rate) * (true_rate[1:] + true_rate[:-1]) / 2))
    return false_rate, true_rate, area


def _share(flags: npt.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else float("nan")
