"""The confusion matrix with each class's precision and recall."""

from __future__ import annotations

import numpy as np

from nntui.charts.matrix import confusion_matrix, percent
from nntui.training.insights.confusion import Confusion
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import nothing, record, sampled
from nntui.tui.model import Model
from nntui.tui.suited import is_classes
from nntui.tui.widgets.panel import Drawing, Request


def draw(request: Request) -> Drawing:
    """Its variants: the test set, the training set, the validation set if there is one."""
    found: Confusion | None = record(request.model, "confusion")
    if found is None:
        return nothing(request, "" if is_classes(request.model) else "numbers are predicted, not classes")
    shown = [("test", found.test), ("train", found.train)]
    if found.validation is not None:
        shown.append(("validation", found.validation))
    name, part = shown[request.variant % len(shown)]
    recall, precision = part.recall, part.precision
    rows, lines = confusion_matrix(
        part.counts,
        found.classes,
        request.size,
        request.look,
        columns=(
            ("recall", [percent(share) for share in recall.tolist()]),
            ("precision", [percent(share) for share in precision.tolist()]),
        ),
        first=request.page,
    )
    pages = max(len(found.classes) - lines + 1, 1)
    title = f"Confusion · {name}" + (f" {min(request.page, pages - 1) + 1}+ ↑↓" if pages > 1 else "")
    few = sampled(part.rows, part.total)
    right = f"{percent(part.accuracy)} right" if part.rows else ""
    said = said_with_room(request.size[0], title, " · ".join(text for text in (right, few) if text), right)
    return Drawing(rows, title, said, pages, variants=len(shown))


def facts(model: Model) -> dict[str, str]:
    """Each class's figures."""
    found: Confusion | None = record(model, "confusion")
    if found is None:
        return {}
    both = zip(found.classes, found.test.precision.tolist(), found.test.recall.tolist(), strict=True)
    return {
        name: f"precision {percent(precision)}, recall {percent(recall)}"
        for name, precision, recall in both
        if not (np.isnan(precision) and np.isnan(recall))
    }
