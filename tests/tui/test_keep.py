"""What is copied, pictured, saved and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from nntui.experiment import read_preset
from nntui.tui.memory import Memory, memory_path
from nntui.tui.screens.choose import ChooseScreen
from nntui.tui.screens.save import SaveScreen
from nntui.tui.views import OVERVIEW, Tiling, holding
from tests.tui.fakes import begun, experiment, make_app, screen_text, settled
from tests.tui.stage import stage


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_y_copies_the_panel_in_words_numbers_and_as_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(begun(12)) as on:
        copied: list[str] = []
        monkeypatch.setattr(on.app, "copy_to_clipboard", copied.append)
        await on.press("y")
        assert copied[0].startswith("Loss of two spirals, epoch 12 of 200\n")
        assert "loss of guessing: 0.6931" in copied[0]
        assert "train" in copied[0].split("\n\n")[1]
        assert "about Loss sent to the terminal's clipboard (OSC 52)." in on.said
        await on.press("tab", "tab", "tab", "y")
        assert copied[1].startswith("Weights of")


async def test_a_picture_has_a_name_of_its_own_and_is_told(folder: Path) -> None:
    async with stage(begun(12)) as on:
        await on.press("ctrl+s")
        await on.press("ctrl+s")
        names = sorted(path.name for path in folder.iterdir())
        first = "nntui-two-spirals-12"
        assert names == [f"{first}-2.svg", f"{first}-2.txt", f"{first}.svg", f"{first}.txt"]
        assert "Hyperparameters" in (folder / f"{first}.txt").read_text()
        assert (folder / f"{first}.svg").read_text().startswith("<svg")
        assert f"{first}.svg" in on.said


async def test_the_network_as_it_is_now_is_saved_and_can_be_trained(folder: Path) -> None:
    async with stage(begun(12, experiment(network__hidden=(5, 4)))) as on:
        await on.press("S")
        assert isinstance(on.app.screen, SaveScreen)
        on.app.screen.query_one(Input).value = "mine"
        await on.press("enter")
        assert read_preset(folder / "mine.toml").value("network.hidden") == (5, 4)
        assert "mine.toml is written" in on.said


async def test_a_preset_that_exists_is_written_over_only_when_asked_twice(folder: Path) -> None:
    (folder / "two-spirals.toml").write_text("mine")
    async with stage(begun(12)) as on:
        await on.press("S", "enter")
        assert isinstance(on.app.screen, SaveScreen)
        assert (folder / "two-spirals.toml").read_text() == "mine"
        await on.press("enter")
        assert read_preset(folder / "two-spirals.toml").name == "two spirals"
        on.app.save_preset("two-spirals")
        await settled(on.pilot)
        assert "there already" in on.said


@pytest.mark.slow
async def test_the_panels_of_a_view_are_chosen_and_remembered(folder: Path) -> None:
    path = folder / "state" / "dashboard.toml"
    app = make_app()
    app.memory = Memory(path)
    app.memory.toured = True
    async with app.run_test(size=(120, 40)) as pilot:
        app.client.feed(begun(12))  # type: ignore[attr-defined]
        await settled(pilot)
        await pilot.press("v")
        await settled(pilot)
        assert isinstance(app.screen, ChooseScreen)
        assert app.screen.held == set(OVERVIEW.panels)
        await pilot.press("down", "down", "space", "down", "space", "down", "space", "down", "space")
        assert app.screen.held == {"loss", "accuracy"}
        assert "[x] Loss" in screen_text(app)
        assert "[ ] Weights" in screen_text(app)
        while "gradients" not in app.screen.held:
            await pilot.press("down", "space")
            app.screen.held &= {"loss", "accuracy", "gradients"}
        await pilot.press("enter")
        await settled(pilot)
        assert {str(panel.id) for panel in app.main.seen()} == {"loss", "accuracy", "gradients"}
    again = Memory(path)
    assert again.panels == {"overview": ("loss", "accuracy", "gradients")}
    assert again.faults == ()


async def test_a_view_holds_at_least_one_panel_and_can_be_put_back() -> None:
    async with stage(begun(12)) as on:
        await on.press("v")
        assert isinstance(on.app.screen, ChooseScreen)
        on.app.screen.held.clear()
        await on.press("enter")
        assert isinstance(on.app.screen, ChooseScreen)
        assert "A view holds at least one panel." in on.text
        on.app.screen.held.add("weights")
        await on.press("enter")
        assert [panel.id for panel in on.app.main.seen()] == ["weights"]
        assert on.app.main.focused_panel.id == "weights"
        assert on.watched() == ("weights",)
        await on.press("v", "r")
        assert len(on.app.main.seen()) == 6


def test_a_panel_of_another_view_joins_the_shortest_column() -> None:
    tiling: Tiling = ((1.0, (("a", 6), ("b", 2))), (2.0, (("c", 1),)))
    assert holding(tiling, ("a", "b", "c"), ("a", "c", "x")) == ((1.0, (("a", 6), ("x", 6.0))), (2.0, (("c", 1),)))
    assert holding(tiling, ("a", "b", "c"), ("x",)) == ((1.0, (("x", 1.0),)),)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("tourd = true\n", ":1: tourd"),
        ('[panels]\noverveiw = ["loss"]\n', ':2: panels.overveiw: unknown view; did you mean "overview"?'),
        ('[panels]\noverview = ["los"]\n', 'did you mean "loss"?'),
        ("[panels]\noverview = []\n", "at least one panel"),
        ("[panels]\noverview = 3\n", "allowed is a list of panels"),
        ("toured = yes\n", ":1:"),
    ],
)
def test_a_file_that_is_wrong_is_told_and_not_written_over(folder: Path, text: str, part: str) -> None:
    path = folder / "dashboard.toml"
    path.write_text(text)
    memory = Memory(path)
    assert part in str(memory.faults[0])
    assert "not written over" in memory.keep()
    assert path.read_text() == text


def test_what_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    memory = Memory(folder / "file" / "dashboard.toml")
    assert "cannot be written" in memory.keep()
    assert memory_path({"NNTUI_STATE": "/a/b.toml"}) == Path("/a/b.toml")
