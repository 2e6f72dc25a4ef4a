"""Measures `nntui.training.insights.confusion`."""

from __future__ import annotations

import numpy as np

from nntui.training.insights.confusion import Confusion, Counted, Table
from nntui.training.measuring import Context
from nntui.training.measuring.answers import Answered, answers


def measure(context: Context) -> Confusion | None:
    """None for regression."""
    names = context.session.prepared.class_names
    if not names:
        return None
    found = answers(context)
    return Confusion(
        names,
        _counted(found.train, len(names)),
        _counted(found.test, len(names)),
        None if found.validation is None else _counted(found.validation, len(names)),
    )


def _counted(part: Answered, classes: int) -> Counted:
    pairs = part.true.astype(np.int64) * classes + part.said
    counts: Table = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes).astype(np.int32)
    return Counted(part.total, counts)
