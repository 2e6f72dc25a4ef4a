"""A framed drawing of one thing the dashboard knows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from nntui.tui.model import Model, Topic
from nntui.tui.theme import Glyphs
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.text import empty_frame

if TYPE_CHECKING:
    from nntui.charts.look import Look

SMOOTHING = (0.0, 0.6, 0.9, 0.97, 0.99)
"""Weights of the exponential moving average, an epoch; 0 is none."""


@dataclass
class View:
    """How the person wants to see it; shared by all panels but for ``page``."""

    log: bool = False
    smoothing: float = 0.0


@dataclass(frozen=True)
class Drawing:
    """A panel's inside and what its frame says."""

    rows: Sequence[Strip]
    title: str = ""
    subtitle: str = ""
    pages: int = 1


@dataclass(frozen=True)
class Request:
    """What a drawing is made from.

    Attributes:
        size: columns and rows inside the frame.
        page: the first of the things listed that shall be seen, where a panel lists several.
    """

    model: Model
    size: tuple[int, int]
    look: Look
    view: View
    page: int = 0


Draw = Callable[[Request], Drawing]


@dataclass(frozen=True)
class Spec:
    """What a panel is.

    Attributes:
        id: its place in the tiles and its key in the explanations.
        title: in the frame.
        drawing: module below ``nntui.tui.drawings`` with a function ``draw``; fetched after the first paint.
        topics: the news it is drawn for.
        needs: measurements it draws from.
        every: it is drawn at every so many frames at most.
        library: module that the drawing draws with and that takes long to import.
    """

    id: str
    title: str
    drawing: str
    topics: frozenset[Topic]
    needs: frozenset[str] = field(default_factory=frozenset)
    every: int = 1
    library: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether drawing will not wait for an import."""
        return not self.library or self.library in sys.modules

    def load(self) -> Draw:
        draw: Draw = import_module(f"nntui.tui.drawings.{self.drawing}").draw
        return draw


def _topics(*names: Topic) -> frozenset[Topic]:
    return frozenset(("run", *names))


SPECS = (
    Spec("loss", "Loss", "loss", _topics("rows", "settings", "status", "view")),
    Spec("accuracy", "Accuracy", "accuracy", _topics("rows", "settings", "view")),
    Spec("learning-rate", "Learning rate", "learning_rate", _topics("status", "settings"), every=4,
         library="textual_plotext"),
    Spec("weights", "Weights", "weights", _topics("snapshot"), frozenset(("weights",)), every=2),
    Spec("activations", "Activations", "activations", _topics("snapshot"), frozenset(("activations",)), every=2),
    Spec("hyperparameters", "Hyperparameters", "hyperparameters", _topics("settings", "status", "asked"), every=4),
)  # fmt: skip


AT_ONCE: frozenset[Topic] = frozenset(("run", "asked", "view"))
"""What a person waits for: drawn in the next frame, whosever turn it is."""


class Panel(Rows, can_focus=True):
    """One panel; it draws itself when told that there is news for it."""

    class Focused(Message):
        """A panel got the focus."""

        def __init__(self, panel: Panel) -> None:
            super().__init__()
            self.panel = panel

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
        self._stale = False
        self._drawing: Drawing | None = None
        self._reframing = False

    def dress(self, styles: Mapping[str, Style], glyphs: Glyphs, look: Look | None) -> None:
        """Take these colors and characters from now on; without a look, draw nothing but the frame."""
        if look is not None and self._draw is None and self.spec.is_ready:
            self._draw = self.spec.load()
        self._look = look
        self._styles_by_role = styles
        self._glyphs = glyphs
        self.forget()
        self.refresh()

    def show(self, news: set[Topic], frame: int) -> bool:
        """Draw if the news is for this panel and its turn has come; the answer says whether it still has to."""
        new = news & self.spec.topics
        self._stale = self._stale or bool(new)
        if self._stale and (new & AT_ONCE or frame % self.spec.every == 0):
            self._stale = False
            self.redraw()
        return self._stale

    def page(self, by: int) -> None:
        """Show the layers before or after."""
        page = min(max(self._page + by, 0), self._pages - 1)
        if page != self._page:
            self._page = page
            self.redraw()

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        if self._draw is None or self._look is None:
            return empty_frame(self.spec.title, width, height, self._styles_by_role, self._glyphs)
        from nntui.charts.frame import framed

        inside = (max(width - 2, 1), max(height - 2, 1))
        drawing = self._drawing if self._reframing else None
        if drawing is None or self._drawn_size != (width, height):
            drawing = self._draw(Request(self._model, inside, self._look, self._view, self._page))
        self._drawing = drawing
        self._pages = drawing.pages
        self._page = min(self._page, drawing.pages - 1)
        title = drawing.title or self.spec.title
        return framed(
            drawing.rows, (width, height), self._look,
            title=title, subtitle=drawing.subtitle, focused=self.has_focus,
        )  # fmt: skip

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.page(+1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.page(-1)

    def on_focus(self) -> None:
        self._reframe()
        self.post_message(self.Focused(self))

    def on_blur(self) -> None:
        self._reframe()

    def _reframe(self) -> None:
        """The frame alone is another."""
        self._reframing = True
        self.redraw()
        self._reframing = False


