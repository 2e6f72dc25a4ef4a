"""The first start: the run waits, choices are offered once, and the tour covers nothing that it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region, Size
from textual.widgets import Input, Static

from nntui.experiment import InvalidValue
from nntui.experiment.own_data import experiment_of
from nntui.training.commands import Pause, Restart, Resume, Set
from nntui.training.events import RunEnded
from nntui.tui import launch
from nntui.tui.bindings import ACTIONS
from nntui.tui.memory import Memory
from nntui.tui.model import Model
from nntui.tui.screens.help import HelpScreen
from nntui.tui.screens.learn import LearnScreen
from nntui.tui.screens.own_data import OwnDataScreen
from nntui.tui.screens.welcome import WelcomeScreen, Wish
from nntui.tui.widgets.tour import PAGES, TourBox
from tests.tui.fakes import STEPS, FakeClient, batch, begun, experiment, make_app, settled
from tests.tui.stage import Stage

SIZES = [(80, 24), (120, 40), (200, 60)]


@asynccontextmanager
async def first_start(
    folder: Path, *, welcomes: bool = True, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Stage]:
    client = FakeClient()
    app = make_app(client)
    app.memory = Memory(folder / "dashboard.toml")
    app.welcomes = welcomes
    async with app.run_test(size=size) as pilot:
        client.feed(begun(0))
        client.feed(batch(0, state="paused"))
        await settled(pilot)
        yield Stage(app, client, pilot)


# -- the offer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_first_start_offers_four_things_while_the_run_waits(tmp_path: Path, size: tuple[int, int]) -> None:
    async with first_start(tmp_path, size=size) as on:
        assert isinstance(on.app.screen, WelcomeScreen)
        for wish in Wish:
            assert wish.value[0] in on.text
            assert wish.value[1][:40] in on.text
        assert on.client.told == []


async def test_offer_is_made_once(tmp_path: Path) -> None:
    async with first_start(tmp_path) as on:
        await on.press("escape")
        assert on.client.told == [Resume()]  # straight to the dashboard, without a tour
        assert on.app.main._tour.at is None
    async with first_start(tmp_path) as on:
        assert on.app.screen is on.app.main


@pytest.mark.parametrize("pressed", ["1", "enter"])
async def test_watching_starts_the_run_and_the_tour(tmp_path: Path, pressed: str) -> None:
    async with first_start(tmp_path) as on:
        text = await on.press(pressed)
        assert on.client.told == [Resume()]
        assert on.app.screen is on.app.main
        assert PAGES[0].title in text


@pytest.mark.parametrize(("pressed", "screen"), [("2", LearnScreen), ("3", OwnDataScreen), ("4", HelpScreen)])
async def test_each_choice_opens_and_escape_leads_back_to_the_offer(
    tmp_path: Path, pressed: str, screen: type[Any]
) -> None:
    async with first_start(tmp_path) as on:
        await on.press(pressed)
        assert isinstance(on.app.screen, screen)
        await on.press("escape")
        assert isinstance(on.app.screen, WelcomeScreen)
        assert on.client.told == []


async def test_a_named_preset_gets_a_hint_and_no_offer(tmp_path: Path) -> None:
    async with first_start(tmp_path, welcomes=False) as on:
        assert on.app.screen is on.app.main
        assert "New here? f1 shows you around, L opens the course, ? lists every key." in on.said
        assert on.client.told == []


@pytest.mark.parametrize(
    ("options", "first", "waits"),
    [
        ({"preset": None, "learn": None}, True, True),
        ({"preset": None, "learn": None}, False, False),
        ({"preset": "xor", "learn": None}, True, False),
        ({"learn": ""}, True, False),
        ({}, True, False),
    ],
)
@pytest.mark.parametrize("recording", ["", "resume_from", "replay_from"])
def test_run_waits_only_where_there_will_be_an_offer(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], first: bool, waits: bool, recording: str
) -> None:
    client: Any = FakeClient()
    client.kill = lambda: None
    if recording:
        setattr(client, recording, "/some/run")
    at_start: list[Any] = []
    client.start = lambda _: at_start.extend(client.first_commands)

    async def ends(*_: Any, **__: Any) -> int:
        return 0

    monkeypatch.setattr(launch, "_is_first_start", lambda: first)
    monkeypatch.setattr(launch, "_run", ends)
    config: Any = None
    assert launch.run_dashboard(client, experiment(), config, SimpleNamespace(**options)) == 0
    assert at_start == ([Pause()] if waits and not recording else [])


# -- the tour ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_tour_shows_framed_and_uncovered_what_each_page_is_about(tmp_path: Path, size: tuple[int, int]) -> None:
    async with first_start(tmp_path, size=size) as on:
        await on.press("6", "escape", "6", "f1")
        for page in PAGES:
            main = on.app.main
            assert main.tab.id == page.view
            box = main._tour.region
            assert box.area > 0
            words = " ".join(on.text.split())
            assert page.title in words
            name = page.panel
            if name in main.shown:
                assert main.focused_panel.id == name
            thing = main.query_one(f"#{name}") if name in main.shown or name == "keys" else main.focused_panel
            assert not box.overlaps(thing.region), (page.title, box, thing.region)
            assert Region(0, 0, *size).contains_region(box)
            for text in page.texts:  # whole: its last words are there
                assert text.split()[-1].strip("{}.") in on.text or "{" in text.split()[-1]
            await on.press("enter")
        assert on.app.main._tour.at is None
        assert on.app.main.tab.id == "runs"  # where the person was


@given(
    st.integers(80, 240), st.integers(24, 80), st.integers(0, 239), st.integers(0, 79), st.integers(1, 240),
    st.integers(1, 80), st.integers(0, len(PAGES) - 1),
)  # fmt: skip
def test_box_lies_on_the_screen_and_beside_its_panel_where_there_is_room(
    columns: int, rows: int, x: int, y: int, width: int, height: int, page: int
) -> None:
    beside = Region(min(x, columns - 1), min(y, rows - 1), width, height).intersection(Region(0, 0, columns, rows))
    box = TourBox(Model(experiment()), ACTIONS, id="tour")
    box.at = page
    place = box.place(beside, Size(columns, rows))
    assert Region(0, 0, columns, rows).contains_region(place)
    strips = box.make_rows(place.width, place.height)
    assert [strip.cell_length for strip in strips] == [place.width] * place.height
    room = max(rows - beside.bottom, beside.y)
    if room >= 12 or max(columns - beside.right, beside.x) >= 72:
        assert not place.overlaps(beside)


async def test_keys_of_the_dashboard_work_during_the_tour(tmp_path: Path) -> None:
    async with first_start(tmp_path) as on:
        await on.press("1", "enter")
        await on.feed(batch(5))
        await on.press("]", "space")
        assert [type(command) for command in on.client.told] == [Resume, Set, Pause]
        assert on.app.main._tour.at == 1
        await on.press("backspace")
        assert on.app.main._tour.at == 0
        await on.press("backspace")
        assert on.app.main._tour.at == 0
        await on.press("escape")
        assert on.app.main._tour.at is None


@pytest.mark.parametrize(("way", "restarts"), [("1", True), ("f1", False)])
async def test_run_that_finished_during_the_first_tour_begins_again(tmp_path: Path, way: str, restarts: bool) -> None:
    async with first_start(tmp_path) as on:
        await on.press(*(["1"] if way == "1" else ["escape", "f1"]))
        await on.feed(batch(200, [RunEnded("finished", 200, 200 * STEPS)], state="finished"))
        before = len(on.client.told)
        await on.press(*["enter"] * len(PAGES))
        assert on.client.told[before:] == ([Restart(None)] if restarts else [])


async def test_a_click_turns_the_page(tmp_path: Path) -> None:
    async with first_start(tmp_path) as on:
        await on.press("1")
        await on.pilot.click("#tour")
        await settled(on.pilot)
        assert on.app.main._tour.at == 1


# -- own data ---------------------------------------------------------------------------------------------------------

GOOD = "a,b,kind\n" + "".join(f"{i},{i % 7},{'x' if i % 2 else 'y'}\n" for i in range(60))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "flowers.csv").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def opened(on: Stage, path: str, target: str = "") -> str:
    """Fill in the dialog and press enter; what it says."""
    dialog = on.app.screen
    assert isinstance(dialog, OwnDataScreen)
    dialog.query_one("#path", Input).value = path
    dialog.query_one("#target", Input).value = target
    await settled(on.pilot)
    dialog.action_open()
    for _ in range(1000):
        await on.pilot.pause(0.01)
        if on.app.screen is not dialog:
            await settled(on.pilot)  # the answer of a dialog is taken after it has gone
            return ""
        said = str(dialog.query_one("#fault", Static).render())
        if said and "Reading" not in said:
            return said
    raise AssertionError("nothing was said")


async def test_own_table_is_trained_on(folder: Path) -> None:
    async with first_start(folder / "state") as on:
        await on.press("3")
        assert "flowers.csv" in on.text
        assert await opened(on, "flowers.csv") == ""
        [started] = on.client.started
        assert started["data"]["name"] == "csv"
        assert started["data"]["path"] == str(folder / "flowers.csv") or "flowers.csv" in str(started)
        assert on.app.screen is on.app.main


async def test_own_data_can_be_opened_at_any_time(folder: Path) -> None:
    async with first_start(folder / "state") as on:
        await on.press("escape", "d")
        assert isinstance(on.app.screen, OwnDataScreen)
        await on.press("escape")
        assert on.client.started == []


@pytest.mark.slow
async def test_tab_goes_from_field_to_field_past_the_list_of_files(folder: Path) -> None:
    async with first_start(folder / "state") as on:
        await on.press("3", *"flowers", "full_stop", *"csv", "tab", *"kind")
        dialog = on.app.screen
        assert dialog.query_one("#path", Input).value == "flowers.csv"
        assert dialog.query_one("#target", Input).value == "kind"
        await on.press("tab")
        assert on.app.screen.query_one("#path", Input).has_focus
        await on.press("down", "enter")
        assert on.app.screen.query_one("#path", Input).value == str(folder / "flowers.csv")
        assert on.app.screen.query_one("#target", Input).has_focus


def test_first_run_on_a_table_lasts_long_enough_to_be_watched(folder: Path) -> None:
    training = experiment_of("flowers.csv").training
    assert training.epochs / training.pace >= 10


BAD = {
    "": "Name a file",
    "none.csv": "no such file",
    "picture.png": "unknown kind of file",
    "empty.csv": "",
    "letters.csv": "",
    "folder.csv": "",
    "one.csv": "only one column",
}


@pytest.mark.parametrize("name", BAD)
async def test_table_that_cannot_be_used_is_one_clear_line_and_the_dialog_stays(folder: Path, name: str) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "letters.csv").write_text("a,b\nx,y\nz,w\n" * 5)
    (folder / "folder.csv").mkdir()
    (folder / "one.csv").write_text("a\n1\n2\n")
    async with first_start(folder / "state") as on:
        await on.press("3")
        said = await opened(on, name)
        assert BAD[name] in said
        assert said
        assert "\n" not in said
        assert "Traceback" not in said
        assert isinstance(on.app.screen, OwnDataScreen)
        assert on.client.started == []


def test_table_with_many_faults_names_the_first_and_counts_the_others(folder: Path) -> None:
    (folder / "letters.csv").write_text("a,b,c\n1,x,1\n2,y,2\n3,z,3\n")
    with pytest.raises(InvalidValue) as refusal:
        experiment_of("letters.csv")
    said = str(refusal.value)
    assert said.startswith("letters.csv:2:2: 'x' is not a number (column 'b')")
    assert said.endswith("(and 2 more like it)")


def test_column_to_predict_may_be_named_or_not(folder: Path) -> None:
    assert experiment_of("flowers.csv").value("data.target") == ""
    assert experiment_of("flowers.csv", "kind").value("data.target") == "kind"
    with pytest.raises(InvalidValue, match="kine"):
        experiment_of("flowers.csv", "kine")
