"""The dashboard: takes what the training process tells, draws it, and passes on what the person asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from nntui.tui.bindings import Action, rebound
from nntui.tui.helm import Helm, RunClient, first_keys
from nntui.tui.main_screen import MainScreen
from nntui.tui.model import EVERYTHING, Model, Topic
from nntui.tui.theme import Glyphs, make_look, styles
from nntui.tui.time_actions import TimeActions
from nntui.tui.time_cursor import TimeCursor
from nntui.tui.widgets.panel import Panel, View
from nntui.tui.widgets.tabs import TabLine

if TYPE_CHECKING:
    from nntui.charts.look import Look
    from nntui.experiment import Experiment
    from nntui.training.commands import Watch
    from nntui.tui.config import Config

BEHIND_A_DIALOG = 4
"""Behind a dialog only every so many frames are drawn."""

PROMPT = 0.15
"""Seconds after a key in which what comes is drawn as soon as it comes."""


def _commands() -> type[Provider]:
    from nntui.tui.palette import CommandProvider

    return CommandProvider


def _import_all(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)


class NntuiApp(TimeActions):
    """One run on the screen.

    The frame timer does not tick: the client wakes the app when there is something new, and a frame is drawn at once or
    when the last one is old enough. Nothing new, nothing done.
    """

    TITLE = "nntui"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", "Quit", show=False, priority=True)]

    def __init__(
        self,
        client: RunClient,
        experiment: Experiment,
        config: Config,
        *,
        glyphs: Glyphs = "braille",
        frames_per_second: float = 20.0,
    ) -> None:
        super().__init__()
        self.client = client
        self.model = Model(experiment)
        self.actions: tuple[Action, ...] = tuple(rebound(config.keys))
        keys = first_keys(self.actions)
        self.helm = Helm(client, self.model, self.say, keys)
        self.time = TimeCursor(client, self.model, self.say, self._watching, keys)
        self.view = View()
        self.glyphs = glyphs
        self.main = MainScreen(self.model, self.actions, self.view)
        self._config = config
        self._period = 1.0 / frames_per_second
        self._last_frame = 0.0
        self._frame_due = False
        self._frame_timer: asyncio.TimerHandle | None = None
        self._prompt_until = 0.0
        self._frames = 0
        self._loaded = False
        self._loading = True
        self._unseen: set[Topic] = set()
        self._waiting = False

    # -- beginning and end ----------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_mount(self) -> None:
        if self._config.theme:
            self.theme = self._config.theme
        self.set_class(self.glyphs == "ascii", "-ascii")
        self._dress()
        self.theme_changed_signal.subscribe(self, lambda _: self._dress())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first paint: load what draws, keys and clicks being heard meanwhile."""
        self.run_worker(self._load(), exit_on_error=True)

    async def _load(self) -> None:
        """Import what the panels on the screen are drawn by."""
        self._loading = True
        while modules := self.main.imports():
            await asyncio.to_thread(_import_all, modules)
            self.main.imported(modules)
            if not self._loaded:
                self._loaded = True
                self._dress()
                self.client.attach(asyncio.get_running_loop(), self.wake)
                self.watch_what_is_seen()
            self.redraw()
        self._loading = False

    def _dress(self) -> None:
        look = self.look() if self._loaded else None
        self.main.dress(styles(self.theme_variables, sixteen=self._has_sixteen), self.glyphs, look)

    def look(self) -> Look:
        """What charts are drawn with, in the present theme."""
        colors = not self.no_color
        return make_look(self.theme_variables, self.glyphs, colors=colors, sixteen=self._has_sixteen)

    @property
    def _has_sixteen(self) -> bool:
        return self.console.color_system == "standard" and not self.no_color

    def leave(self, status: int = 0) -> None:
        """End the program with this exit status."""
        self.exit(status, return_code=status)

    # -- frames ---------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self._prompt_until = monotonic() + PROMPT
        await super().on_event(event)

    def wake(self) -> None:
        """There is something to draw: now, or when the frame before is old enough. Called in the event loop.

        For a moment after a key it is drawn at once: it may be the answer.
        """
        self._draw_soon(prompt=monotonic() < self._prompt_until)

    def _draw_soon(self, *, prompt: bool = False) -> None:
        if self._frame_due or not self._running:
            return
        wait = self._last_frame + self._period - monotonic()
        if prompt or wait <= 0:
            self._end_wait()
        elif self._frame_timer is None:
            self._frame_timer = asyncio.get_running_loop().call_later(wait, self._end_wait)

    def _end_wait(self) -> None:
        if self._frame_timer is not None:
            self._frame_timer.cancel()
            self._frame_timer = None
        self._frame_due = True
        self.call_later(self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._last_frame = monotonic()
        self._frames += 1
        self._unseen |= self._take()
        behind = self.screen is not self.main
        if behind and (not self.screen.is_modal or self._frames % BEHIND_A_DIALOG):
            if self._unseen and self.screen.is_modal:
                self._draw_soon()
            return
        news, self._unseen = self._unseen, set()
        if (news or self._waiting) and self._loaded:
            self._waiting = self.main.show(news)
            if self._waiting:
                self._draw_soon()

    def _take(self) -> set[Topic]:
        news: set[Topic] = set()
        batch = self.client.take()
        if batch is not None:
            serial = self.model.serial
            news |= self.model.take(batch)
            if self.model.serial != serial:
                self.watch_what_is_seen()
            self.time.hear(batch.events)
            self.show_range_test()
            for refusal in self.model.refusals:
                self.say(refusal.reason)
            self.model.refusals.clear()
        failure = self.client.failure
        if failure is not None and self.model.state != "failed":
            news |= self.model.fail(failure)
        return news

    @property
    def has_news(self) -> bool:
        """Whether something that is known has still to be drawn."""
        due = self._frame_due or self._frame_timer is not None
        return due or (self._waiting and self.screen is self.main) or self._loading

    def redraw(self, *topics: Topic) -> None:
        """Draw what these are about; without any, everything that is seen."""
        self._unseen |= set(topics) or EVERYTHING
        self._last_frame = 0.0
        self.wake()

    @on(MainScreen.SeenChanged)
    def _serve_what_is_seen(self) -> None:
        self.watch_what_is_seen()
        if not self._loading and self.main.imports():
            self._begin()

    def watch_what_is_seen(self) -> None:
        """Have measured what a panel on the screen is drawn from, of what is looked at closely."""
        self.helm.watch(self._watching())
        if self.model.cursor is not None:
            self.time.look_again()

    def _watching(self) -> Watch:
        return self.model.watching(self.main.needs())

    @on(Panel.Selected)
    def show_chosen(self) -> None:
        """Something else is looked at closely."""
        self.watch_what_is_seen()
        self.redraw("chosen")

    @on(Panel.Pointed)
    def _look_where_pointed(self, event: Panel.Pointed) -> None:
        self.time.put(event.epoch)
        self.redraw("time")

    @on(TabLine.Clicked)
    def _show_tab(self, event: TabLine.Clicked) -> None:
        self.main.show_tab(event.tab)

    def say(self, text: str) -> None:
        """Tell the person something in passing."""
        self.notify(text, markup=False, timeout=4)
