"""A framed drawing of one thing the dashboard knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from nntui.tui.bindings import ACTIONS
from nntui.tui.helm import first_keys
from nntui.tui.model import Model, Topic
from nntui.tui.panels import Spec
from nntui.tui.theme import Glyphs
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.text import empty_frame
from nntui.tui.zoom import Zoom

if TYPE_CHECKING:
    from nntui.charts.look import Look

SMOOTHING = (0.0, 0.6, 0.9, 0.97, 0.99)
"""Weights of the exponential moving average, an epoch; 0 is none."""


@dataclass
class View:
    """How the person wants to see it; shared by all panels but for ``page``.

    Attributes:
        keys: the key to name for every action, by the action's id.
    """

    log: bool = False
    log_x: bool = False
    smoothing: float = 0.0
    zoom: Zoom = field(default_factory=Zoom)
    keys: Mapping[str, str] = field(default_factory=lambda: first_keys(ACTIONS))


@dataclass(frozen=True)
class Drawing:
    """A panel's inside and what its frame says.

    Attributes:
        pages: how many there are to page through.
        variants: how many ways there are to draw it.
    """

    rows: Sequence[Strip]
    title: str = ""
    subtitle: str = ""
    pages: int = 1
    variants: int = 1


@dataclass(frozen=True)
class Request:
    """What a drawing is made from.

    Attributes:
        size: columns and rows inside the frame.
        page: the first of the things listed that shall be seen, where a panel lists several.
        variant: which of the panel's ways to draw it.
        maximised: whether the panel has the whole screen.
    """

    model: Model
    size: tuple[int, int]
    look: Look
    view: View
    page: int = 0
    variant: int = 0
    maximised: bool = False


Draw = Callable[[Request], Drawing]


def epoch_at(rows: Sequence[Strip], x: int, y: int) -> float | None:
    """The epoch at a cell of what was drawn, where that is a chart over the epochs."""
    from nntui.charts.axes import Plotted

    return rows.x_at(x, y) if isinstance(rows, Plotted) and rows.x_label == "epoch" else None


WAITING = "…"
"""In the frame of a panel whose picture is being measured."""


class Panel(Rows, can_focus=True):
    """One panel; it draws itself when there is news for it.

    Until what it is to show has been measured it keeps its last picture, faded.

    Attributes:
        is_stale: whether there is news that it has not been drawn for.
        is_faded: whether it was drawn so.
    """

    class Focused(Message):
        """A panel got the focus."""

        def __init__(self, panel: Panel) -> None:
            super().__init__()
            self.panel = panel

    class Selected(Message):
        """Something else is looked at closely."""

    class Pointed(Message):
        """An epoch of a curve was pointed at."""

        def __init__(self, epoch: float) -> None:
            super().__init__()
            self.epoch = epoch

    class Zoomed(Message):
        """The wheel was turned over a curve.

        Attributes:
            by: +1 closer, -1 wider.
        """

        def __init__(self, by: int, epoch: float) -> None:
            super().__init__()
            self.by = by
            self.epoch = epoch

    class EditWanted(Message):
        """A hyperparameter was clicked; ``name`` is its dotted name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, spec: Spec, model: Model, view: View) -> None:
        super().__init__(id=spec.id)
        self.spec = spec
        self._model = model
        self._view = view
        self._draw: Draw | None = None
        self._look: Look | None = None
        self._styles_by_role: Mapping[str, Style] = {}
        self._glyphs: Glyphs = "ascii"
        self._page = 0
        self._pages = 1
        self._variant = 0
        self._variants = 1
        self.is_stale = self.is_faded = False
        self._drawing: Drawing | None = None
        self._reframing = False

    def dress(self, styles: Mapping[str, Style], glyphs: Glyphs, look: Look | None) -> None:
        """Take these colors and characters from now on; without a look, draw nothing but the frame."""
        self._look = look
        self._styles_by_role = styles
        self._glyphs = glyphs
        self.forget()
        self.refresh()

    @property
    def can_draw(self) -> bool:
        """Whether what it draws with has been imported."""
        return self._draw is not None

    def begin(self) -> None:
        """What it draws with has been imported; from now on it draws more than its frame."""
        self._draw = self.spec.module.draw
        self.forget()
        self.refresh()

    def note(self, news: set[Topic]) -> None:
        """There is news; some of it may be for this panel."""
        self.is_stale = self.is_stale or bool(news & self.spec.topics)

    @property
    def waits(self) -> bool:
        """Whether what it is to show is on its way."""
        return self._model.awaits(self.spec.needs)

    def draw(self) -> None:
        """Draw what is new."""
        self.is_stale = False
        self.redraw()

    def page(self, by: int) -> None:
        """Show the layers before or after."""
        page = min(max(self._page + by, 0), self._pages - 1)
        if page != self._page:
            self._page = page
            self.redraw()

    def turn_variant(self) -> bool:
        """Draw it the next of its ways; the answer says whether it has another one."""
        if self._variants > 1:
            self._variant = (self._variant + 1) % self._variants
            self.redraw()
        return self._variants > 1

    def select(self, dx: int, dy: int) -> None:
        """Look at what lies this far from what is looked at now."""
        self.spec.module.move(self._model, dx, dy)
        self.post_message(self.Selected())

    def facts(self) -> dict[str, str] | None:
        """What it shows right now, as label and value, where its drawing tells."""
        tell = getattr(self.spec.module, "facts", None)
        found: dict[str, str] | None = tell(self._model) if tell is not None else None
        return found

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        if not self._reframing:
            self.is_stale = False
        if self._draw is None or self._look is None:
            return empty_frame(self.spec.title, width, height, self._styles_by_role, self._glyphs)
        from nntui.charts.fading import faded

        self.is_faded = self.waits
        if self.is_faded:
            last = self._drawing or Drawing([])
            return faded(self._framed(replace(last, subtitle=WAITING), (width, height), self._look), self._look)
        drawing = self._drawing if self._reframing else None
        if drawing is None or self._drawn_size != (width, height):
            drawing = self._draw(self._request((max(width - 2, 1), max(height - 2, 1)), self._look))
        self._drawing = drawing
        self._variants = drawing.variants
        self._pages = drawing.pages
        self._page = min(self._page, drawing.pages - 1)
        return self._framed(drawing, (width, height), self._look)

    def _framed(self, drawing: Drawing, size: tuple[int, int], look: Look) -> list[Strip]:
        from nntui.charts.frame import framed

        title, focused = drawing.title or self.spec.title, self.screen.focused is self
        return framed(drawing.rows, size, look, title=title, subtitle=drawing.subtitle, focused=focused)

    def _request(self, inside: tuple[int, int], look: Look) -> Request:
        whole = self.size.width >= self.app.size.width
        return Request(self._model, inside, look, self._view, self._page, self._variant, maximised=whole)

    def on_click(self, event: events.Click) -> None:
        """Look at what was clicked, where the drawing knows what lies there."""
        click = getattr(self.spec.module, "click", None) if self.can_draw else None
        if click is not None and self._look is not None and self._drawn_size == tuple(self.size):
            inside = (max(self.size.width - 2, 1), max(self.size.height - 2, 1))
            wanted = click(self._request(inside, self._look), event.x - 1, event.y - 1)
            if wanted is None:
                self.post_message(self.Selected())
            elif wanted:
                self.post_message(self.EditWanted(wanted))
        elif self.spec.arrows == "time" and self._drawing is not None and self._look is not None:
            epoch = epoch_at(self._drawing.rows, event.x - 1, event.y - 1)
            if epoch is not None:
                self.post_message(self.Pointed(epoch))

    @property
    def columns(self) -> int:
        """How many columns a curve has across here, about."""
        return max(self.size.width - 8, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(event, +1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        """Curves over the epochs go closer or wider, about the epoch under the pointer; what has pages turns them."""
        epoch = epoch_at(self._drawing.rows, event.x - 1, event.y - 1) if self._drawing is not None else None
        if self.can_draw and getattr(self.spec.module, "WHEEL_SELECTS", False):
            self.select(0, by)
        elif epoch is None or self._pages > 1:
            self.page(by)
        else:
            self.post_message(self.Zoomed(-by, epoch))

    def on_focus(self) -> None:
        self.reframe()
        self.post_message(self.Focused(self))

    def on_blur(self) -> None:
        self.reframe()

    def reframe(self) -> None:
        """Draw the frame alone: it says whether the panel has the focus."""
        self._reframing = True
        self.redraw()
        self._reframing = False
