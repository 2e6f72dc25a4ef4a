"""The learning-rate range test: its curve, what each rule reads from it, and a key to take a rate over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from nntui.training.events import RangeTested
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.text import sentence

if TYPE_CHECKING:
    from nntui.charts.look import Look
    from nntui.experiment import Value

Settings = dict[str, "Value"]

WAITING = "Training a copy of the network at ever higher rates; the run waits, and is not touched."
_HIGHEST = 2.0  # times the highest loss before the turn: the curve ends where it passes that


class RangeTestScreen(Dialog[Settings | None]):
    """Gives back the settings of the suggestion chosen, values by dotted name; None where none was."""

    DEFAULT_CSS = """
    RangeTestScreen Curve {
        height: 1fr;
        width: 1fr;
    }
    RangeTestScreen OptionList, RangeTestScreen OptionList:focus {
        height: auto;
        border: none;
        padding: 0;
        background: $surface;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    RangeTestScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    RangeTestScreen #caution {
        height: 3;
        color: $text-muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"apply({number})", f"Take suggestion {number}", show=False) for number in range(1, 10)),
        Binding("f,q", "close", "Close", show=False),
    ]
    title_text = "Learning-rate range test"
    keys_text = "1-5 or ↑↓ enter take over · [@click=screen.close]escape close[/]"

    def __init__(self, look: Look, *, advice: str = "") -> None:
        """``advice``: why no suggestion is taken over by a key; empty where one is."""
        super().__init__()
        self._advice = advice
        if advice:
            self.keys_text = "↑↓ read · [@click=screen.close]escape close[/]"
        self._curve = Curve(look)
        self._found: RangeTested | None = None

    def compose_content(self) -> Iterable[Widget]:
        """Curve, rates, caution."""
        yield self._curve
        yield Choices(id="suggestions", markup=False)
        yield Static(WAITING, id="caution", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def show(self, found: RangeTested) -> None:
        """The test has ended."""
        self._found = found
        self._curve.show(found)
        options = self.query_one(OptionList)
        options.clear_options()
        rows = [f"{at} {described(each['settings']):<27}" for at, each in enumerate(found.suggestions, 1)]
        full = [f"{row} {each['rule']}" for row, each in zip(rows, found.suggestions, strict=True)]
        fits = max(map(len, full), default=0) <= options.size.width
        options.add_options(Option(row) for row in (full if fits else rows))
        options.highlighted = 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        assert self._found is not None
        if event.option_index < len(self._found.suggestions):
            suggestion = self._found.suggestions[event.option_index]
            rule = str(suggestion["rule"])
            words = f"{sentence(rule)} Mind: {suggestion['caution']}."
            self.query_one("#caution", Static).update(words)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_apply(event.option_index + 1)

    def action_apply(self, number: int) -> None:
        """Take over the suggestion of this number."""
        if self._advice:
            self.query_one("#caution", Static).update(self._advice)
        elif self._found is not None and number <= len(self._found.suggestions):
            self.dismiss(dict(self._found.suggestions[number - 1]["settings"]))


class Curve(Rows):
    """Loss over learning rate, both as measured and smoothed, with the rates suggested marked."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._found: RangeTested | None = None

    def show(self, found: RangeTested) -> None:
        """Draw this test's result."""
        self._found = found
        self.redraw()

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        import numpy as np

        from nntui.charts import Mark, Series, line_chart, message

        found = self._found
        if found is None:
            return message("testing …", (width, height), self._look)
        rates, smooth = np.array(found.rates), np.array(found.smooth)
        until = len(rates) if found.limit is None else int(np.searchsorted(rates, found.limit)) + 1
        sound = smooth[:until][np.isfinite(smooth[:until])]
        top = _HIGHEST * float(sound.max()) if sound.size else np.inf
        beyond = np.flatnonzero(~(smooth[until:] <= top))
        end = until + int(beyond[0]) if beyond.size else len(rates)
        raw = np.minimum(np.array(found.losses[:end]), top)
        marks = [
            Mark(suggestion["settings"]["optimizer.learning_rate"], str(number))
            for number, suggestion in enumerate(found.suggestions, 1)
        ]
        series = [Series("loss on the probe set", "train", rates[:end], smooth[:end], raw=raw)]
        return line_chart(
            series, (width, height), self._look, log_x=True, x_label="learning rate", marks=marks, cursor=marks[0].x
        )


def described(settings: Mapping[str, Any]) -> str:
    """The suggestion in a few words: ``cyclic 0.18 to 0.7``."""
    rate = settings["optimizer.learning_rate"]
    if "schedule.peak" in settings:
        return f"{settings['schedule.name']} {rate:.3g} to {settings['schedule.peak']:.3g}"
    return f"{settings['schedule.name']} {rate:.3g}"
