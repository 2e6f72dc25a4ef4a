"""The command palette: every action, ``set NAME VALUE``, ``load PRESET``, ``learn LESSON``, ``challenge NAME``,
``concept PAGE``, ``theme NAME``, checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol, cast

from textual.command import CommandList, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from nntui.experiment import PARAMETERS, Experiment, InvalidValue, Parameter, list_presets, topic_of
from nntui.training.commands import Set
from nntui.tui.bindings import Action, shown
from nntui.tui.ranking import ACTION_SYNONYMS, asked_about, called, fit, hyperparameters, in_order, ranked
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.text import show_value

Command = Callable[[], Any]

# The palette makes its own list, anew with every letter; a click on an option that is gone must not end the program.
setattr(CommandList, "_on_click", Choices._on_click)  # noqa: B010


_VERBS = ("set", "load", "learn", "challenge", "concept", "theme", "save")
SHORTEST_CHOICE = 3
"""Letters from which on a value alone finds what can be set to it."""


@dataclass(frozen=True)
class Candidate:
    """Something that what was typed may mean.

    Attributes:
        text: the line.
        command: what it does.
        help: what it would do, in a sentence.
        typed: whether the text is made from what was typed, so that nothing in it stands out.
        aliases: what it is called elsewhere.
    """

    text: str
    command: Command
    help: str
    typed: bool = False
    aliases: tuple[str, ...] = ()


class _Model(Protocol):
    @property
    def experiment(self) -> Experiment: ...


class _Desk(Protocol):
    def forbids(self, command: Set) -> str: ...


class Steerable(Protocol):
    """What the palette needs of the app."""

    @property
    def actions(self) -> Sequence[Action]: ...
    @property
    def model(self) -> _Model: ...
    @property
    def desk(self) -> _Desk: ...
    @property
    def available_themes(self) -> dict[str, Any]: ...

    theme: str

    def set_value(self, name: str, text: str) -> None: ...
    def edit(self, name: str = "") -> None: ...
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
        self._pages = [
            *(_page("learn", path, begin, "Begin this lesson") for path in list_lessons()),
            *(_page("challenge", path, begin, "Begin this challenge") for path in list_challenges()),
            *(Candidate(f"concept {name}", partial(show, name), f"Read: {page.title}.")
              for name, page in CONCEPTS.items()),
        ]  # fmt: skip

    @property
    def _host(self) -> Steerable:
        return cast(Steerable, self.app)

    async def discover(self) -> Hits:
        """What the palette offers before anything is typed."""
        for action in self._actions():
            yield _offered(action.label, self._do(action), _with_key(action))
        yield _offered("set …", self._open_form, "Type a name and a value: set optimizer.momentum 0.95")
        for name, path in self._presets:
            yield _offered(f"load {name}", partial(self._host.load_preset, path), "Begin a run of this preset.")

    async def search(self, query: str) -> Hits:
        """What fits, best first: of one kind where the line begins with its verb, else of every kind."""
        verb, _, rest = query.strip().partition(" ")
        found = list(self._of_verb(verb, rest.strip())) if verb in _VERBS else []
        exact = [hit for hit in self._by_name(asked_about(query)) if not found or _begins(hit, query)]
        once: dict[str, Candidate] = {}
        for candidate in (*exact, *found):
            once.setdefault(candidate.text, candidate)
        for rank, candidate in enumerate(once.values()):
            yield self._hit(candidate, query, 1.0 - rank / 1000)

    def _of_verb(self, verb: str, rest: str) -> Iterator[Candidate]:
        """What a line such as ``load spi`` or ``set activ`` may mean."""
        if verb == "set":
            yield from self._settings(rest.split())
        elif verb == "save":
            if rest:
                help = "Write the hyperparameters as they are now into this file, unless it exists."
                yield Candidate(f"save {rest}", partial(self._host.save_preset, rest), help)
        else:
            yield from ranked(self._named(verb), rest, lambda each: (each.text.partition(" ")[2], each.help))

    def _named(self, verb: str) -> Iterator[Candidate]:
        """Everything that follows a verb by its name."""
        if verb == "load":
            for name, path in self._presets:
                about = f"Begin a run of this preset. {topic_of(name).capitalize()}".strip()
                yield Candidate(f"load {name}", partial(self._host.load_preset, path), about)
        elif verb == "theme":
            for name in self._host.available_themes:
                yield Candidate(f"theme {name}", partial(self._take_theme, name), "Change the colors.",
                                aliases=("colors", "colours"))  # fmt: skip
        else:
            yield from (page for page in self._pages if page.text.startswith(f"{verb} "))

    def _by_name(self, query: str) -> Iterator[Candidate]:
        """Of every kind, whose name fits; then actions and pages whose sentence has all the words."""
        actions = [
            Candidate(action.label, self._do(action), _with_key(action), aliases=ACTION_SYNONYMS.get(action.id, ()))
            for action in self._actions()
        ]
        named = [each for verb in ("load", "learn", "challenge", "concept", "theme") for each in self._named(verb)]

        def names(each: Candidate) -> tuple[str, ...]:
            return each.text, each.text.partition(" ")[2] or each.text, *each.aliases

        found = ranked([*actions, *named], query, names, guess=False)
        experiment = self._host.model.experiment
        name, value = self._name_and_value(experiment, query.split())
        rows = ranked(in_order(experiment.parameters()), name, called, guess=False) if name else []
        settings = [self._setting(experiment, row, value) for row in rows]
        settings += self._choices(experiment, query)
        words = query.lower().split()
        said = [
            each
            for each in (*actions, *self._pages)
            if all(word in f"{each.text} {each.help}".lower() for word in words)
        ]
        yield from dict.fromkeys([*found, *settings, *said]) or ranked([*actions, *named], query, names)

    def _choices(self, experiment: Experiment, query: str) -> Iterator[Candidate]:
        """What sets a hyperparameter to a choice of this name: ``adam``, ``cosine``."""
        for row in in_order(experiment.parameters()):
            if row.name.startswith("network.layers.") or len(query) < SHORTEST_CHOICE:
                continue
            fitting = ranked((choice for choice in row.choices if choice != "auto"), query, lambda each: (each,),
                             guess=False)  # fmt: skip
            yield from (self._setting(experiment, row, choice) for choice in fitting)

    def _hit(self, candidate: Candidate, query: str, score: float) -> Hit:
        shown = Content(candidate.text)
        if not candidate.typed:
            matcher = self.matcher(query)
            for at in matcher.fuzzy_search.match(query, candidate.text)[1]:
                if not candidate.text[at].isspace():
                    shown = shown.stylize(matcher.match_style, at, at + 1)
        return Hit(score, shown, candidate.command, text=candidate.text.rstrip("…"), help=escape(candidate.help))

    def _actions(self) -> Iterator[Action]:
        return (action for action in self._host.actions if action.action != "command_palette")

    def _do(self, action: Action) -> Command:
        return partial(self.app.run_action, action.action)

    def _open_form(self) -> Any:
        return self.app.run_action("edit")

    def _edit(self, name: str) -> None:
        self._host.edit(name)

    def _take_theme(self, name: str) -> None:
        self._host.theme = name

    # -- set NAME VALUE -------------------------------------------------------------------------------------------

    def _settings(self, words: Sequence[str]) -> Iterator[Candidate]:
        """One candidate for each parameter that the name may mean; with a value, what it would do or why it cannot."""
        experiment = self._host.model.experiment
        name, value = self._name_and_value(experiment, words)
        exact = [row for row in experiment.parameters() if name in (row.name, row.label)]
        if not exact:
            yield from self._out_of_use(experiment, name, value)
        wanted = exact or hyperparameters(experiment.parameters(), name)
        for row in wanted:
            yield self._setting(experiment, row, value)
        if not wanted:
            said = f"nothing of this run is called {name}"
            yield Candidate(said, self._open_form, "Open the form instead.", typed=True)

    @staticmethod
    def _name_and_value(experiment: Experiment, words: Sequence[str]) -> tuple[str, str]:
        """Where the name ends: a name of several words, ``learning rate 0.1``, goes as far as it still fits one."""
        for count in range(len(words), 1, -1):
            name = " ".join(words[:count])
            if any(fit(each, name) is not None for row in experiment.parameters() for each in called(row)):
                return name, " ".join(words[count:])
        return (words[0] if words else ""), " ".join(words[1:])

    def _out_of_use(self, experiment: Experiment, name: str, value: str) -> Iterator[Candidate]:
        """A hyperparameter of something that is not chosen: say to what it belongs."""
        for row in PARAMETERS.values():
            if name in (row.name, row.label):
                try:
                    experiment.value(row.name)
                except InvalidValue as error:
                    refuse = partial(self._host.notify, str(error), markup=False)
                    yield Candidate(f"set {row.name} {value}".rstrip(), refuse, f"Cannot: {error}", typed=True)

    def _setting(self, experiment: Experiment, row: Parameter, value: str) -> Candidate:
        now = show_value(experiment.value(row.name))
        if not value:
            help = f"{row.meaning} Now {now}; allowed: {row.allowed}."
            return Candidate(f"set {row.name} …", partial(self._edit, row.name), help, typed=True)
        line = f"set {row.name} {value}"
        try:
            changed = experiment.with_value(row.name, row.parse(value), live=True)
            refusal = self._host.desk.forbids(Set(row.name, changed.value(row.name)))
        except InvalidValue as error:
            refusal = str(error)
        if refusal:
            refuse = partial(self._host.notify, refusal, markup=False)
            return Candidate(line, refuse, f"Cannot: {refusal}", typed=True)
        help = f"From {now} to {show_value(changed.value(row.name))}; allowed: {row.allowed}."
        return Candidate(line, partial(self._host.set_value, row.name, value), help, typed=True)


def _offered(text: str, command: Command, help: str) -> DiscoveryHit:
    """A hit before anything is typed."""
    return DiscoveryHit(Content(text), command, text=text, help=escape(help))


def _page(verb: str, path: Path, begin: Callable[[Path], None], help: str) -> Candidate:
    """What begins a lesson or a challenge, with the title that it has on the screen."""
    return Candidate(f"{verb} {path.stem}", partial(begin, path), f"{help}: {_title_of(path)}.")


@cache
def _title_of(path: Path) -> str:
    from nntui.experiment import PresetError
    from nntui.teaching.reading import Page

    try:
        return str(Page(path).tree.get("title", path.stem))
    except PresetError:
        return path.stem


def _begins(candidate: Candidate, query: str) -> bool:
    return candidate.text.lower().startswith(query.strip().lower())


def _with_key(action: Action) -> str:
    return f"{action.sentence} Key: {shown(action.keys)}"
