"""The tree of a run: where it was gone back in, what was done otherwise there, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from nntui.charts.frame import message
from nntui.runs.branching import Node
from nntui.tui.drawings.changes import told
from nntui.tui.drawings.pieces import text_row
from nntui.tui.drawings.run_list import highlighted, window
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import clipped, number, whole

ROOM_FOR_SPAN, ROOM_FOR_BEST = 46, 62
ROOM_FOR_DETAILS = 6
"""Lines below the tree from which on they tell about the selected run."""
WHEEL_SELECTS = True


def move(model: Model, dx: int, dy: int) -> None:
    """The highlight moves by lines."""
    del dx
    model.recordings.select([node.id for node in model.recordings.nodes], dy)


def click(request: Request, x: int, y: int) -> None:
    """The highlight goes to the line."""
    del x
    nodes = request.model.recordings.nodes
    first, count = window([node.id for node in nodes], request.model.recordings.selected, request.size[1] - 1)
    if 1 <= y <= count:
        request.model.recordings.selected = nodes[first + y - 1].id


def draw(request: Request) -> Drawing:
    """The panel of branches."""
    model, (width, height), look = request.model, request.size, request.look
    nodes = model.recordings.nodes
    if not nodes:
        said = "reading the recordings" if model.recordings.found is None else "this run is not recorded"
        return Drawing(message(said, request.size, look))
    ids = [node.id for node in nodes]
    first, count = window(ids, model.recordings.selected, height - 1)
    stems = drawn_stems(nodes, look.glyphs == "ascii")
    rows = [text_row([(f" {heads(width - 1)}", "muted")], width, look)]
    for node, stem in list(zip(nodes, stems, strict=True))[first : first + count]:
        here = node.id == model.run
        role = "ok" if here else "text"
        said = line_of(node, stem, model, width - 1, ascii=look.glyphs == "ascii")
        rows.append(highlighted(said, width, node.id == model.recordings.selected, role, request))
    rows += _details(request, height - len(rows))
    others = len(nodes) - 1
    return Drawing(rows[:height], "Branches", f"{others} beside the first" if others else "no branch yet")


def _details(request: Request, room: int) -> list[Strip]:
    """About the selected run, where there is room below the tree: its state, and what was changed in it."""
    model, width, look = request.model, request.size[0], request.look
    blank = text_row([], width, look)
    node = next((node for node in model.recordings.nodes if node.id == model.recordings.selected), None)
    lines: list[Sequence[tuple[str, str]]] = []
    if node is not None and room >= ROOM_FOR_DETAILS:
        begun = f"Began after epoch {whole(node.parent_epoch)} of its parent" if node.parent else "Began by itself"
        lines = [[], [(f" {node.id}", "title"), (f"  {node.state}", "muted")], [(f" {begun}.", "text")]]
        if node.id == model.run:
            changes = told(model)
            lines.append([(f" {'Changes' if changes else 'No changes yet.'}", "title" if changes else "text")])
            lines += [[(f"   epoch {int(each.epoch):>5,}  ", "muted"), (each.full, "text")] for each in changes]
    return [*(text_row(line, width, look) for line in lines[:room]), *[blank] * (room - len(lines))]


def line_of(node: Node, stem: str, model: Model, width: int, *, ascii: bool) -> str:
    """One run: its place in the tree, what sets it apart, its epochs, its last and its best test loss."""
    here = node.id == model.run
    marked = node.id in model.recordings.marked
    sign = ("*" if ascii else "◆") if marked else (">" if ascii else "▶") if here else " "
    epochs = model.status.epoch if here and model.status is not None else node.epochs
    last = node.last_loss
    if here and model.history is not None and len(model.history) > 1:
        last = model.history.at("test_loss", model.restored_epoch or epochs)
    span = whole(epochs)
    if node.parent and width >= ROOM_FOR_SPAN:
        span = f"{whole(node.parent_epoch)}–{span}"
    final, best = (number(value, 3) if value is not None else "" for value in (last, node.best_loss))
    return _columns(f"{stem}{sign} {node.label}", span, final, best, width)


def heads(width: int) -> str:
    """What stands over the columns of `line_of`."""
    return _columns("", "epochs", "last", "best", width)


def _columns(what: str, epochs: str, last: str, best: str, width: int) -> str:
    right = f"{epochs:>{13 if width >= ROOM_FOR_SPAN else 8}} {last:>7}" + (
        f" {best:>7}" if width >= ROOM_FOR_BEST else ""
    )
    room = max(width - len(right), 4)
    return f"{clipped(what, room):<{room}}{right}"


def drawn_stems(nodes: Sequence[Node], ascii: bool) -> list[str]:
    """The lines that lead to each run from the one it branched from, ``│ └─``."""
    on, corner, down = ("|-", "`-", "| ") if ascii else ("├─", "└─", "│ ")
    result = []
    for index, node in enumerate(nodes):
        parts = []
        for depth in range(1, node.depth + 1):
            more = _goes_on(nodes, index, depth)
            parts.append((on if more else corner) if depth == node.depth else down if more else "  ")
        result.append("".join(parts))
    return result


def _goes_on(nodes: Sequence[Node], index: int, depth: int) -> bool:
    """Whether another branch of this depth follows below, before the tree goes back beyond it."""
    for node in nodes[index + 1 :]:
        if node.depth <= depth:
            return node.depth == depth
    return False
