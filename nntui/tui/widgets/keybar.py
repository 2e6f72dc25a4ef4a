"""The footer: keys and what they do, each a button for the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.strip import Strip

from nntui.tui.bindings import IN_VIEW, Action
from nntui.tui.model import Model
from nntui.tui.widgets.status import Line
from nntui.tui.widgets.text import Part, length

AFTER_THE_END = ("run.restart", "run.new_seed", "time.best", "change.edit", "change.presets", "program.help",
                 "program.quit", "learn.open", "change.save")  # fmt: skip
"""What can be done once a run has ended, in the place of what steers the training."""
_OF_TRAINING = ("run.batch", "run.slower", "run.faster")
_OBVIOUS = ("previous_panel", "layers_up", "layers_down", "go_left", "go_right", "page_up", "page_down")
_ON_TABS = "Views"


@dataclass(frozen=True)
class Button:
    """A stretch of the footer that does something when clicked."""

    x: int
    y: int
    width: int
    action: str


def entries(actions: Iterable[Action]) -> list[tuple[tuple[Action, ...], str]]:
    """The actions with their labels; those that share a label stand together."""
    result: list[tuple[tuple[Action, ...], str]] = []
    for action in actions:
        if not action.keys:
            continue
        if action.pair and result and result[-1][0][-1].pair == action.pair:
            before, label = result[-1]
            result[-1] = ((*before, action), label)
        else:
            result.append(((action,), action.pair or action.label))
    return result


class KeyBar(Line):
    """The keys of the footer in the first row; where there is a second, more of them, those of the view first."""

    def __init__(
        self,
        model: Model,
        actions: Sequence[Action],
        *,
        id: str,
        is_available: Callable[[Action], bool] = lambda action: True,
    ) -> None:
        """``is_available``: whether an action does something now; the others are left out."""
        super().__init__(model, id=id)
        self._is_available = is_available
        self._ended = [action for id in AFTER_THE_END for action in actions if action.id == id]
        self._first = entries(action for action in actions if action.in_footer)
        self._others = [
            action
            for action in actions
            if not (action.in_footer or action.action in _OBVIOUS or action.group == _ON_TABS)
        ]
        self._second = entries(self._others)
        self.buttons: list[Button] = []

    def mark(self, view: str) -> None:
        """The view of this id is shown now."""
        useful = IN_VIEW.get(view, ())
        self._second = entries(sorted(self._others, key=lambda action: action.id not in useful))
        self.redraw()

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        self.buttons = []
        has_ended = self._model.state in ("finished", "stopped", "failed") and not self._model.has_more_epochs
        first, second = self._first, self._second
        if has_ended:
            first = entries(self._ended)
            second = [entry for entry in second if entry[0][0].id not in (*AFTER_THE_END, *_OF_TRAINING)]
        rows = [self._row(first, width, 0)]
        if height > 1:
            rows.append(self._row(second, width, 1))
        return rows[:height]

    def _row(self, listed: list[tuple[tuple[Action, ...], str]], width: int, y: int) -> Strip:
        parts: list[Part] = [(" ", "text")]
        for actions, label in listed:
            if not all(map(self._is_available, actions)):
                continue
            word = self._word(actions[0], label)
            group: list[Part] = []
            buttons: list[Button] = []
            x = length(parts)
            for action in actions:
                key = action.keys[0]
                buttons.append(Button(x + length(group), y, len(key) + 1, action.action))
                group += [(key, "border_focus"), (" ", "text")]
            if len(actions) == 1:
                buttons[0] = Button(x, y, len(actions[0].keys[0]) + 1 + len(word), actions[0].action)
            group.append((word, "muted"))
            if x + length(group) > width - 1:
                break
            self.buttons += buttons
            parts += [*group, ("  ", "text")]
        return self.row(parts, width)

    def _word(self, action: Action, label: str) -> str:
        state = self._model.state
        if action.id == "run.pause" and (state in ("paused", "diverged") or self._model.has_more_epochs):
            return "Continue"
        if action.id == "run.restart" and self._model.is_replay:
            return "Play again"
        return "More epochs" if action.id == "change.edit" and state == "finished" else label

    async def on_click(self, event: events.Click) -> None:
        for button in self.buttons:
            if button.y == event.y and button.x <= event.x < button.x + button.width:
                event.stop()
                await self.app.run_action(button.action)
                return
