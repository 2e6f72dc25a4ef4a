"""What am I looking at: one panel in plain words, with its formula and the numbers of this moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from nntui.teaching.concepts import CONCEPTS, concept_of_panel
from nntui.tui.bindings import ACTIONS, Action
from nntui.tui.explanations import EXPLANATIONS, with_keys
from nntui.tui.screens.dialog import Dialog, Lines, heading, items, paragraph


class Described(Protocol):
    """A thing chosen by name (a loss, a schedule) that brings its own words."""

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def source(self) -> str: ...


class ExplainScreen(Dialog[str | None]):
    """The explanation of one panel; gives back the concept page to open, if the person wants it."""

    DEFAULT_CSS = """
    ExplainScreen .formula {
        padding: 0 2;
        color: $text-primary;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,q", "close", "Close", show=False),
        Binding("c", "concept", "Concept", show=False),
    ]
    keys_text = "↑↓ pgup pgdn scroll · [@click=screen.close]escape close[/]"

    def __init__(
        self,
        panel: str,
        facts: Mapping[str, str] | None = None,
        *,
        actions: Sequence[Action] = ACTIONS,
        parts: Iterable[tuple[str, Described]] = (),
    ) -> None:
        """``panel``: its id, a key of `EXPLANATIONS`.

        Args:
            facts: what the panel shows right now, as label and value, both ready to print.
            actions: the table with the keys as bound now.
            parts: what the panel depends on now, each with its role in words: ``("Schedule", …)``.
        """
        super().__init__()
        self._explanation = EXPLANATIONS[panel]
        self._facts = dict(facts or {})
        self._actions = tuple(actions)
        self._parts = tuple(parts)
        self.title_text = self._explanation.title
        self._concept = concept_of_panel(panel)
        if self._concept:
            self.keys_text = f"[@click=screen.concept]c the idea behind it[/] · {self.keys_text}"

    def _words(self, text: str) -> str:
        return with_keys(text, self._actions)

    def compose_content(self) -> Iterable[Widget]:
        """Numbers first, then the words."""
        explanation = self._explanation
        with VerticalScroll():
            yield heading("What is drawn", first=True)
            yield paragraph(self._words(explanation.drawn))
            if self._facts:
                yield heading("Right now")
                yield Lines(self._facts.items(), max(map(len, self._facts)))
            yield heading("Formula")
            for text in explanation.formula:
                yield paragraph(self._words(text), "formula")
            for role, entry in self._parts:
                yield heading(f"{role.capitalize()}: {entry.name}")
                yield paragraph(entry.meaning)
                yield paragraph(entry.formula, "formula")
                yield paragraph(entry.source, "muted")
            yield heading("How to read it")
            yield items(map(self._words, explanation.reading))
            if self._concept:
                yield heading("The idea behind it")
                yield paragraph(f"{CONCEPTS[self._concept].title}: c opens its page.")
            yield heading("Try")
            yield items(map(self._words, explanation.trying))

    def action_concept(self) -> None:
        """Leave for the concept page, if there is one."""
        if self._concept:
            self.dismiss(self._concept)
