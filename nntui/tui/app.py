"""The dashboard: takes what the training process tells, draws it, and passes on what the person asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from nntui.tui.bindings import Action, rebound
from nntui.tui.helm import Helm, RunClient, first_keys
from nntui.tui.main_screen import MainScreen
from nntui.tui.model import EVERYTHING, Model, Topic
from nntui.tui.theme import Glyphs, make_look, styles
from nntui.tui.widgets.panel import SMOOTHING, View

if TYPE_CHECKING:
    from nntui.charts.look import Look
    from nntui.experiment import Experiment, Value
    from nntui.tui.config import Config

BEHIND_A_DIALOG = 4
"""Behind a dialog only every so many frames are drawn."""


def _commands() -> type[Provider]:
    from nntui.tui.palette import CommandProvider

    return CommandProvider


def _import_all(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)


class NntuiApp(App[int]):
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
        self.helm = Helm(client, self.model, self._say, first_keys(self.actions))
        self.view = View()
        self.glyphs = glyphs
        self.main = MainScreen(self.model, self.actions, self.view)
        self._config = config
        self._period = 1.0 / frames_per_second
        self._last_frame = 0.0
        self._frame_due = False
        self._frames = 0
        self._loaded = False
        self._complete = False
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
        for group in self.main.imports():
            await asyncio.to_thread(_import_all, group)
            first, self._loaded = not self._loaded, True
            self._dress()
            if first:
                self.client.attach(asyncio.get_running_loop(), self.wake)
                self.watch_what_is_seen()
            self.redraw()
        self._complete = True

    def _dress(self) -> None:
        look = self._look() if self._loaded else None
        self.main.dress(styles(self.theme_variables, sixteen=self._has_sixteen), self.glyphs, look)

    def _look(self) -> Look:
        colors = not self.no_color
        return make_look(self.theme_variables, self.glyphs, colors=colors, sixteen=self._has_sixteen)

    @property
    def _has_sixteen(self) -> bool:
        return self.console.color_system == "standard" and not self.no_color

    def leave(self, status: int = 0) -> None:
        """End the program with this exit status."""
        self.exit(status, return_code=status)

    # -- frames ---------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """There is something to draw: now, or when the frame before is old enough. Called in the event loop."""
        if self._frame_due or not self._running:
            return
        self._frame_due = True
        wait = self._last_frame + self._period - monotonic()
        if wait <= 0:
            self.call_later(self._draw_frame)
        else:
            asyncio.get_running_loop().call_later(wait, self.call_later, self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._last_frame = monotonic()
        self._frames += 1
        self._unseen |= self._take()
        behind = self.screen is not self.main
        if behind and (not self.screen.is_modal or self._frames % BEHIND_A_DIALOG):
            if self._unseen and self.screen.is_modal:
                self.wake()
            return
        news, self._unseen = self._unseen, set()
        if (news or self._waiting) and self._loaded:
            self._waiting = self.main.show(news)
            if self._waiting:
                self.wake()

    def _take(self) -> set[Topic]:
        news: set[Topic] = set()
        batch = self.client.take()
        if batch is not None:
            serial = self.model.serial
            news |= self.model.take(batch)
            if self.model.serial != serial:
                self.watch_what_is_seen()
            self._show_range_test()
            for refusal in self.model.refusals:
                self._say(refusal.reason)
            self.model.refusals.clear()
        failure = self.client.failure
        if failure is not None and self.model.state != "failed":
            news |= self.model.fail(failure)
        return news

    @property
    def has_news(self) -> bool:
        """Whether something that is known has still to be drawn."""
        return self._frame_due or (self._waiting and self.screen is self.main) or not self._complete

    def redraw(self) -> None:
        """Draw everything that is seen."""
        self._unseen |= EVERYTHING
        self._last_frame = 0.0
        self.wake()

    @on(MainScreen.SeenChanged)
    def watch_what_is_seen(self) -> None:
        """Have measured what a panel on the screen is drawn from."""
        self.helm.watch(self.main.needs())

    def _say(self, text: str) -> None:
        self.notify(text, markup=False, timeout=4)

    # -- what the keys do -----------------------------------------------------------------------------------------

    def action_toggle_pause(self) -> None:
        self.helm.toggle_pause()

    def action_one_epoch(self) -> None:
        self.helm.step(1, epochs=True)

    def action_one_batch(self) -> None:
        self.helm.step(1, epochs=False)

    def action_pace_down(self) -> None:
        self.helm.change_pace(-1)

    def action_pace_up(self) -> None:
        self.helm.change_pace(+1)

    def action_restart(self) -> None:
        self._restart(new_seed=False)

    def action_restart_new_seed(self) -> None:
        self._restart(new_seed=True)

    def _restart(self, *, new_seed: bool) -> None:
        self.helm.restart(new_seed=new_seed)
        self.redraw()

    def action_learning_rate_down(self) -> None:
        self.helm.move_learning_rate(-1)
        self.redraw()

    def action_learning_rate_up(self) -> None:
        self.helm.move_learning_rate(+1)
        self.redraw()

    def action_batch_size_halve(self) -> None:
        self.helm.move_batch_size(-1)
        self.redraw()

    def action_batch_size_double(self) -> None:
        self.helm.move_batch_size(+1)
        self.redraw()

    def set_value(self, name: str, text: str) -> None:
        """Give a hyperparameter the value of a text, as the command palette does."""
        if self.helm.set_text(name, text):
            self.redraw()

    def action_toggle_log(self) -> None:
        self.view.log = not self.view.log
        self.redraw()

    def action_cycle_smoothing(self) -> None:
        index = SMOOTHING.index(self.view.smoothing)
        self.view.smoothing = SMOOTHING[(index + 1) % len(SMOOTHING)]
        self.redraw()

    def action_maximise(self) -> None:
        self.main.turn_maximised()

    def action_next_panel(self) -> None:
        self.main.step_focus(+1)

    def action_previous_panel(self) -> None:
        self.main.step_focus(-1)

    def action_layers_up(self) -> None:
        self.main.focused_panel.page(-1)

    def action_layers_down(self) -> None:
        self.main.focused_panel.page(+1)

    # -- dialogs --------------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        from nntui.tui.screens.edit import EditScreen

        status = self.model.status
        rate = status.learning_rate if status is not None else float("nan")
        self.push_screen(EditScreen(self.model.experiment, rate), self._take_edits)

    def _take_edits(self, values: dict[str, Value] | None) -> None:
        if values:
            self.helm.take_edits(values)
        self.redraw()

    def action_range_test(self) -> None:
        from nntui.tui.screens.range_test import RangeTestScreen

        if self.helm.test_rates():
            self.push_screen(RangeTestScreen(self._look()), self._take_edits)

    def _show_range_test(self) -> None:
        """Pass the result on to the dialog that waits for it; where the test was refused, close it."""
        refused = any(refusal.name == "range_test" for refusal in self.model.refusals)
        if not refused and self.model.range_tested is None:
            return
        from nntui.tui.screens.range_test import RangeTestScreen

        found, self.model.range_tested = self.model.range_tested, None
        if isinstance(self.screen, RangeTestScreen):
            if found is None:
                self.screen.dismiss(None)
            else:
                self.screen.show(found)

    def action_presets(self) -> None:
        from nntui.tui.screens.presets import PresetScreen

        self.push_screen(PresetScreen(), self._take_preset)

    def _take_preset(self, path: str | None) -> None:
        if path is not None:
            self.load_preset(path)
        self.redraw()

    def load_preset(self, path: str) -> None:
        """Begin a new run by the preset of this path, in the same training process."""
        from pathlib import Path

        from nntui.experiment import PresetError, read_preset

        try:
            experiment = read_preset(Path(path))
        except PresetError as error:
            self._say(str(error))
            return
        self.helm.load(experiment)
        self.redraw()

    def action_explain(self) -> None:
        from nntui.tui.facts import facts, parts
        from nntui.tui.screens.explain import ExplainScreen

        panel = str(self.main.focused_panel.id)
        self.push_screen(
            ExplainScreen(panel, facts(panel, self.model), actions=self.actions, parts=parts(panel, self.model))
        )

    def action_help(self) -> None:
        from nntui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.actions))

    async def action_quit(self) -> None:
        self.leave(1 if self.model.state == "failed" else 0)



