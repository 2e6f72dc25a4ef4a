"""The command palette: every action, ``set NAME VALUE``, ``load PRESET``, ``learn LESSON``, ``challenge NAME``,
``concept PAGE``, ``theme NAME``, checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

from textual.command import CommandList, DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape

from nntui.experiment import PARAMETERS, Experiment, InvalidValue, Parameter, list_presets
from nntui.tui.bindings import Action, shown
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.draft import matches
from nntui.tui.screens.text import show_value

Command = Callable[[], Any]

# The palette makes its own list, anew with every letter; a click on an option that is gone must not end the program.
setattr(CommandList, "_on_click", Choices._on_click)  # noqa: B010


class _Model(Protocol):
    @property
    def experiment(self) -> Experiment: ...


class Steerable(Protocol):
    """What the palette needs of the app."""

    @property
    def actions(self) -> Sequence[Action]: ...
    @property
    def model(self) -> _Model: ...
    @property
    def available_themes(self) -> dict[str, Any]: ...

    theme: str

    def set_value(self, name: str, text: str) -> None: ...
    def load_preset(self, path: str) -> None: ...
    def save_preset(self, name: str) -> None: ...
    def begin_page(self, path: Path) -> None: ...
    def show_concept(self, name: str | None) -> None: ...
    def notify(self, message: str, *, markup: bool = True) -> None: ...


class CommandProvider(Provider):
    """Finds commands by what is typed."""

    async def startup(self) -> None:
        """Look up the presets and pages once for as long as the palette is open."""
        from nntui.teaching.challenge import list_challenges
        from nntui.teaching.concepts import CONCEPTS
        from nntui.teaching.lesson import list_lessons

        self._presets = [(name, str(path)) for name, path in list_presets()]
        begin, show = self._host.begin_page, self._host.show_concept
        self._pages: list[tuple[str, Command, str]] = [
            *((f"learn {path.stem}", partial(begin, path), "Begin this lesson.") for path in list_lessons()),
            *((f"challenge {path.stem}", partial(begin, path), "Take it up.") for path in list_challenges()),
            *((f"concept {name}", partial(show, name), f"Read: {page.title}.") for name, page in CONCEPTS.items()),
        ]

    @property
    def _host(self) -> Steerable:
        return cast(Steerable, self.app)

    async def discover(self) -> Hits:
        """What the palette offers before anything is typed."""
        for action in self._actions():
            yield DiscoveryHit(action.label, self._do(action), help=_with_key(action))
        yield DiscoveryHit("set …", self._open_form, help="Type a name and a value: set optimizer.momentum 0.95")
        for name, path in self._presets:
            yield DiscoveryHit(
                f"load {name}", partial(self._host.load_preset, path), help="Begin a run of this preset."
            )

    async def search(self, query: str) -> Hits:
        """What fits the words typed; a line that begins with ``set`` is checked as a value."""
        matcher = self.matcher(query)
        if query.split()[:1] == ["set"]:
            for hit in self._settings(query.split(maxsplit=2)[1:]):
                yield hit
        if query.split()[:1] == ["save"] and (name := query.partition("save")[2].strip()):
            help = "Write the hyperparameters as they are now into this file, unless it exists."
            yield Hit(1.0, escape(f"save {name}"), partial(self._host.save_preset, name), text=query, help=help)
        for action in self._actions():
            score = max(matcher.match(action.label), 0.6 * matcher.match(action.sentence))
            if score > 0:
                yield Hit(score, matcher.highlight(action.label), self._do(action), help=_with_key(action))
        for name, path in self._presets:
            if (score := matcher.match(text := f"load {name}")) > 0:
                command = partial(self._host.load_preset, path)
                yield Hit(score, matcher.highlight(text), command, help="Begin a run of this preset.")
        for text, begin, help in self._pages:
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), begin, help=escape(help))
        for name in self._host.available_themes:
            if (score := matcher.match(text := f"theme {name}")) > 0:
                yield Hit(score, matcher.highlight(text), partial(self._take_theme, name), help="Change the colors.")

    def _actions(self) -> Iterator[Action]:
        return (action for action in self._host.actions if action.action != "command_palette")

    def _do(self, action: Action) -> Command:
        return partial(self.app.run_action, action.action)

    def _open_form(self) -> Any:
        return self.app.run_action("edit")

    def _take_theme(self, name: str) -> None:
        self._host.theme = name

    # -- set NAME VALUE -------------------------------------------------------------------------------------------

    def _settings(self, words: Sequence[str]) -> Iterator[Hit]:
        """One hit a parameter that the name may mean; with a value, what it would do or why it cannot."""
        experiment = self._host.model.experiment
        name = words[0] if words else ""
        wanted = [row for row in experiment.parameters() if name in (row.name, row.label)]
        if not wanted:
            yield from self._out_of_use(experiment, name, words[1] if len(words) > 1 else "")
            wanted = [row for row in experiment.parameters() if name in row.name]
        if not wanted:
            wanted = [row for row in experiment.parameters() if matches(row, name)]
        for rank, row in enumerate(wanted):
            yield self._setting(experiment, row, words[1] if len(words) > 1 else "", 1.0 - 0.5 * rank / len(wanted))
        if not wanted:
            yield Hit(
                1.0, escape(f"nothing of this run is called {name}"), self._open_form, help="Open the form instead."
            )

    def _out_of_use(self, experiment: Experiment, name: str, text: str) -> Iterator[Hit]:
        """A hyperparameter of something that is not chosen: say to what it belongs."""
        for row in PARAMETERS.values():
            if name in (row.name, row.label):
                try:
                    experiment.value(row.name)
                except InvalidValue as error:
                    refuse = partial(self._host.notify, str(error), markup=False)
                    line = f"set {row.name} {text}".rstrip()
                    yield Hit(1.0, escape(line), refuse, text=line, help=escape(f"Cannot: {error}"))

    def _setting(self, experiment: Experiment, row: Parameter, text: str, score: float) -> Hit:
        now = show_value(experiment.value(row.name))
        if not text:
            help = f"{row.meaning} Now {now}; allowed: {row.allowed}."
            return Hit(score, f"set {row.name} …", self._open_form, text=f"set {row.name} ", help=escape(help))
        line = f"set {row.name} {text}"
        try:
            changed = experiment.with_value(row.name, row.parse(text), live=True)
        except InvalidValue as error:
            refuse = partial(self._host.notify, str(error), markup=False)
            return Hit(score, escape(line), refuse, text=line, help=escape(f"Cannot: {error}"))
        help = f"From {now} to {show_value(changed.value(row.name))}; allowed: {row.allowed}."
        return Hit(score, escape(line), partial(self._host.set_value, row.name, text), text=line, help=escape(help))


def _with_key(action: Action) -> str:
    return escape(f"{action.sentence} Key: {shown(action.keys)}")
