"""Keys that arrive together do what they do one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from nntui.training.commands import Pause, Set
from nntui.tui.drivers import typing
from tests.harness.patience import until
from tests.tui.fakes import begun, settled
from tests.tui.stage import Stage, stage


def type_at_once(on: Stage, *keys: str) -> None:
    """Send keys (a character, or a key's name) that the program reads together, before it has handled the first."""
    for key in keys:
        event = events.Key(key, None) if len(key) > 1 else events.Key(_character_to_key(key), key)
        on.app.post_message(event)


def has_set(name: str, value: float) -> Callable[[Stage], bool]:
    return lambda on: Set(name, value) in on.client.commands


def has_loaded(name: str) -> Callable[[Stage], bool]:
    return lambda on: any(started["name"] == name for started in on.client.started)


def is_paused(on: Stage) -> bool:
    return Pause() in on.client.commands and on.app.screen is on.app.main


BURSTS = {
    "search, arrow, value": (("e", *"learning_rate", "down", *"0.123456789", "enter"),
                             has_set("optimizer.learning_rate", 0.123456789)),
    "search, enter, value": (("e", *"batch_size", "enter", *"17", "enter"), has_set("training.batch_size", 17)),
    "preset": (("p", *"step-decay", "enter"), has_loaded("Step decay")),
    "next preset": (("p", *"decay", "down", "up", "enter"), has_loaded("Step decay")),
    "palette": (("ctrl+p", *"set training.batch_size 8", "enter"), has_set("training.batch_size", 8)),
    "closed while it opens": (("?", "escape", "space"), is_paused),
    "closed after a search": (("e", *"rate", "escape", "space"), is_paused),
    "one dialog after another": (("?", "escape", "i", "escape", "p", "escape", "space"), is_paused),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "done"), BURSTS.values(), ids=BURSTS)
async def test_keys_typed_at_once_do_what_they_do_one_by_one(
    keys: tuple[str, ...], done: Callable[[Stage], bool]
) -> None:
    async with stage(begun(12)) as on:
        type_at_once(on, *keys)
        await until(lambda: done(on))
        await settled(on.pilot)
        assert on.app.screen is on.app.main


async def test_paste_goes_where_the_key_before_it_leads() -> None:
    async with stage(begun(12)) as on:
        type_at_once(on, "e", *"learning_rate", "down")
        on.app.post_message(events.Paste("0.25"))
        type_at_once(on, "enter")
        await until(lambda: has_set("optimizer.learning_rate", 0.25)(on))


async def test_key_whose_effect_does_not_end_holds_up_others_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing, "PATIENCE", 0.05)
    never = asyncio.Event()
    async with stage(begun(12)) as on:
        await on.press("e")
        on.app.screen.call_later(never.wait)
        type_at_once(on, *"rate")
        try:
            await until(lambda: on.app.screen.query_one("#search", Input).value == "rate")
        finally:
            never.set()


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_keys_that_are_left_when_the_app_ends_do_nothing(turns: int) -> None:
    async with stage(begun(12)) as on:
        type_at_once(on, *("ctrl+p", "escape") * 20)
        for _ in range(turns):
            await asyncio.sleep(0)
