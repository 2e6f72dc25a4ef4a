"""The screen that stands under everything: status, panels, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.layout import Layout
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from nntui.tui.bindings import Action, bindings
from nntui.tui.helm import first_keys
from nntui.tui.model import EVERYTHING, Model, Topic
from nntui.tui.theme import Glyphs
from nntui.tui.tiles import Tiles, fits
from nntui.tui.widgets.keybar import KeyBar
from nntui.tui.widgets.panel import SPECS, Panel, View
from nntui.tui.widgets.status import Guide, Line, Notice, StatusLine, TooSmall

if TYPE_CHECKING:
    from nntui.charts.look import Look


class MainScreen(Screen[None]):
    """Places the panels, passes the news on to those that are seen, and knows which measurements they need."""

    # Textual's screen repaints itself whole when the focus moves; here the two panels draw their frames anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    class SeenChanged(Message):
        """Other panels than before are on the screen."""

    def __init__(self, model: Model, actions: Sequence[Action], view: View) -> None:
        super().__init__(id="main")
        self._model = model
        self._actions = tuple(actions)
        self._tiles = Tiles()
        self._look: Look | None = None
        self._frame = 0
        self._fitted = True
        self.panels = [Panel(spec, model, view) for spec in SPECS]
        keys = first_keys(actions)
        self._status = StatusLine(model, id="status")
        self._keys = KeyBar(model, actions, id="keys")
        self._notice = Notice(model, keys, id="notice")
        self._lines: list[Line] = [
            Guide(model, id="guide"), self._status, self._notice, self._keys, TooSmall(model, id="too-small")
        ]  # fmt: skip
        self._bindings = BindingsMap(bindings(self._actions))

    def compose(self) -> ComposeResult:
        """All parts; the tiles leave out those without a place."""
        yield from self._lines
        yield from self.panels

    @property
    def layout(self) -> Layout:
        """The tiles, whatever a style sheet says: styles know layouts only by name."""
        return self._tiles

    def on_mount(self) -> None:
        self.panels[0].focus()

    # -- looks ----------------------------------------------------------------------------------------------------

    def dress(self, styles: Mapping[str, Style], glyphs: Glyphs, look: Look | None) -> None:
        """Take these colors and characters; without a look the panels stay empty frames."""
        self._look = look
        for part in self._lines:
            part.dress(styles, glyphs)
        for panel in self.panels:
            panel.dress(styles, glyphs, look)

    def imports(self) -> list[list[str]]:
        """Modules to import, in this order, before the panels can be drawn; those of a group free panels together."""
        specs = [panel.spec for panel in self.panels]
        soon = [f"nntui.tui.drawings.{spec.drawing}" for spec in specs]
        return [soon, [spec.library for spec in specs if spec.library]]

    # -- news -----------------------------------------------------------------------------------------------------

    def show(self, news: set[Topic]) -> bool:
        """Draw what is new in what is seen; the answer says whether something waits for its turn."""
        self._frame += 1
        self._make_room_for_notice()
        if not fits(*self.size):
            return False
        if news & {"run", "state", "settings"}:
            for part in self._lines:
                part.redraw()
        else:
            self._status.redraw()
        waiting = [panel.show(news, self._frame) for panel in self.seen()]
        return any(waiting)

    def show_all(self) -> None:
        """Draw everything that is seen, because how it is seen has changed."""
        self.show(set(EVERYTHING))

    def _make_room_for_notice(self) -> None:
        rows = self._notice.rows_needed(self.size.width)
        if rows != self._tiles.notice:
            self._tiles.notice = rows
            self._place_again()
            self.call_after_refresh(self._notice.redraw)

    def _place_again(self) -> None:
        """The tiles changed; a child's request makes Textual drop the places it keeps, the screen's own does not."""
        self._status.refresh(layout=True)

    # -- which panels ---------------------------------------------------------------------------------------------

    def seen(self) -> list[Panel]:
        """The panels that have a place on the screen."""
        if not fits(*self.size):
            return []
        if self._tiles.maximised is not None:
            return [panel for panel in self.panels if panel.id == self._tiles.maximised]
        return self.panels

    def needs(self) -> tuple[str, ...]:
        """The measurements that the panels on the screen are drawn from."""
        return tuple(sorted({name for panel in self.seen() for name in panel.spec.needs}))

    @property
    def focused_panel(self) -> Panel:
        """The panel with the focus, or the first."""
        return self.focused if isinstance(self.focused, Panel) else self.panels[0]

    def turn_maximised(self) -> None:
        """Give the focused panel the whole room, or put it back."""
        self._maximise(None if self._tiles.maximised is not None else self.focused_panel.id)

    def _maximise(self, name: str | None) -> None:
        if name == self._tiles.maximised:
            return
        self._tiles.maximised = name
        self._place_again()
        self.call_after_refresh(self.show_all)
        self.post_message(self.SeenChanged())

    def on_resize(self, event: events.Resize) -> None:
        if fits(*event.size) != self._fitted:
            self._fitted = not self._fitted
            self.post_message(self.SeenChanged())

    @on(Panel.Focused)
    def _follow_focus(self, event: Panel.Focused) -> None:
        if self._tiles.maximised is not None:
            self._maximise(event.panel.id)

    def step_focus(self, by: int) -> None:
        """Focus the panel after or before, round and round."""
        index = self.panels.index(self.focused_panel)
        self.set_focus(self.panels[(index + by) % len(self.panels)])
