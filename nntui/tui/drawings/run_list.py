"""All recorded runs, the newest first: what each trained, how far, how well, how large it is."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.strip import Strip

from nntui.charts.frame import message
from nntui.runs.catalogue import Listed
from nntui.tui.drawings.pieces import said_with_room, text_row
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, clipped, compact, number, whole

HERE = "▶"
WHEEL_SELECTS = True
MARKED = "◆"
_ROLES = {"interrupted": "warning", "diverged": "warning", "damaged": "error"}
ROOM_FOR_SIZE, ROOM_FOR_WHEN, ROOM_FOR_BEST = 64, 56, 46


def move(model: Model, dx: int, dy: int) -> None:
    """The highlight moves by lines."""
    del dx
    model.recordings.select(model.recordings.ids, dy)


def click(request: Request, x: int, y: int) -> None:
    """The highlight goes to the line."""
    del x
    first, count = window(request.model.recordings.ids, request.model.recordings.selected, request.size[1] - 1)
    if 1 <= y <= count:
        request.model.recordings.selected = request.model.recordings.ids[first + y - 1]


def draw(request: Request) -> Drawing:
    """The list panel."""
    model, (width, height), look = request.model, request.size, request.look
    recordings = model.recordings
    if recordings.found is None:
        return Drawing(message("reading the recordings", request.size, look))
    if not recordings.found.listed:
        return Drawing(message(recordings.found.fault or "no run is recorded", request.size, look))
    ids = recordings.ids
    first, count = window(ids, recordings.selected, height - 1)
    rows = [text_row([(clipped(_line("", "when", "what", "epochs", "best", "size", "state", width), width), "muted")],
                     width, look)]  # fmt: skip
    for listed in recordings.found.listed[first : first + count]:
        rows.append(_row(listed, request))
    rows += [text_row([], width, look)] * (height - len(rows))
    shown = f" {first + 1}–{first + count} of {len(ids)}" if count < len(ids) else ""
    title = f"Runs{shown}"
    keys = f"{request.view.keys['run.pause']} marks"
    both = f"{keys} · {request.view.keys['time.return']} goes on"
    marked = f"{len(recordings.marked)} marked"
    said = (f"{both} · {marked}", marked) if recordings.marked else (f"{both} · {len(ids)} recorded", both, keys)
    return Drawing(rows[:height], title, said_with_room(width, title, *said))


def window(ids: list[str], selected: str, room: int) -> tuple[int, int]:
    """The first line that is shown and how many are, so that the highlight is among them."""
    at = ids.index(selected) if selected in ids else 0
    room = max(room, 1)
    first = min(max(at - room // 2, 0), max(len(ids) - room, 0))
    return first, min(room, len(ids) - first)


def highlighted(said: str, width: int, chosen: bool, role: str, request: Request) -> Strip:
    """A line of a list; the highlighted one is reversed, and begins with a sign of its own."""
    if not chosen:
        return text_row([(f" {said}", role)], width, request.look)
    sign = ">" if request.look.glyphs == "ascii" else "›"
    part: Part = (f"{sign}{said}".ljust(width), "muted.state")
    return text_row([part], width, request.look)


def _row(listed: Listed, request: Request) -> Strip:
    model, width = request.model, request.size[0]
    run, summary = listed.path.name, listed.summary
    said = told(listed, model, width - 1, ascii=request.look.glyphs == "ascii")
    state = "damaged" if summary is None else summary.state
    role = "ok" if run == model.run else _ROLES.get(state, "text")
    return highlighted(said, width, run == model.recordings.selected, role, request)


def told(listed: Listed, model: Model, width: int, *, ascii: bool) -> str:
    """A run in one line."""
    run, summary = listed.path.name, listed.summary
    sign = MARKED if run in model.recordings.marked else HERE if run == model.run else " "
    if ascii:
        sign = "*" if sign == MARKED else ">" if sign == HERE else " "
    if summary is None:
        return clipped(f"{sign} {run}: {listed.fault}", width)
    what = summary.label or summary.preset
    if summary.label and width >= ROOM_FOR_WHEN:
        what = f"{summary.preset}: {summary.label}"
    epochs = model.status.epoch if run == model.run and model.status is not None else summary.epochs
    best = number(summary.best_loss, 3) if summary.best_loss is not None else ""
    state = model.state if run == model.run else summary.state
    return _line(sign, local(summary.created), what, whole(epochs), best, f"{compact(summary.bytes)}B", state, width)


def _line(sign: str, when: str, what: str, epochs: str, best: str, size: str, state: str, width: int) -> str:
    """The columns, as many as there is room for; what it is about gets the rest."""
    right = f"{epochs:>9}" + (f" {best:>7}" if width >= ROOM_FOR_BEST else "")
    if width >= ROOM_FOR_SIZE:
        right += f" {size:>6}"
    right += f" {state:<11}"
    left = f"{sign or ' '} " + (f"{when:<12}" if width >= ROOM_FOR_WHEN else "")
    room = max(width - len(left) - len(right), 4)
    return f"{left}{clipped(what, room):<{room}}{right}"


def local(created: str) -> str:
    """When it began, by the clock on the wall: ``11-23 14:05``."""
    try:
        at = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone()
    except ValueError:
        return created[:11]
    return f"{at:%m-%d %H:%M}"
