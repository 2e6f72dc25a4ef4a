"""Every key in every view, and thousands of keys, clicks and sizes at random while a network trains."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest
from textual.events import MouseDown, MouseScrollDown, MouseScrollUp, MouseUp, Resize
from textual.geometry import Size
from textual.keys import _character_to_key

from nntui.experiment import find_preset, read_preset
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Pause
from nntui.tui.app import NntuiApp
from nntui.tui.bindings import ACTIONS
from nntui.tui.config import Config
from nntui.tui.views import VIEWS, Tab
from nntui.worker.client import Client
from tests.tui.fakes import begun, settled
from tests.tui.stage import stage

LEAVES = ("quit",)
KEYS = [_character_to_key(key) if len(key) == 1 else key
        for action in ACTIONS if action.action not in LEAVES for key in action.keys]  # fmt: skip
TYPED = [*"abz059.-", "backspace", "escape", "escape", "enter"]
EVENTS = int(os.environ.get("NNTUI_SOAK", "5000"))
"""Keys, clicks and sizes; NNTUI_SOAK=20000 takes some ten minutes."""


@pytest.mark.slow
@pytest.mark.parametrize("tab", VIEWS, ids=lambda tab: tab.id)
async def test_every_key_can_be_pressed_in_every_view(
    tab: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage(begun(12)) as on:
        for key in KEYS:
            await on.pilot.press(tab.key, key)
            await settled(on.pilot)
            for _ in range(3):
                if on.app.screen is on.app.main:
                    break
                await on.pilot.press("escape")
                await settled(on.pilot)
            assert on.app.screen is on.app.main, key
            assert on.app.is_running
        await on.pilot.press(tab.key)
        await settled(on.pilot)
        assert on.app.main.tab is tab


def _anything(chance: random.Random, app: NntuiApp) -> None:
    """One event of a person who does not know what they do."""
    width, height = app.size
    x, y = chance.randrange(max(width, 1)), chance.randrange(max(height, 1))
    what = chance.random()
    driver = app._driver
    assert driver is not None
    if what < 0.80:
        keys = KEYS if app.screen is app.main or chance.random() < 0.3 else TYPED
        app.simulate_key(chance.choice(keys))
    elif what < 0.97:
        for kind in chance.choice(((MouseDown, MouseUp), (MouseScrollUp,), (MouseScrollDown,))):
            driver.process_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
    else:
        size = Size(*chance.choice(((80, 24), (120, 40), (200, 60), (20, 5), (79, 24), (161, 30), (100, 33))))
        driver.process_message(Resize(size, size))


DIALOGS = ("ctrl+p", "e", "p", "i", "?", "c", "t", "v", "S", "f", "L")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
async def test_dialogs_opened_typed_in_closed_and_quit_without_a_pause(seed: int) -> None:
    chance = random.Random(seed)
    async with stage(begun(12)) as on:
        for _ in range(15):
            key = "ctrl+p" if seed % 2 else chance.choice(DIALOGS)
            for typed in (key, "x", "y", "z", "escape"):
                on.app.simulate_key(typed)
                for _ in range(chance.choice((0, 0, 1, 3, 10, 50))):
                    await asyncio.sleep(0)
            assert on.app.is_running
        on.app.simulate_key(chance.choice(DIALOGS))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        for typed in ("x", "escape", "1"):
            on.app.simulate_key(typed)
        on.app.leave(0)
        for typed in ("x", "escape", "1"):
            on.app.simulate_key(typed)
    assert on.app.return_code == 0


@pytest.mark.slow
async def test_whatever_is_pressed_while_it_trains_the_program_lives_and_the_run_is_as_its_journal_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(20)
    client = Client.launch()
    client.runs = str(tmp_path / "runs")
    of = read_preset(find_preset("xor")).with_values({"training.pace": 0.0, "training.epochs": 1_000_000})
    app = NntuiApp(client, of, Config(), frames_per_second=30.0)
    client.start(of.to_dict())
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            for index in range(EVENTS):
                _anything(chance, app)
                if index % 20 == 0:
                    await pilot.pause()
                if index % 200 == 0:
                    await asyncio.sleep(0.05)
                assert app.is_running
            for _ in range(50):
                if app.screen is app.main:
                    break
                await pilot.press("escape")
                await pilot.pause()
            driver = app._driver
            assert driver is not None
            driver.process_message(Resize(Size(120, 40), Size(120, 40)))
            client.send(Pause())
            await pilot.pause(1.0)
            run = app.model.run
            assert run
    finally:
        await client.close()
    assert first_difference(open_run(tmp_path / "runs" / run)) is None
