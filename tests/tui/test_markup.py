"""Brackets in text that others wrote are shown as they are, wherever Textual reads strings as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList

import nntui.tui
from nntui.experiment import Experiment
from nntui.tui import palette
from nntui.tui.drawings import comparison
from nntui.tui.screens import compare, presets
from nntui.tui.screens.compare import CompareScreen
from nntui.tui.screens.edit import EditScreen
from nntui.tui.screens.presets import Found, PresetScreen
from nntui.tui.screens.question import Question
from nntui.tui.widgets.panel import Drawing, Request
from tests.tui.fakes import begun
from tests.tui.stage import stage

NAMES = ("moon [red]dark[/red]", "sun [/bold] x", "[@click=app.quit]q[/]")


@pytest.mark.parametrize("name", NAMES)
async def test_dialogs_show_brackets_of_a_title(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(request: Request) -> Drawing:
        return Drawing(comparison.draw(request).rows, name, "")

    monkeypatch.setattr(compare, "draw", drawn)
    async with stage(begun()) as on:
        named = Experiment.from_dict({"data": {"name": "xor"}, "name": name})
        app = on.app
        for screen in (
            EditScreen(named),
            Question(name, f"About {name}.", "do it"),
            CompareScreen(app.model, app.view, app.look(), lambda: None),
        ):
            app.push_screen(screen)
            assert name in await on.press("f12"), type(screen)
            app.pop_screen()


@pytest.mark.parametrize("name", NAMES)
async def test_list_of_presets_shows_brackets_of_a_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "find_presets", lambda: [Found(name, Path("a.toml"), Experiment(), "", "start here")])
    async with stage(begun()) as on:
        on.app.push_screen(PresetScreen())
        await on.press("f12")
        names = on.app.screen.query_one(OptionList)
        lines = [names.render_line(y).text for y in range(3)]
        assert any(name in line for line in lines), lines


@pytest.mark.parametrize("query", ["", "load ", "dark", "bold", "quit", "save [/x] [red]", "[/", "set data.seed [/b]"])
async def test_palette_shows_brackets_of_a_name(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "list_presets", lambda: [(name, Path(f"/{name}.toml")) for name in NAMES])
    wanted = [name for name in NAMES if query in ("", "load ") or (query and query in name)]
    async with stage(begun()) as on:
        app = on.app
        await on.pilot.press("ctrl+p")
        app.screen.query_one(Input).value = query
        listed: list[str] = []
        for _ in range(500 if wanted else 50):
            await on.pilot.pause(0.01)
            assert isinstance(app.screen, CommandPalette)
            options = app.screen.query_one(OptionList)
            listed = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
            if listed and all(any(f"load {name}" in line for line in listed) for name in wanted):
                break
        else:
            assert not wanted, listed


def test_only_one_place_gives_titles_to_frames() -> None:
    folder = Path(nntui.tui.__file__).parent
    sets = re.compile(r"border_title = ")
    found = [path.name for path in folder.rglob("*.py") for _ in sets.findall(path.read_text(encoding="utf-8"))]
    assert found == ["dialog.py"]
