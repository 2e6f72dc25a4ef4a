"""Why the dashboard says that something is wrong: what, where, the numbers, the mechanism, and what to try."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from nntui.experiment import Value
from nntui.training.diagnosis.catalogue import RULES
from nntui.training.events import Diagnosed
from nntui.tui.drawings.diagnosis import commands, dated, evidence, in_words
from nntui.tui.screens.dialog import Dialog, Lines, heading, items, paragraph
from nntui.tui.screens.text import show_value
from nntui.tui.widgets.text import whole

Wish = Literal["remedy", "mend", "concept"]


class EvidenceScreen(Dialog[Wish | None]):
    """One diagnosis from close by; gives back what the person wants done about it."""

    DEFAULT_CSS = """
    EvidenceScreen .what {
        text-style: bold;
        color: $text-warning;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "wish('remedy')", "Apply the fix", show=False),
        Binding("m", "wish('mend')", "Start the fixed version", show=False),
        Binding("c", "wish('concept')", "Read about it", show=False),
        Binding("q,enter", "close", "Close", show=False),
    ]

    def __init__(
        self,
        shown: Diagnosed,
        others: Sequence[Diagnosed],
        mended: Mapping[str, Value],
        concept: str,
        *,
        advice_only: bool = False,
    ) -> None:
        """
        Args:
            shown: what it is about.
            others: what else holds.
            mended: the changes of the preset's mended twin; empty where it has none.
            concept: title of the page that explains it; empty where none does.
            advice_only: no key applies the advice.
        """
        super().__init__()
        self._shown, self._others, self._mended, self._concept = shown, tuple(others), mended, concept
        self._commands = [] if advice_only else commands(shown)
        rule = RULES.get(shown.rule)
        self.title_text = rule.title if rule is not None else shown.rule.replace("_", " ")
        keys = ["↑↓ scroll"]
        if self._commands:
            keys.append("[@click=screen.wish('remedy')]a apply the fix[/]")
        if mended:
            keys.append("[@click=screen.wish('mend')]m fixed version[/]")
        if concept:
            keys.append("[@click=screen.wish('concept')]c concept[/]")
        self.keys_text = " · ".join([*keys, "[@click=screen.close]escape close[/]"])

    def compose_content(self) -> Iterable[Widget]:
        """What, why, what to try, then the numbers and the rule itself."""
        shown = self._shown
        with VerticalScroll():
            yield paragraph(shown.message, "what")
            where = f"in {shown.layer}" if shown.layer else "in the whole network"
            yield paragraph(f"Measured at step {whole(shown.step)}, epoch {whole(shown.epoch)}, {where}.", "muted")
            yield heading("Why")
            yield paragraph(shown.why)
            yield heading("What to try")
            yield paragraph(shown.remedy)
            if self._commands:
                yield paragraph("The key a does this as one change, which undo takes back as a whole:", "muted")
                yield items(in_words(command) for command in self._commands)
            if self._mended:
                yield paragraph(
                    "The key m starts the preset's fixed version, a run of its own to compare with:", "muted"
                )
                yield items(f"{name} = {show_value(value)}" for name, value in self._mended.items())
            yield from self._numbers()
            if self._others:
                yield heading("Also")
                yield items(dated(other) for other in self._others)

    def _numbers(self) -> Iterable[Widget]:
        numbers = evidence(self._shown)
        yield heading("The numbers it was judged by")
        yield Lines(numbers, max((len(value) for value, _ in numbers), default=1))
        rule = RULES.get(self._shown.rule)
        if rule is not None:
            yield heading("The rule")
            yield paragraph(rule.formula)
            yield paragraph(f"Checked every 10 steps or less often. After {rule.source}.", "muted")

    def action_wish(self, wish: Wish) -> None:
        """Close, and have this done, if it can be."""
        can = {"remedy": self._commands, "mend": self._mended, "concept": self._concept}
        if can[wish]:
            self.dismiss(wish)
