"""The screen that stands under everything: status, panels, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.geometry import Region, Size
from textual.layout import Layout
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget

from nntui.tui.availability import why_unavailable
from nntui.tui.bindings import Action, bindings
from nntui.tui.desk import Desk
from nntui.tui.drivers.screen import PaintedScreen
from nntui.tui.helm import first_keys
from nntui.tui.model import Model, Topic
from nntui.tui.panels import BY_ID
from nntui.tui.theme import Glyphs
from nntui.tui.tiles import Tiles, fits
from nntui.tui.views import Tab, filled
from nntui.tui.widgets.diagnosis import DiagnosisLine
from nntui.tui.widgets.keybar import KeyBar
from nntui.tui.widgets.lesson import LessonLine
from nntui.tui.widgets.panel import Panel, View
from nntui.tui.widgets.status import Guide, Line, Notice, StatusLine, TooSmall
from nntui.tui.widgets.tabs import TabLine
from nntui.tui.widgets.tour import PAGES, TourBox, region_of

if TYPE_CHECKING:
    from nntui.charts.look import Look
    from nntui.training.events import Diagnosed

PATIENCE, PATIENCE_OF_SLOW = 0.05, 0.3
"""Seconds for which the screen waits for a measurement that was asked for, before it shows the last pictures, faded;
the second on a slow terminal, which takes about as long to show them."""


@dataclass
class Terminal:
    """What the screen has to know of the terminal before it writes.

    Attributes:
        is_busy: whether it has not taken all that was written.
        is_slow: whether a frame keeps it busy for longer than there is between two.
    """

    is_busy: Callable[[], bool] = lambda: False
    is_slow: Callable[[], bool] = lambda: False


class MainScreen(PaintedScreen):
    """Places the panels of a view, passes the news on to those that are seen, and knows which measurements they need.

    A panel is made when it is first seen; what draws it is imported then too (`imports`, `imported`).

    Attributes:
        is_behind: whether what was drawn waits to be shown, for the terminal or for a measurement.
    """

    # Textual's screen repaints itself whole when the focus moves; here the two panels draw their frames anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    class SeenChanged(Message):
        """Other panels than before are on the screen."""

    class Uncovered(Message):
        """A dialog over it was closed."""

    def __init__(
        self,
        model: Model,
        actions: Sequence[Action],
        view: View,
        desk: Desk,
        panels: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``panels``: of the views for which others than their own were chosen."""
        super().__init__(id="main")
        self._model = model
        self._actions = tuple(actions)
        self._view = view
        self._tiles = Tiles()
        self._tiles.chosen = dict(panels or {})
        self._look: Look | None = None
        self._styles_by_role: Mapping[str, Style] = {}
        self._glyphs: Glyphs = "ascii"
        self._holding = False
        self._waiting_since: float | None = None
        self.is_behind = False
        self.terminal: Terminal = Terminal()
        self._imported: set[str] = set()
        self.tabs = filled()
        self._panels: dict[str, Panel] = {}
        self._seen: list[str] = []
        keys = first_keys(actions)
        self._tab_line = TabLine(model, self.tabs, id="tabs")
        self._status = StatusLine(model, id="status")
        self._status.keys = keys
        self._keys = KeyBar(model, actions, id="keys", is_available=self._is_available)
        self._notice = Notice(model, keys, id="notice")
        self._lesson = LessonLine(model, desk, self._actions, id="lesson")
        self._diagnosis = DiagnosisLine(model, keys, advice_only=lambda: desk.attempt is not None, id="diagnosis")
        self._tiles.said = {"notice": 0, "diagnosis": 0, "lesson": 0}
        self._tour = TourBox(model, self._actions, id="tour")
        self._tiles.over = self._place_of_tour
        self._tour_ended: Callable[[], None] = lambda: None
        self._before_tour: tuple[Tab, Widget | None] | None = None
        self._lines: list[Line] = [
            self._tab_line, Guide(model, id="guide"), self._status, self._notice, self._diagnosis, self._lesson,
            self._keys, TooSmall(model, id="too-small"), self._tour,
        ]  # fmt: skip
        self._bindings = BindingsMap(bindings(self._actions))

    def _is_available(self, action: Action) -> bool:
        """Whether its key does something now, and so belongs in the footer."""
        return not why_unavailable(action, self, self._model, self._view.keys)

    def compose(self) -> ComposeResult:
        """The lines and the first view's panels; the tiles leave out what has no place."""
        yield from self._lines
        yield from self._made(self._tiles.held)

    def _made(self, names: Iterable[str]) -> list[Panel]:
        """New panels, of those that have not been made yet."""
        new = [Panel(BY_ID[name], self._model, self._view) for name in names if name not in self._panels]
        for panel in new:
            self._panels[str(panel.id)] = panel
            panel.dress(self._styles_by_role, self._glyphs, self._look)
            if self._can_be_drawn(panel):
                panel.begin()
        return new

    @property
    def _first(self) -> Panel:
        return next(iter(self._panels.values()))

    @property
    def layout(self) -> Layout:
        """The tiles, whatever a style sheet says: styles know layouts only by name."""
        return self._tiles

    def on_mount(self) -> None:
        self._seen = self._tiles.panels(*self.app.size)
        self._first.focus()

    # -- looks ----------------------------------------------------------------------------------------------------

    def dress(self, styles: Mapping[str, Style], glyphs: Glyphs, look: Look | None) -> None:
        """Take these colors and characters; without a look the panels stay empty frames."""
        self._look, self._styles_by_role, self._glyphs = look, styles, glyphs
        for part in self._lines:
            part.dress(styles, glyphs)
        for panel in self._panels.values():
            panel.dress(styles, glyphs, look)

    def imports(self) -> list[str]:
        """Modules to import next, so that panels that are seen can be drawn; what takes long comes after the rest."""
        specs = [panel.spec for panel in self.seen()]
        modules = [spec.module_name for spec in specs if spec.module_name not in self._imported]
        return modules or [spec.library for spec in specs if spec.library and spec.library not in self._imported]

    def imports_ahead(self) -> list[str]:
        """Modules that draw the panels of the other views, so that a first visit does not wait for them."""
        return sorted({spec.module_name for spec in BY_ID.values()} - self._imported)

    def imported(self, modules: Iterable[str]) -> None:
        """These modules have been imported: panels that lacked nothing else draw from now on."""
        self._imported.update(modules)
        for panel in self._panels.values():
            if not panel.can_draw and self._can_be_drawn(panel):
                panel.begin()

    def _can_be_drawn(self, panel: Panel) -> bool:
        return panel.spec.module_name in self._imported

    # -- news -----------------------------------------------------------------------------------------------------

    def note(self, news: set[Topic]) -> None:
        """Something is new: draw the lines, and remember which panels it is for."""
        self._holding = True
        self._make_room_for_notice()
        if "run" in news:
            self._suit_the_run()
        if not fits(*self.size):
            return
        if news & {"run", "state", "settings"}:
            for part in self._lines:
                part.redraw()
        else:
            self._status.redraw()
            self._lesson.redraw()
            self._diagnosis.redraw()
        for panel in self.seen():
            panel.note(news)

    @property
    def waits(self) -> bool:
        """Whether a panel that is seen has still to be drawn."""
        return any(panel.is_stale for panel in self.seen())

    @property
    def awaits(self) -> bool:
        """Whether what a panel that is seen is to show is on its way."""
        return any(panel.waits for panel in self.seen())

    def draw_next(self) -> bool:
        """Draw one panel that there is news for; whether there was one."""
        panel = next((panel for panel in self.seen() if panel.is_stale), None)
        if panel is not None:
            panel.draw()
        return panel is not None

    def flush(self) -> None:
        """Have the terminal show what was drawn, now and not at Textual's next tick."""
        self._holding = False
        # what was drawn is known to the screen only some messages later, when the next frame may hold it back
        self._dirty_widgets.update(part for part in self.children if part._repaint_required)
        if self.is_running and self.is_current:
            with self._context():
                self._on_timer_update()

    def _on_timer_update(self) -> None:
        """Textual's tick: not in the middle of a frame, which is shown as a whole; and else as soon as it is due."""
        self.is_behind = not self._holding and (self.terminal.is_busy() or self._is_answer_close())
        if self._holding:
            self._update_timer.pause()
        elif self.is_behind:
            self._update_timer.resume()
        else:
            if self._layout_required and self._repaint_required:  # Textual would paint the whole screen twice
                self._dirty_widgets.add(self)
                self._repaint_required = False
            super()._on_timer_update()

    def _is_answer_close(self) -> bool:
        """Whether what the user asked for is likely to come in a moment, so that all is shown together then.

        On a slow terminal two pictures of a view, the faded and the measured, would take twice as long as one.
        """
        if self._look is None or not self.awaits:
            self._waiting_since = None
            return False
        now = monotonic()
        if self._waiting_since is None:
            self._waiting_since = now
        return now - self._waiting_since < (PATIENCE_OF_SLOW if self.terminal.is_slow() else PATIENCE)

    def _make_room_for_notice(self) -> None:
        for part in (self._notice, self._diagnosis, self._lesson):
            rows = part.rows_needed(self.size.width)
            if rows != self._tiles.said.get(str(part.id), 0):
                self._tiles.said = {**self._tiles.said, str(part.id): rows}
                self._place_again()
                self.call_after_refresh(part.redraw)

    @on(DiagnosisLine.Over)
    def _show_next_diagnosis(self) -> None:
        self._make_room_for_notice()
        self._diagnosis.redraw()

    @property
    def diagnosed(self) -> Diagnosed | None:
        """What the line about what is wrong shows."""
        return self._diagnosis.diagnosed

    def _place_again(self) -> None:
        """The tiles changed; a child's request makes Textual drop the places it keeps, the screen's own does not."""
        self._status.refresh(layout=True)

    # -- which panels ---------------------------------------------------------------------------------------------

    @property
    def tab(self) -> Tab:
        """The view that is shown."""
        return self._tiles.tab

    def seen(self) -> list[Panel]:
        """The panels that have a place on the screen."""
        return [self._panels[name] for name in self._tiles.panels(*self.size) if name in self._panels]

    @property
    def shown(self) -> frozenset[str]:
        """The ids of the panels that have a place on the screen; none where the terminal is too small."""
        return frozenset(self._tiles.panels(*self.size))

    @property
    def is_maximised(self) -> bool:
        """Whether one panel has the room of all."""
        return self._tiles.maximised is not None

    def panels_of(self, tab: Tab) -> tuple[str, ...]:
        """The panels that a view holds."""
        return self._tiles.chosen.get(tab.id, tab.panels)

    def needs(self) -> tuple[str, ...]:
        """The measurements that the panels on the screen are drawn from."""
        return tuple(sorted({name for panel in self.seen() for name in panel.spec.needs}))

    def show_tab(self, tab: Tab) -> None:
        """Show this view, its first panel focused."""
        if tab is self._tiles.tab:
            return
        self._tiles.tab = tab
        self._tiles.maximised = None
        self._tiles.absent = self._absent()
        self._tab_line.mark(tab)
        self._keys.mark(tab.id)
        self._bring()

    def _absent(self) -> frozenset[str]:
        """The view's panels that have nothing to say about this run; never all of them."""
        names = self._tiles.held
        absent = frozenset(name for name in names if not BY_ID[name].applies(self._model))
        return absent if len(absent) < len(names) else frozenset()

    @property
    def held(self) -> tuple[str, ...]:
        """The panels of the view that is shown, those included that do not apply to this run."""
        return self._tiles.held

    def choose(self, panels: Mapping[str, tuple[str, ...]]) -> None:
        """Show these panels in the views named, and in the others their own."""
        self._tiles.chosen = dict(panels)
        self._tiles.maximised = None
        self._tiles.absent = self._absent()
        self._bring()

    def _suit_the_run(self) -> None:
        """Another run may have other panels."""
        absent = self._absent()
        if absent != self._tiles.absent:
            self._tiles.absent = absent
            if self._tiles.maximised in absent:
                self._tiles.maximised = None
            self._bring()

    def _bring(self) -> None:
        """Other panels have the room now: make those that are new, draw them all, focus one of them."""
        self._seen = self._tiles.panels(*self.size)
        if new := self._made(self._seen):
            self.mount(*new)
        panels = self.seen()
        for panel in panels:
            panel.forget()
        self._place_again()
        if panels and self.focused not in panels:
            self.set_focus(panels[0])  # before they are drawn: their frames say so
        self.post_message(self.SeenChanged())

    @property
    def focused_panel(self) -> Panel:
        """The panel with the focus, or the first that is seen."""
        seen = self.seen()
        return next((panel for panel in seen if panel is self.focused), next(iter(seen), self._first))

    def turn_maximised(self) -> None:
        """Give the focused panel the whole room, or put it back."""
        self._maximise(None if self._tiles.maximised is not None else str(self.focused_panel.id))

    def _maximise(self, name: str | None) -> None:
        if name != self._tiles.maximised:
            self._tiles.maximised = name
            self._bring()

    # -- the tour -------------------------------------------------------------------------------------------------

    def begin_tour(self, ended: Callable[[], None] = lambda: None) -> None:
        """Show the first page; ``ended`` is called after the last, or once the person has seen enough."""
        if self._tour.at is None:
            self._before_tour = self.tab, self.focused
        self._tour_ended = ended
        self._tour.at = 0
        self._point()

    def take_tour_key(self, key: str) -> bool:
        """Turn the page or end the tour; False for keys that the dashboard keeps, or where no tour is on."""
        if self._tour.at is None or key not in ("enter", "backspace", "escape"):
            return False
        if key == "escape":
            self._end_tour()
        else:
            self._turn_tour(+1 if key == "enter" else -1)
        return True

    @on(TourBox.Turned)
    def _turn_where_clicked(self, event: TourBox.Turned) -> None:
        self._turn_tour(event.by)

    def _turn_tour(self, by: int) -> None:
        if self._tour.at is None:
            return
        if self._tour.at + by >= len(PAGES):
            self._end_tour()
        else:
            self._tour.at = max(self._tour.at + by, 0)
            self._point()

    def _end_tour(self) -> None:
        self._tour.at = None
        before, self._before_tour = self._before_tour, None
        if before is not None:
            tab, focused = before
            self.show_tab(tab)
            if focused in self.seen():
                self.set_focus(focused)
        self._place_again()
        self._tour_ended()

    def _point(self) -> None:
        """Show what the page is about, framed by the focus, and the page beside it."""
        page = self._tour.page
        assert page is not None
        self.show_tab(next((tab for tab in self.tabs if tab.id == page.view), self.tab))
        self._maximise(None)
        names = self._tiles.panels(*self.size)
        name = page.panel if page.panel in names else next(iter(names), "")
        if name in self._panels:
            self.set_focus(self._panels[name])
        self._tour.forget()
        self._place_again()
        self.call_after_refresh(self._tour.redraw)

    def _place_of_tour(self, regions: Mapping[str, Region], size: Size) -> tuple[str, Region] | None:
        page = self._tour.page
        if page is None or not fits(*size):
            return None
        beside = region_of(page, regions, self._tiles.panels(*size))
        return None if beside is None else ("tour", self._tour.place(beside, size))

    def on_screen_resume(self) -> None:
        self.post_message(self.Uncovered())

    def on_resize(self) -> None:
        self.call_after_refresh(self._suit_the_size)

    def _suit_the_size(self) -> None:
        if self._tiles.panels(*self.size) != self._seen:
            self._bring()

    @on(Panel.Focused)
    def _follow_focus(self, event: Panel.Focused) -> None:
        if self._tiles.maximised is not None:
            self._maximise(event.panel.id)

    def step_focus(self, by: int) -> None:
        """Focus the view's panel after or before, round and round."""
        names = [name for _, column in self._tiles.tiling(*self.size) for name, _ in column]
        here = str(self.focused_panel.id)
        index = names.index(here) if here in names else -by
        name = names[(index + by) % len(names)]
        if new := self._made([name]):
            self.mount(*new)
        before, after = self.focused, self._panels[name]
        self.set_focus(after)
        for panel in (before, after):
            if isinstance(panel, Panel):
                panel.reframe()
