"""The command palette in an app that only notes what it is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from textual.app import App
from textual.command import CommandPalette
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from nntui.experiment import Experiment
from nntui.tui import palette
from nntui.tui.bindings import ACTIONS, rebound
from nntui.tui.palette import CommandProvider
from nntui.tui.ranking import ACTION_SYNONYMS
from nntui.tui.theme import own_themes
from tests.tui.fakes import begun, settled
from tests.tui.stage import stage


class Host(App[None]):
    COMMANDS: ClassVar = {CommandProvider}

    def __init__(self, experiment: Experiment | None = None) -> None:
        super().__init__()
        self.actions = rebound({"run.pause": ("f5",)})
        self.model = SimpleNamespace(experiment=experiment or Experiment())
        self.desk = SimpleNamespace(forbids=lambda command: "")
        self.done: list[tuple[str, ...]] = []
        for action in ACTIONS:
            if action.action != "command_palette":
                setattr(self, f"action_{action.action}", lambda name=action.action: self.done.append((name,)))

    def set_value(self, name: str, text: str) -> None:
        self.done.append(("set", name, text))

    def edit(self, name: str = "") -> None:
        self.done.append(("edit", name))

    def load_preset(self, path: str) -> None:
        self.done.append(("load", path))

    def begin_page(self, path: Path) -> None:
        self.done.append(("begin", path.name))

    def show_concept(self, name: str | None) -> None:
        self.done.append(("concept", str(name)))

    def notify(self, message: str, **_: object) -> None:
        self.done.append(("notify", message))


@pytest.fixture(autouse=True)
def two_presets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "list_presets", lambda: [("moon", Path("/a/moon.toml")), ("sun", Path("/a/sun.toml"))])


async def listed(pilot: Pilot[None], query: str) -> list[str]:
    """The commands found, with their help, best first."""
    await pilot.press("ctrl+p")
    offered = await _ready(pilot, [])
    pilot.app.screen.query_one(Input).value = query
    return await _ready(pilot, offered if query else [])


async def _ready(pilot: Pilot[None], before: list[str]) -> list[str]:
    """The commands listed, once they are others than before."""
    commands = pilot.app.screen.query_one(OptionList)
    for _ in range(500):
        await pilot.pause(0.01)
        found = [str(commands.get_option_at_index(index).prompt) for index in range(commands.option_count)]
        if pilot.app.screen.has_class("-ready") and found and found != before:
            return found
    raise AssertionError("nothing else was found")


async def choose(pilot: Pilot[None]) -> None:
    await pilot.press("enter")
    for _ in range(200):
        await pilot.pause(0.01)
        if not isinstance(pilot.app.screen, CommandPalette):
            return
        await pilot.press("enter")


async def test_it_offers_every_action_and_preset_before_anything_is_typed() -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = "\n".join(await listed(pilot, ""))
        for action in app.actions:
            assert (action.sentence in found) == (action.action != "command_palette")
        assert "Key: f5" in found
        assert "Key: [" in found
        assert "load moon" in found


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["", "xyz", "set learning"])
@pytest.mark.parametrize("at_once", [True, False])
async def test_escape_closes_the_palette_before_the_next_key(typed: str, at_once: bool) -> None:
    async with stage(begun()) as on:
        app = on.app
        for _ in range(3):
            app.action_command_palette()
            assert isinstance(app.screen, CommandPalette)
            if not at_once:
                await on.pilot.pause()
                app.screen.query_one(Input).value = typed
                await on.pilot.pause()
            await app.on_event(Key("escape", None))
            assert app.screen_stack == [app.main]
            before = len(on.client.told)
            await app.on_event(Key("right_square_bracket", "]"))  # what is typed next is for the dashboard
            await settled(on.pilot)
            assert app.screen_stack == [app.main]
            assert len(on.client.told) == before + 1
        await on.press("ctrl+p", "escape", "escape")
        assert app.screen_stack == [app.main]


async def test_an_action_by_its_name() -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = await listed(pilot, "restart")
        assert found[0].startswith("Restart\n")
        await choose(pilot)
        assert app.done == [("restart",)]


async def test_a_value_is_set() -> None:
    app = Host(Experiment().with_value("optimizer.name", "sgd"))
    async with app.run_test() as pilot:
        found = await listed(pilot, "set optimizer.momentum 0.95")
        assert found[0].startswith("set optimizer.momentum 0.95\nFrom 0 to 0.95")
        await choose(pilot)
        assert app.done == [("set", "optimizer.momentum", "0.95")]


async def test_the_last_word_of_a_name_is_enough() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await listed(pilot, "set batch_size 64")
        await choose(pilot)
        assert app.done == [("set", "training.batch_size", "64")]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("set learning_rate 0", "too small"),
        ("set learning_rate fast", "not a number"),
        ("set optimizer.name adan", 'did you mean "adam"?'),
        ("set network.hidden [4, 4]", "cannot change while training"),
        ("set momentum 0.95", "momentum belongs to"),
        ("set optimizer.momentum 0.95", "not to adam"),
    ],
)
async def test_a_value_that_cannot_be_set_says_why_while_typing_and_changes_nothing(query: str, part: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = await listed(pilot, query)
        assert query.removeprefix("set ") in found[0]
        assert part in found[0]
        await choose(pilot)
        ((what, message),) = app.done
        assert what == "notify"
        assert part in message


async def test_a_name_alone_shows_its_bounds() -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = await listed(pilot, "set learning_rate")
        assert "Now 0.01; allowed: a number, 0 < value" in found[0]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("set activ", "set network.activation …"),
        ("set lr 0.1", "set optimizer.learning_rate 0.1"),
        ("set learning rate 0.1", "set optimizer.learning_rate 0.1"),
        ("set optimizer sgd", "set optimizer.name sgd"),
        ("set ep", "set training.epochs …"),
        ("set weig", "Set weight"),
        ("activation", "set network.activation …"),
        ("load su", "load sun"),
        ("sun", "load sun"),
        ("learn dead", "learn dead-neurons"),
        ("learn non", "learn non-linearity"),
        ("challenge wake", "challenge wake-the-dead"),
        ("concept over", "concept overfitting"),
        ("pau", "Pause"),
        ("theme color-blind-d", "theme color-blind-dark"),
        ("pages beside", "Tour"),
    ],
)
async def test_the_best_match_is_listed_first(query: str, first: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        for theme in own_themes():
            app.register_theme(theme)
        found = await listed(pilot, query)
        assert found[0].split("\n")[0] == first


@pytest.mark.parametrize("verb", ["set", "load", "learn", "challenge", "concept", "theme"])
async def test_a_verb_alone_lists_everything_of_its_kind_and_little_else(verb: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = [line.split("\n")[0] for line in await listed(pilot, verb)]
        assert sum(line.lower().startswith(f"{verb} ") for line in found) >= min(len(found) - 3, 2)


@pytest.mark.parametrize("query", ["challenge f", "learn l", "concept a", "theme n", "set rate", "set optimizer.", "s"])
async def test_nothing_is_listed_twice(query: str) -> None:
    async with Host().run_test() as pilot:
        found = await listed(pilot, query)
        assert len(found) > 1
        assert len(set(found)) == len(found)


async def test_a_name_without_a_value_opens_the_form_there() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await listed(pilot, "set activ")
        await choose(pilot)
        assert app.done == [("edit", "network.activation")]


async def test_a_name_that_is_none() -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = await listed(pilot, "set zzz 3")
        assert "nothing of this run is called zzz" in found[0]


async def test_a_preset_by_its_name() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await listed(pilot, "load sun")
        await choose(pilot)
        assert app.done == [("load", "/a/sun.toml")]


@pytest.mark.parametrize(
    ("query", "done"),
    [
        ("learn dead-neurons", ("begin", "dead-neurons.toml")),
        ("challenge flat", ("begin", "flat.toml")),
        ("challenge snail", ("begin", "crawl.toml")),
        ("the snail", ("begin", "crawl.toml")),
        ("learn must bend", ("begin", "non-linearity.toml")),
        ("concept loss", ("concept", "loss")),
        ("overview", ("view_1",)),
    ],
)
async def test_a_lesson_a_challenge_a_concept_or_a_view_by_its_name(query: str, done: tuple[str, ...]) -> None:
    app = Host()
    async with app.run_test() as pilot:
        await listed(pilot, query)
        await choose(pilot)
        assert app.done == [done]


async def test_a_theme_by_its_name() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await listed(pilot, "theme nord")
        await choose(pilot)
        assert app.theme == "nord"


async def test_what_a_challenge_forbids_is_said_before_enter() -> None:
    app = Host()
    app.desk.forbids = lambda command: "only the rate may change" if command.name != "schedule.scale" else ""
    async with app.run_test(size=(100, 30)) as pilot:
        (found, *_) = await listed(pilot, "set training.batch_size 8")
        assert "Cannot: only the rate may change" in found
    other = Host()
    other.desk.forbids = app.desk.forbids
    async with other.run_test(size=(100, 30)) as pilot:
        (found, *_) = await listed(pilot, "set schedule.scale 2")
        assert "Cannot" not in found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("exit", "Quit"), ("stop", "Pause"), ("reset", "Restart"), ("start over", "Restart"), ("settings", "Edit"),
        ("screenshot", "Picture"), ("glossary", "Help"), ("csv", "Own data"), ("revert", "Undo"),
        ("lr", "set optimizer.learning_rate"), ("add layer", "set network.hidden"),
        ("more epochs", "set training.epochs"), ("adam", "set optimizer.name adam"),
        ("ADAM", "set optimizer.name adam"),
        ("cosine", "set schedule.name cosine_decay"), ("sgd", "set optimizer.name sgd"),
        ("cross entropy", "set loss.name binary_cross_entropy"), ("what is loss", "learn loss"),
        ("what is a neuron?", "learn neuron"), ("how do I restart", "Restart"), ("colours", "theme "),
    ],
)  # fmt: skip
async def test_words_of_a_learner_find_what_is_meant(query: str, first: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        found = await listed(pilot, query)
        assert found[0].startswith(first)


def test_every_synonym_belongs_to_an_action() -> None:
    assert set(ACTION_SYNONYMS) <= {action.id for action in ACTIONS}
