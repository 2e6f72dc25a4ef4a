"""The table of keys: complete, without clashes, and every key in it one that Textual knows."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.keys import Keys
from textual.screen import Screen
from textual.widgets import Footer

from nntui.tui.bindings import ACTIONS, GROUPS, NAMED_KEYS, Action, bindings, key_fault, rebound, shown


def test_every_action_is_complete() -> None:
    for action in ACTIONS:
        assert action.label, action.id
        assert action.sentence.endswith("."), action.id
        assert action.group in GROUPS, action.id
        assert action.keys, action.id


def test_ids_actions_and_keys_are_unique() -> None:
    for column in ([a.id for a in ACTIONS], [a.action for a in ACTIONS], [k for a in ACTIONS for k in a.keys]):
        assert len(column) == len(set(column))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_default_keys_could_be_given_in_the_config_file(action: Action) -> None:
    keys = [key for key in action.keys if action.id not in ("time.return", "time.now")]  # these are enter and escape
    assert [key_fault(key) for key in keys] == [None] * len(keys)


def test_named_keys_are_textuals() -> None:
    assert {key.value for key in Keys} >= NAMED_KEYS


@pytest.mark.parametrize("key", ["f5", "ctrl+x", "alt+down", "shift+left", "ctrl+shift+up", "é", "-", ",", "+"])
def test_keys_that_can_be_bound(key: str) -> None:
    assert key_fault(key) is None


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+c", "always quits"),
        ("enter", "dialogs"),
        ("escape", "dialogs"),
        ("shift+r", '"R"'),
        ("spcae", "not a key"),
        ("", "not a key"),
        (" ", "not a key"),
        ("ctrl+", "not a key"),
        ("meta+x", "not a key"),
        ("f25", "not a key"),
    ],
)
def test_keys_that_cannot_be_bound(key: str, part: str) -> None:
    assert part in (key_fault(key) or "")


def test_a_key_given_to_another_action_is_taken_from_the_one_that_had_it() -> None:
    actions = {action.id: action for action in rebound({"run.epoch": ("e", "f2")})}
    assert actions["run.epoch"].keys == ("e", "f2")
    assert actions["change.edit"].keys == ()
    assert actions["run.pause"].keys == ("space",)
    assert shown(actions["run.epoch"].keys) == "e f2"
    assert shown(actions["change.edit"].keys) == "-"


def test_the_footer_fits_eighty_columns() -> None:
    shared: dict[str, list[Action]] = {}
    for action in ACTIONS:
        if action.in_footer:
            shared.setdefault(action.pair or action.id, []).append(action)
    width = sum(
        sum(1 + len(shown(action.keys)) for action in together) + 2 + len(together[0].pair or together[0].label)
        for together in shared.values()
    )
    assert width <= 80


class Main(Screen[None]):
    def __init__(self, made: list[Binding]) -> None:
        super().__init__()
        for binding in Binding.make_bindings(made):
            self._bindings.key_to_bindings[binding.key] = [binding]

    def compose(self) -> ComposeResult:
        yield Footer(compact=True, show_command_palette=False)


class Host(App[None]):
    def __init__(self, made: list[Binding]) -> None:
        super().__init__()
        self.made = made
        self.done: list[str] = []
        for action in ACTIONS:
            setattr(self, f"action_{action.action}", lambda name=action.action: self.done.append(name))

    def get_default_screen(self) -> Screen[None]:
        return Main(self.made)


async def test_every_default_key_does_its_action() -> None:
    app = Host(bindings())
    async with app.run_test() as pilot:
        for action in ACTIONS:
            await pilot.press(*("comma" if key == "," else key for key in action.keys))
        assert app.done == [action.action for action in ACTIONS for _ in action.keys]
        app.done.clear()
        await pilot.press("ctrl+c")
        assert app.done == ["quit"]


async def test_rebound_keys_do_their_action_and_the_old_ones_nothing() -> None:
    app = Host(bindings(rebound({"run.epoch": (",", "f2", "+"), "run.batch": ("n",)})))
    async with app.run_test() as pilot:
        await pilot.press("comma", "f2", "plus", "n", "b")
        assert app.done == ["one_epoch", "one_epoch", "one_epoch", "one_batch"]
