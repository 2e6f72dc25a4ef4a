"""The dashboard: takes what the training process tells, draws it, and passes on what the person asks for."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.notifications import Notification
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets._toast import ToastRack

from nntui.training.commands import Undo
from nntui.tui.bindings import Action, rebound
from nntui.tui.desk import Desk
from nntui.tui.diagnosis_actions import DiagnosisActions
from nntui.tui.drivers.typing import TypeAhead
from nntui.tui.frames import Frames
from nntui.tui.helm import Helm, LaunchedClient, first_keys
from nntui.tui.keep_actions import KeepActions
from nntui.tui.learn_actions import LEFT
from nntui.tui.main_screen import MainScreen, Terminal
from nntui.tui.memory import Memory
from nntui.tui.model import EVERYTHING, Model, Topic
from nntui.tui.neuron_actions import NeuronActions
from nntui.tui.referee import Referee
from nntui.tui.theme import Glyphs, make_look, own_themes, styles
from nntui.tui.time_cursor import TimeCursor
from nntui.tui.welcome_actions import WelcomeActions
from nntui.tui.widgets.panel import Panel, View
from nntui.tui.widgets.tabs import TabLine

if TYPE_CHECKING:
    from textual.filter import LineFilter

    from nntui.charts.look import Look
    from nntui.experiment import Experiment
    from nntui.training.commands import Watch
    from nntui.tui.config import Config

MOST_NOTES = 3
"""The number of notes that are shown at the same time: they fit on any screen."""
NOTE_TIME = 4.0
"""Seconds for which a note is shown."""
BEHIND_A_DIALOG = 4
"""Behind a dialog only every so many frames are drawn."""


ANSWERS: frozenset[Topic] = frozenset(("run", "state", "settings", "time", "diagnosis"))
"""What comes from the training process because of something that the user did, most of the time."""

SETTLED = 0.2
"""Seconds without another size after which the terminal has taken the last one."""


def _commands() -> type[Provider]:
    from nntui.tui.palette import CommandProvider

    return CommandProvider


def _import_all(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)


class NntuiApp(DiagnosisActions, WelcomeActions, NeuronActions, KeepActions):
    """One run on the screen."""

    client: LaunchedClient

    TITLE = "nntui"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", "Quit", show=False, priority=True)]

    def __init__(
        self,
        client: LaunchedClient,
        experiment: Experiment,
        config: Config,
        *,
        glyphs: Glyphs = "braille",
        frames_per_second: float = 20.0,
        memory: Memory | None = None,
    ) -> None:
        super().__init__()
        self.client = client
        self.model = Model(experiment)
        self.actions: tuple[Action, ...] = tuple(rebound(config.keys))
        bound = [key for action in self.actions for key in action.keys]
        self.alt_keys = "".join(key[4:] for key in bound if key.startswith("alt+") and len(key) == 5)
        keys = first_keys(self.actions)
        self.desk = Desk(self.model)
        referee = Referee(client, self.model, self.desk.forbids, self.say)
        self.helm = Helm(referee, self.model, self.say, keys, self.desk.forbids_run, self.confirm)
        self.helm.confirmations.can_undo = lambda: not self.desk.forbids(Undo())
        self.time = TimeCursor(referee, self.model, self.say, self.confirm, self._watching, keys)
        self.view = View(keys=keys)
        self.glyphs = glyphs
        self.memory = memory or Memory()
        self.main = MainScreen(self.model, self.actions, self.view, self.desk, self.memory.panels)
        self._config = config
        self.frames = Frames(self, frames_per_second)
        self.main.terminal = Terminal(self.busy, lambda: self.frames.is_slow)
        self._count = 0
        self._typing = TypeAhead(self, self._take_key)
        self._own_filters: list[LineFilter] = []
        self._settling: Timer | None = None
        self._loaded = False
        self._loading = True
        self._left = False
        self._unseen: set[Topic] = set()
        self._confirmed = ""

    # -- beginning and end ----------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_mount(self) -> None:
        for theme in own_themes():
            self.register_theme(theme)
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
        self.frames.begin()
        while (modules := self.main.imports()) or not self._loaded:  # too small a terminal shows no panel at first
            await asyncio.to_thread(_import_all, modules)
            self.main.imported(modules)
            if first := not self._loaded:
                self._loaded = True
                self._dress()
                self.client.attach(asyncio.get_running_loop(), self.wake)
                self.watch_what_is_seen()
            self.redraw()
            if first and not self.open_what_was_asked_for():
                self.greet()
        self._loading = False
        for module in self.main.imports_ahead():  # one by one, so that the program can end meanwhile
            await asyncio.to_thread(import_module, module)
            self.main.imported([module])
        gc.freeze()  # what is here by now stays: no collection need look at it again (90 ms)

    def _dress(self) -> None:
        look = self.look() if self._loaded else None
        self.main.dress(styles(self.theme_variables, sixteen=self._has_sixteen), self.glyphs, look)

    def look(self) -> Look:
        """What charts are drawn with, in the present theme."""
        colors = not self.no_color
        return make_look(self.theme_variables, self.glyphs, colors=colors, sixteen=self._has_sixteen)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through: nothing controls the terminal, and where there is only ASCII, that is drawn."""
        if not self._own_filters:
            from nntui.tui.plain import PlainFilter, SafeFilter

            self._own_filters = [SafeFilter(), *([PlainFilter()] if self.glyphs == "ascii" else [])]
        return [*super().get_line_filters(), *self._own_filters]

    @property
    def _has_sixteen(self) -> bool:
        return self.console.color_system == "standard" and not self.no_color

    def suspended(self) -> None:
        self.client.hold(True)

    def resumed(self) -> None:
        self.client.hold(False)
        self.call_later(self.refresh)

    def leave(self, status: int = 0) -> None:
        """End the program with this exit status; the training process ends meanwhile. The first call counts."""
        if self._left:
            return
        self._left = True
        self.frames.end()
        self.client.let_go()
        self.exit(status, return_code=status)

    # -- frames ---------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self.frames.struck()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._typing.add(event)
            return
        if isinstance(event, events.Resize):
            if self._settling is not None:
                self._settling.stop()
            if self._loaded:
                self._settling = self.set_timer(SETTLED, self._paint_anew)
        await super().on_event(event)

    def _paint_anew(self) -> None:
        """Sizes that followed fast leave what was written for one on a screen of another; paint all of it once more."""
        self._settling = None
        self.refresh()

    async def _take_key(self, event: events.Key) -> bool:
        """Do what a key asks in the main screen, none of whose widgets has keys of its own."""
        if self.screen is not self.main:
            return False
        if not self.main.take_tour_key(event.key) and not await self._check_bindings(event.key, priority=True):
            await self._check_bindings(event.key)
        return True

    def wake(self) -> None:
        """There is something to draw: now, or when the frame before is old enough. Called in the event loop."""
        self.frames.wake()

    def busy(self) -> bool:
        """Whether the terminal has not taken all that was written."""
        return self.backlog() > 0

    @property
    def _shows_main(self) -> bool:
        """Whether no dialog covers the panels; once the app has ended, there is nothing that could."""
        return bool(self._screen_stack) and self.screen is self.main

    def awaits(self) -> bool:
        """Whether something that the user asked for has not arrived yet."""
        return self._loaded and self._shows_main and self.main.awaits

    def begin_frame(self) -> bool:
        """Take in what is new; the return value says whether it answers something that the user did."""
        if not self._running:
            return False
        self._count += 1
        awaited = self.awaits()
        self._unseen |= self._take()
        behind = self.screen is not self.main
        if not self._loaded or (behind and (not self.screen.is_modal or self._count % BEHIND_A_DIALOG)):
            return False
        news = self._note()
        return bool(news & ANSWERS) or (awaited and not self.main.awaits)

    def _note(self) -> set[Topic]:
        """Pass on what has not been shown."""
        news, self._unseen = self._unseen, set()
        if news:
            self.main.note(news)
        return news

    def answer(self) -> None:
        """Draw and show what a key changed here; nothing new is taken in."""
        if not self._running or not self._loaded or self.screen is not self.main:
            self.frames.wake()
            return
        self._note()
        while self.main.draw_next():
            pass
        self.main.flush()
        self.frames.wake()  # whatever has arrived is taken, so that the training process may answer

    def draw_next(self) -> bool:
        """Draw one more panel that there is news for."""
        return self._running and self._loaded and self.main.draw_next()

    def end_frame(self) -> None:
        """Show what was drawn."""
        if self._running and self._loaded:
            self.main.flush()
            if self._unseen and self.screen.is_modal:
                self.frames.wake()

    def failed(self, error: Exception) -> None:
        """Drawing raised this: end as after any error."""
        self._handle_exception(error)

    def _take(self) -> set[Topic]:
        news: set[Topic] = set()
        batch = self.client.take()
        if batch is not None:
            serial = self.model.serial
            before = self.model.run, self.model.state
            news |= self.model.take(batch)
            if (self.model.run, self.model.state) != before or "branches" in news:
                self.follow_recordings(anew=True)
            if self.model.serial != serial or "chosen" in news:
                self.watch_what_is_seen()
            self.time.hear(batch.events)
            self.helm.confirmations.hear(batch.events)
            if self.desk.hear(batch.events):
                self.say(LEFT)
                news.add("state")
            if self.desk.look():
                news.add("state")
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
        waits = (self.main.waits or self.main.is_behind) and self.screen is self.main
        return self.frames.under_way or waits or self._loading

    def redraw(self, *topics: Topic) -> None:
        """Draw what these are about; without any, everything that is seen."""
        self._unseen |= set(topics) or EVERYTHING
        self.frames.wake(at_once=True)

    def show(self) -> None:
        """Show what a key changed in a panel, which has been drawn."""
        self.frames.wake(at_once=True)

    @on(MainScreen.Uncovered)
    def _draw_what_was_covered(self) -> None:
        self.frames.wake()

    @on(MainScreen.SeenChanged)
    def _serve_what_is_seen(self) -> None:
        self.desk.looked_at(self.main.tab.id)
        self.watch_what_is_seen()
        self.follow_recordings(anew=True)
        if not self._loading and self.main.imports():
            self._begin()

    def watch_what_is_seen(self) -> None:
        """Have measured what a panel on the screen is drawn from, of what is looked at closely."""
        self.helm.watch(self._watching())
        if self.model.cursor is not None:
            self.time.look_again()

    def _watching(self) -> Watch:
        return self.model.watching(tuple(sorted({*self.main.needs(), *self.desk.needs})))

    @on(Panel.Selected)
    def show_chosen(self) -> None:
        """Something else is looked at closely."""
        self.watch_what_is_seen()
        self.follow_recordings()
        self.redraw("chosen")

    @on(Panel.Pointed)
    def _look_where_pointed(self, event: Panel.Pointed) -> None:
        self.time.put(event.epoch)
        self.redraw("time")

    @on(Panel.EditWanted)
    def _edit_what_was_clicked(self, event: Panel.EditWanted) -> None:
        self.edit(event.name)

    @on(Panel.Zoomed)
    def _zoom_where_pointed(self, event: Panel.Zoomed) -> None:
        self.zoom(event.by, event.epoch)

    @on(TabLine.Clicked)
    def _show_tab(self, event: TabLine.Clicked) -> None:
        self.main.show_tab(event.tab)

    def _remove_note(self, note: Notification) -> None:
        self._unnotify(note, refresh=False)
        self.screen.query(f"#{ToastRack._toast_id(note)}").remove()  # with the box around it, which else remains

    def say(self, text: str) -> None:
        """Tell the person something in passing; only the newest few notes stay."""
        for note in list(self._notifications)[: 1 - MOST_NOTES]:
            self._remove_note(note)
        self._notifications.add(Notification(text, timeout=NOTE_TIME))  # now, so that what follows finds it
        self._refresh_notifications()

    def confirm(self, text: str) -> None:
        """Say what became of a change, in the place of what was said so last: a burst of a key leaves one note."""
        for note in list(self._notifications):
            if note.message == self._confirmed:
                self._remove_note(note)
        self._confirmed = text
        self.say(text)
