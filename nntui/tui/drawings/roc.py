"""How well two classes are told apart, wherever the line is drawn."""

from __future__ import annotations

from nntui.charts.frame import message
from nntui.charts.scatter import Dots, scatter
from nntui.training.insights.roc import Roc
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import axis_name, labels, nothing, record, sampled, sets
from nntui.tui.model import Model
from nntui.tui.suited import is_two_classes
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number


def draw(request: Request) -> Drawing:
    """The curves of every set; the dot is where the network draws its line on the test set."""
    found: Roc | None = record(request.model, "roc")
    if found is None:
        return nothing(request, "" if is_two_classes(request.model) else "the curve needs two classes")
    shown = sets(found)
    lines = [
        Dots(label, role, part.false_positives, part.true_positives, line=True)
        for label, role, part in shown
        if len(part.true_positives)
    ]
    if not lines:
        return Drawing(message("one of the classes is missing", request.size, request.look))
    here = [Dots("line", "now", [found.test.here[0]], [found.test.here[1]], marker="●")]
    rows = scatter(
        [*lines, *here], request.size, request.look,
        x_range=(0.0, 1.0), y_range=(0.0, 1.0),
        x_label="false alarms", y_label=axis_name(f"{found.positive} found", "", found, request.size[0]), diagonal=True,
    )  # fmt: skip
    few = sampled(sum(part.rows for _, _, part in shown), sum(part.total for _, _, part in shown))
    area = f"AUC {' / '.join(number(part.area, 3) for _, _, part in shown)}"
    said = said_with_room(request.size[0], "ROC", f"{area} · {few}" if few else f"{area} {labels(found)}", area)
    return Drawing(rows, "ROC", said)


def facts(model: Model) -> dict[str, str]:
    """Areas, and where the line is drawn."""
    found: Roc | None = record(model, "roc")
    if found is None:
        return {}
    told = {}
    for label, _, part in sets(found):
        alarms, hits = part.here
        told[label] = f"area {number(part.area, 4)}; {found.positive} found {hits:.1%}, false alarms {alarms:.1%}"
    return told
