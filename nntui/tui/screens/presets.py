"""The list of presets with search, what each is about, and the settings it would load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from nntui.experiment import Experiment, PresetError, list_presets, read_preset, topic_of
from nntui.tui.screens.dialog import Dialog, Lines, heading, items, paragraph
from nntui.tui.screens.text import show_value

ALWAYS_SHOWN = frozenset(
    ("network.hidden", "network.activation", "optimizer.learning_rate", "training.epochs", "training.batch_size")
)


@dataclass(frozen=True, slots=True)
class Found:
    """A preset file: what it describes, or why it cannot be read; and what it is about."""

    name: str
    path: Path
    experiment: Experiment | None
    faults: str
    topic: str = ""

    def named(self, query: str) -> int:
        """How near its name is to what was typed: 0 the same, 1 begins with it, 2 has it in it, 3 has it not."""
        typed, name = query.strip().lower(), self.name.lower()
        return 0 if name == typed else 1 if name.startswith(typed) else 2 if typed in name else 3

    def matches(self, query: str) -> bool:
        """Whether every word of the query occurs in its name or its words."""
        words = f"{self.name} {self.topic}"
        if self.experiment is not None:
            it = self.experiment
            words += f" {it.name} {it.about} {it.watch} {it.try_} {it.data.name} {it.optimizer.name} {it.schedule.name}"
        return all(word in words.lower() for word in query.lower().split())


def find_presets() -> list[Found]:
    """Every preset there is; one that cannot be read comes with its faults."""
    found = []
    for name, path in list_presets():
        try:
            found.append(Found(name, Path(path), read_preset(Path(path)), "", topic_of(name)))
        except PresetError as error:
            found.append(Found(name, Path(path), None, str(error), topic_of(name)))
    return found


def settings(experiment: Experiment) -> dict[str, str]:
    """Section → its settings in one line: the choice, what matters most, and whatever is given or not the default."""
    parts: dict[str, list[str]] = {}
    for parameter in experiment.parameters():
        section, _, label = parameter.name.partition(".")
        value = experiment.value(parameter.name)
        choice = str(experiment.value(f"{section}.name")) if section in _CHOSEN else ""
        if label == "name":
            parts.setdefault(section, []).append(str(value))
        elif (
            parameter.name in ALWAYS_SHOWN
            or label in getattr(getattr(experiment, section), "options", {})
            or value != parameter.defaults.get(choice, parameter.default)
        ):
            parts.setdefault(section, []).append(f"{label} {show_value(value)}")
    return {section: "; ".join(texts) for section, texts in parts.items()}


_CHOSEN = ("data", "loss", "optimizer", "schedule")


class Names(OptionList):
    """The names: a click shows a preset, a second click on it loads it, as ``enter`` does."""

    async def _on_click(self, event: events.Click) -> None:
        clicked: int | None = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            event.prevent_default()
            event.stop()
            self.highlighted = clicked


class PresetScreen(Dialog[str | None]):
    """Gives back the path of the preset chosen; None where none was."""

    DEFAULT_CSS = """
    PresetScreen #search {
        background: $foreground 10%;
        margin-bottom: 1;
    }
    PresetScreen Names {
        width: 26;
        height: 1fr;
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
    }
    PresetScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    PresetScreen .path {
        color: $text-muted;
        margin-top: 1;
    }
    PresetScreen #about {
        width: 1fr;
        padding-left: 2;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "load", "Load", show=False),
        Binding("down", "move(1)", "Next preset", show=False),
        Binding("up", "move(-1)", "Previous preset", show=False),
        Binding("pagedown", "scroll(1)", "Scroll the description", show=False),
        Binding("pageup", "scroll(-1)", "Scroll the description", show=False),
    ]
    title_text = "Presets"
    keys_text = (
        "↑↓ choose · pgup pgdn read on · [@click=screen.load]enter load[/] · [@click=screen.close]escape cancel[/]"
    )

    def __init__(self) -> None:
        super().__init__()
        self._found = find_presets()

    def compose_content(self) -> Iterable[Widget]:
        """Search above, names left, the words about one right."""
        yield Input(placeholder="search by name or words, for example: cosine", compact=True, id="search")
        with Horizontal():
            yield Names(compact=True, markup=False)
            yield VerticalScroll(id="about", can_focus=False)

    def on_mount(self) -> None:
        """Everything is in the list until something is typed."""
        self._list("")

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, query: str) -> None:
        names = self.query_one(Names)
        names.clear_options()
        topic = ""
        for index, found in sorted(enumerate(self._found), key=lambda item: item[1].named(query)):
            if not found.matches(query):
                continue
            if not query.strip() and found.topic != topic:
                topic = found.topic
                names.add_option(Option(Text(topic.capitalize(), style="bold"), disabled=True))
            names.add_option(Option(found.name if found.experiment else f"! {found.name}", id=str(index)))
        names.highlighted = None
        self.action_move(1)
        if names.highlighted is None:
            self._show(None)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._show(self._found[int(event.option_id or 0)])

    def _show(self, found: Found | None) -> None:
        about = self.query_one("#about", VerticalScroll)
        about.remove_children()
        about.mount(*(_words(found) if found else [paragraph("No preset has these words.", "muted")]))
        about.scroll_home(animate=False)

    def action_move(self, by: int) -> None:
        """Highlight the next name or the previous one, past the topics; after the last the first."""
        names = self.query_one(Names)
        places = [place for place in range(names.option_count) if not names.get_option_at_index(place).disabled]
        if places:
            here = places.index(names.highlighted) if names.highlighted in places else -1 if by > 0 else 0
            place = places[(here + by) % len(places)]
            names.highlighted = place
            if place == places[0]:
                names.scroll_home(animate=False)  # the topic above it

    def action_scroll(self, by: int) -> None:
        """Read on, or back."""
        about = self.query_one("#about", VerticalScroll)
        about.scroll_relative(y=by * max(about.size.height - 2, 1), animate=False)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.action_load()

    def action_load(self) -> None:
        """Give back the highlighted preset, unless it is broken."""
        names = self.query_one(Names)
        if names.highlighted is None:
            return
        found = self._found[int(names.get_option_at_index(names.highlighted).id or 0)]
        if found.experiment is None:
            self.app.bell()
        else:
            self.dismiss(str(found.path))


def _words(found: Found) -> list[Widget]:
    """What the right side says about one preset."""
    if found.experiment is None:
        return [heading("This preset cannot be read", first=True), paragraph(found.faults, "fault")]
    experiment = found.experiment
    parts: list[Widget] = [Static(experiment.name or found.name, classes="heading -first", markup=False)]
    if experiment.about:
        parts.append(paragraph(experiment.about))
    for title, text in (("Watch", experiment.watch), ("Try", experiment.try_)):
        if text:
            sentences = text.strip().splitlines()
            parts += [heading(title), items(sentences) if len(sentences) > 1 else paragraph(text)]
    if experiment.mended:
        changes = (f"{name} = {show_value(value)}" for name, value in experiment.mended.items())
        parts += [heading("Mended by"), items(changes)]
    if experiment.question:
        parts += [heading("A question"), paragraph(experiment.question)]
    if experiment.answer:
        parts += [heading("Its answer"), paragraph(experiment.answer)]
    parts.append(heading("Settings"))
    parts.append(Lines(settings(experiment).items(), 14, justify="left"))
    parts.append(paragraph(str(found.path), "path"))
    return parts
