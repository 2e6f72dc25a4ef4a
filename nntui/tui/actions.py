"""What the keys do: every ``action_`` that `nntui.tui.bindings` names."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import TYPE_CHECKING

from nntui.tui.availability import why_unavailable
from nntui.tui.bindings import Action
from nntui.tui.drivers.app import TerminalApp
from nntui.tui.helm import Helm
from nntui.tui.main_screen import MainScreen
from nntui.tui.model import Model, Topic
from nntui.tui.widgets.panel import SMOOTHING, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from nntui.charts.look import Look
    from nntui.experiment import Value


class KeyActions(TerminalApp):
    """The dashboard's actions; how it draws and ends, the app itself knows."""

    actions: tuple[Action, ...]
    helm: Helm
    main: MainScreen
    model: Model
    view: View

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it; where it would do nothing now, say why. All keys, clicks and commands come through here.

        A list that was not laid out yet has no pages to turn, where Textual 8.2 raises.
        """
        if isinstance(action, str) and (reason := self.why_not(action)):
            self.say(reason)
            return True
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except KeyError:
            if "page" not in str(action):
                raise
            return True

    def why_not(self, action: str) -> str:
        """Why this action of the table, ``app.silence`` or ``silence``, does nothing now; empty where it does."""
        namespace, _, name = action.rpartition(".")
        if namespace not in ("", "app") or self.screen is not self.main:
            return ""
        known = next((each for each in self.actions if each.action == name), None)
        return "" if known is None else why_unavailable(known, self.main, self.model, self.view.keys)

    @abstractmethod
    def redraw(self, *topics: Topic) -> None:
        """Draw what these are about; without any, everything that is seen."""

    @abstractmethod
    def show(self) -> None:
        """Show what a key changed in a panel, which has been drawn."""

    @abstractmethod
    def look(self) -> Look:
        """What charts are drawn with, in the present theme."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Tell the person something in passing."""

    @abstractmethod
    def confirm(self, text: str) -> None:
        """Say what became of a change, in the place of the previous such note."""

    @abstractmethod
    def leave(self, status: int = 0) -> None:
        """End the program with this exit status."""

    @abstractmethod
    def show_chosen(self) -> None:
        """Something else is looked at closely."""

    @abstractmethod
    def mark_run(self) -> bool:
        """Mark the run under the highlight, where a list of runs has the focus."""

    @abstractmethod
    def move_time(self, by: int) -> None:
        """Look at the network so many keys earlier or later."""

    @abstractmethod
    def show_concept(self, name: str | None) -> None:
        """Open this concept page; None: none."""

    # -- the run --------------------------------------------------------------------------------------------------

    def action_toggle_pause(self) -> None:
        if not self.mark_run():
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
        self.redraw("asked")

    def action_learning_rate_up(self) -> None:
        self.helm.move_learning_rate(+1)
        self.redraw("asked")

    def action_batch_size_halve(self) -> None:
        self.helm.move_batch_size(-1)
        self.redraw("asked")

    def action_batch_size_double(self) -> None:
        self.helm.move_batch_size(+1)
        self.redraw("asked")

    def set_value(self, name: str, text: str) -> None:
        """Give a hyperparameter the value of a text, as the command palette does."""
        if self.helm.set_text(name, text):
            self.redraw("asked")

    # -- looks ----------------------------------------------------------------------------------------------------

    def action_toggle_log(self) -> None:
        self.view.log = not self.view.log
        self.redraw("view")

    def action_toggle_log_epochs(self) -> None:
        self.view.log_x = not self.view.log_x
        self.redraw("view")

    def action_zoom_in(self) -> None:
        self.zoom(+1)

    def action_zoom_out(self) -> None:
        self.zoom(-1)

    def zoom(self, by: int, at: float | None = None) -> None:
        """Show fewer epochs, or more where ``by`` is below 0; about an epoch, or else the cursor, or the newest."""
        from nntui.tui.drawings.pieces import curves_end

        model = self.model
        turn = self.view.zoom.closer if by > 0 else self.view.zoom.wider
        turn(model.epochs_done, curves_end(model), model.cursor, at)
        self.redraw("view")

    def action_zoom_whole(self) -> None:
        self.view.zoom.whole()
        self.redraw("view")

    def action_cycle_smoothing(self) -> None:
        index = SMOOTHING.index(self.view.smoothing)
        self.view.smoothing = SMOOTHING[(index + 1) % len(SMOOTHING)]
        self.redraw("view")

    def action_maximise(self) -> None:
        self.main.turn_maximised()

    def action_next_panel(self) -> None:
        self.main.step_focus(+1)
        self.show()

    def action_previous_panel(self) -> None:
        self.main.step_focus(-1)
        self.show()

    def action_go_left(self) -> None:
        self._arrow(-1, 0)

    def action_go_right(self) -> None:
        self._arrow(+1, 0)

    def action_layers_up(self) -> None:
        self._arrow(0, -1)

    def action_layers_down(self) -> None:
        self._arrow(0, +1)

    def _arrow(self, dx: int, dy: int) -> None:
        panel = self.main.focused_panel
        if panel.spec.arrows == "select":
            panel.select(dx, dy)
        elif dy:
            panel.page(dy)
            self.show()
        else:
            self.move_time(dx)

    def action_page_up(self) -> None:
        self.main.focused_panel.page(-1)
        self.show()

    def action_page_down(self) -> None:
        self.main.focused_panel.page(+1)
        self.show()

    def action_turn_variant(self) -> None:
        if not self.main.focused_panel.turn_variant():
            self.say("This panel is drawn in one way only.")
        self.show()

    # -- views ----------------------------------------------------------------------------------------------------

    def action_view_1(self) -> None:
        self.show_view("1")

    def action_view_2(self) -> None:
        self.show_view("2")

    def action_view_3(self) -> None:
        self.show_view("3")

    def action_view_4(self) -> None:
        self.show_view("4")

    def action_view_5(self) -> None:
        self.show_view("5")

    def action_view_6(self) -> None:
        self.show_view("6")

    def show_view(self, key: str) -> None:
        """Show the view that has this key by default."""
        tab = next((tab for tab in self.main.tabs if tab.key == key), None)
        if tab is not None:
            self.main.show_tab(tab)

    def action_previous_sample(self) -> None:
        self._move_sample(-1)

    def action_next_sample(self) -> None:
        self._move_sample(+1)

    def _move_sample(self, by: int) -> None:
        """Look at another sample of the training part, after the last the first again."""
        if self.model.started is not None:
            chosen = self.model.chosen
            chosen.sample = (chosen.sample + by) % self.model.started.train_samples
            self.show_chosen()

    # -- dialogs --------------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        self.edit()

    def edit(self, name: str = "") -> None:
        """Open the form, in the field of this name where there is one."""
        from nntui.tui.screens.edit import EditScreen

        status = self.model.status
        rate = status.learning_rate if status is not None else float("nan")
        screen = EditScreen(self.model.experiment, rate, name, rules=self.rules, forbids=self.forbids_setting)
        self.push_screen(screen, self._take_edits)

    def _take_edits(self, values: dict[str, Value] | None) -> None:
        if values:
            self.helm.take_edits(values)
        self.redraw()

    def action_range_test(self) -> None:
        from nntui.tui.screens.range_test import RangeTestScreen

        if self.helm.test_rates():
            self.push_screen(RangeTestScreen(self.look(), advice=self.advice_only), self._take_edits)

    @property
    def advice_only(self) -> str:
        """Why what is suggested is not done by a key; empty where it is."""
        return ""

    @property
    def rules(self) -> str:
        """What alone may be changed now, in a sentence; empty: everything."""
        return ""

    def forbids_setting(self, name: str) -> str:
        """Why a hyperparameter must not be changed now; empty where it may."""
        return ""

    def show_range_test(self) -> None:
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
            self.say(str(error))
            return
        self.helm.load(experiment)
        self.redraw()

    def action_explain(self) -> None:
        from nntui.tui.facts import facts, parts
        from nntui.tui.screens.explain import ExplainScreen

        focused = self.main.focused_panel
        panel = str(focused.id)
        told = focused.facts() if focused.can_draw else None
        told = facts(panel, self.model) if told is None else told
        screen = ExplainScreen(panel, told, actions=self.actions, parts=parts(panel, self.model))
        self.push_screen(screen, self.show_concept)

    def action_help(self) -> None:
        from nntui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.actions, self.main.tab), self.show_concept)

    def action_command_palette(self) -> None:
        from textual.command import CommandPalette

        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette())  # without an id: one that was just closed may still have it

    def action_suspend(self) -> None:
        if self._driver is None or not self._driver.can_suspend or sys.platform == "win32":
            self.say("The program cannot be suspended here.")
        else:
            self.action_suspend_process()

    async def action_quit(self) -> None:
        self.leave(1 if self.model.state == "failed" else 0)
