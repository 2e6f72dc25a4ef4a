"""The list of lessons, challenges and concept pages, with what was done of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Markdown, OptionList
from textual.widgets.option_list import Option

from nntui.experiment import PresetError
from nntui.teaching.challenge import list_challenges, read_challenge
from nntui.teaching.concepts import CONCEPTS, page
from nntui.teaching.lesson import list_lessons, read_lesson
from nntui.teaching.progress import Progress
from nntui.tui.bindings import ACTIONS, Action
from nntui.tui.explanations import with_keys
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog, heading, paragraph
from nntui.tui.widgets.text import counted, to_ascii

Kind = Literal["lesson", "challenge", "concept"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list; ``fault`` says why a file cannot be used."""

    kind: Kind
    name: str
    title: str
    path: Path | None
    about: str = ""
    mark: str = ""
    fault: str = ""


def lessons(progress: Progress) -> list[Item]:
    """All lessons, in their order, each with how much of it is done."""
    found = []
    for path in list_lessons():
        try:
            lesson = read_lesson(path)
        except PresetError as error:
            found.append((1e9, Item("lesson", path.stem, path.stem, path, fault=str(error), mark="!")))
            continue
        record = progress.of(lesson.name)
        mark = "✔" if record.finished else f"{record.steps}/{len(lesson.steps)}" if record.steps else ""
        about = f"{lesson.about}\n\n{len(lesson.steps)} steps, about {lesson.minutes:g} minutes."
        found.append((lesson.order, Item("lesson", lesson.name, lesson.title, path, about, mark)))
    return [item for _, item in sorted(found, key=lambda each: each[0])]


def challenges(progress: Progress) -> list[Item]:
    """All challenges, the easy ones first, each with its stars."""
    found = []
    for path in list_challenges():
        try:
            challenge = read_challenge(path)
        except PresetError as error:
            found.append((9, Item("challenge", path.stem, path.stem, path, fault=str(error), mark="!")))
            continue
        record = progress.of(f"challenge/{challenge.name}")
        done = f"{counted(record.epochs, 'epoch')}, {counted(record.changes, 'change')}"
        best = f"\n\nYour best: {done}." if record.finished else ""
        par = f"{counted(challenge.par_epochs, 'epoch')} and {counted(challenge.par_changes, 'change')}"
        goal = challenge.goal.text.replace("_", " ")
        about = (
            f"{challenge.about}\n\nGoal: {goal}, within {counted(challenge.epochs, 'epoch')}.\n"
            f"You may change {challenge.rules}.\n"
            f"Three stars for {par}, or fewer.{best}"
        )
        mark = "★" * record.stars
        found.append((challenge.level, Item("challenge", challenge.name, challenge.title, path, about, mark)))
    return [item for _, item in sorted(found, key=lambda each: each[0])]


def concepts() -> list[Item]:
    """All concept pages."""
    return [Item("concept", name, concept.title, None) for name, concept in CONCEPTS.items()]


class LearnScreen(Dialog[tuple[Kind, str] | None]):
    """Gives back what to begin: a lesson or challenge with its file, or a concept whose preset is to be loaded."""

    DEFAULT_CSS = """
    LearnScreen #items {
        width: 42;
        height: 1fr;
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
    }
    LearnScreen:nocolor #items > .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    LearnScreen #about {
        width: 1fr;
        padding-left: 2;
    }
    LearnScreen Markdown {
        padding: 0;
        margin: 0;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "scroll(1)", "Scroll the text", show=False, priority=True),
        Binding("pageup", "scroll(-1)", "Scroll the text", show=False, priority=True),
        Binding("q,L", "close", "Close", show=False),
    ]
    title_text = "Learn"
    keys_text = "↑↓ choose · pgup pgdn read on · enter begin · [@click=screen.close]escape close[/]"

    def __init__(
        self, progress: Progress, actions: Sequence[Action] = ACTIONS, *, at: str = "", busy: bool = False
    ) -> None:
        """``at``: name of the item to begin with, ``concept/neuron``; ``busy``: a lesson or challenge is under way."""
        super().__init__()
        self._progress = progress
        self._actions = tuple(actions)
        self._at = at
        self._busy = busy
        self._items: list[Item] = []

    def compose_content(self) -> Iterable[Widget]:
        """The list left, the words about one item right."""
        with Horizontal():
            yield Choices(id="items", compact=True)
            yield VerticalScroll(id="about", can_focus=False)

    def on_mount(self) -> None:
        items = self.query_one("#items", OptionList)
        for title, group in (
            ("Lessons", lessons(self._progress)), ("Challenges", challenges(self._progress)), ("Concepts", concepts()),
        ):  # fmt: skip
            items.add_option(Option(self._plain(f"── {title}"), disabled=True))
            for item in group:
                items.add_option(Option(Text(self._plain(f"{item.mark:>4} {item.title}")), id=str(len(self._items))))
                self._items.append(item)
        wanted = next((i for i, item in enumerate(self._items) if self._is_wanted(item)), 0)
        items.highlighted = items.get_option_index(str(wanted))
        items.focus()

    def _is_wanted(self, item: Item) -> bool:
        """Whether the list begins with this: what was asked for or, without that, the first lesson not yet done."""
        if self._at:
            return f"{item.kind}/{item.name}" == self._at
        return item.kind == "lesson" and not (item.fault or self._progress.of(item.name).finished)

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        item = self._items[int(event.option_id or 0)]
        about = self.query_one("#about", VerticalScroll)
        about.remove_children()
        about.mount(*self._words(item))
        about.scroll_home(animate=False)

    def _words(self, item: Item) -> list[Widget]:
        if item.kind == "concept":
            preset = CONCEPTS[item.name].preset
            leaves = ", and leaves what is under way" if self._busy else ""
            return [
                Markdown(self._plain(page(item.name))),
                paragraph(f"enter loads the preset {preset}{leaves}", "muted"),
            ]
        if item.fault:
            return [heading("This file cannot be used", first=True), paragraph(item.fault, "fault")]
        about = self._plain(with_keys(item.about, self._actions))
        words = [heading(self._plain(item.title), first=True), paragraph(about)]
        if self._progress.trouble:
            words += [paragraph(""), paragraph(self._plain(self._progress.trouble), "fault")]
        return [*words]

    def _plain(self, text: str) -> str:
        return to_ascii(text) if self.app.has_class("-ascii") else text

    def action_scroll(self, by: int) -> None:
        """Read on, or back."""
        about = self.query_one("#about", VerticalScroll)
        about.scroll_relative(y=by * max(about.size.height - 2, 1), animate=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        item = self._items[int(event.option_id or 0)]
        if item.fault:
            self.app.bell()
        else:
            self.dismiss((item.kind, str(item.path) if item.path else item.name))
