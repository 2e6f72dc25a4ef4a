"""The range test from the key to the changes it makes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual.pilot import Pilot

from nntui.training.commands import RangeTest, Set
from nntui.training.events import RangeTested, Refused, from_json
from nntui.training.range_test import read_curve
from nntui.tui.app import NntuiApp
from nntui.tui.screens.range_test import RangeTestScreen, described
from tests.tui.fakes import FakeClient, batch, begun, experiment, make_app, screen_text, settled


def found(*, rises: bool = True) -> RangeTested:
    rates = np.geomspace(1e-4, 30.0, 200)
    losses = 0.7 - 0.5 * np.tanh(5 * rates) + (np.exp(3 * rates) * 1e-3 if rises else 0.0)
    event = from_json({"event": "range_tested", **read_curve(rates, np.minimum(losses, 1e300)).to_dict()})
    assert isinstance(event, RangeTested)
    return event


@asynccontextmanager
async def asked(width: int, height: int) -> AsyncIterator[tuple[FakeClient, NntuiApp, Pilot[int]]]:
    """The dashboard of a run for which a range test was asked."""
    client = FakeClient()
    app = make_app(client)
    async with app.run_test(size=(width, height)) as pilot:
        client.feed(begun(3))
        await settled(pilot)
        await pilot.press("f")
        await settled(pilot)
        yield client, app, pilot


async def test_the_key_asks_and_shows_the_answer() -> None:
    async with asked(80, 24) as (client, app, pilot):
        assert client.told[-1] == RangeTest()
        assert "testing" in screen_text(app)
        client.feed(batch(3, [found()]))
        await settled(pilot)
        text = screen_text(app)
        assert "learning rate" in text
        assert all(f"{number} " in text for number in range(1, 6))
        assert "cyclic" in text
        assert "Mind:" in text


@pytest.mark.parametrize(("keys", "number"), [(("1",), 1), (("2",), 2), (("down", "down", "enter"), 3)])
async def test_a_suggestion_is_taken_over_choice_first(keys: tuple[str, ...], number: int) -> None:
    async with asked(120, 40) as (client, app, pilot):
        client.feed(batch(3, [event := found()]))
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)
        sets = [command for command in client.told if isinstance(command, Set)]
        suggested = event.suggestions[number - 1]["settings"]
        now = {row.name: experiment().value(row.name) for row in experiment().parameters()}
        wanted = {name: value for name, value in suggested.items() if now.get(name) != value}
        assert [command.name.endswith(".name") for command in sets] == sorted(
            (name.endswith(".name") for name in wanted), reverse=True
        )
        assert {command.name: command.value for command in sets} == wanted
        assert not isinstance(app.screen, RangeTestScreen)


async def test_escape_changes_nothing() -> None:
    async with asked(120, 40) as (client, app, pilot):
        client.feed(batch(3, [found()]))
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert client.told == [RangeTest()]
        assert not isinstance(app.screen, RangeTestScreen)


async def test_a_refusal_closes_the_dialog_and_says_why() -> None:
    async with asked(120, 40) as (client, app, pilot):
        client.feed(batch(3, [Refused("range_test", "", "rprop: its steps do not depend on the learning rate")]))
        await settled(pilot)
        assert not isinstance(app.screen, RangeTestScreen)
        assert "rprop" in [notification.message for notification in app._notifications][-1]


async def test_a_loss_that_never_rises_is_drawn_whole() -> None:
    async with asked(80, 24) as (client, app, pilot):
        client.feed(batch(3, [found(rises=False)]))
        await settled(pilot)
        assert "the loss never rose" in screen_text(app)


def test_suggestions_in_words() -> None:
    assert described({"schedule.name": "constant", "optimizer.learning_rate": 0.123456}) == "constant 0.123"
    cyclic = {"schedule.name": "cyclic", "optimizer.learning_rate": 0.05, "schedule.peak": 0.2}
    assert described(cyclic) == "cyclic 0.05 to 0.2"
