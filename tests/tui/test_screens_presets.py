"""The list of presets in an app of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from nntui.experiment import TOPICS, list_presets, read_preset
from nntui.tui.screens import presets
from nntui.tui.screens.presets import Names, PresetScreen, settings
from tests.tui.hosts import Host, click_text, words
from tests.tui.test_screens import SIZES, cut

GOOD = """
name = "A [good] one"
about = "Shows pumpkins."
watch = "The curve."
try = "Press things."
[data]
name = "moons"
noise = 0.35
[optimizer]
name = "sgd"
learning_rate = 0.5
momentum = 0.9
"""
OTHER = 'about = "Shows turnips."\n[data]\nname = "xor"\n'
BROKEN = '[data]\nname = "moon"\n[optimizer]\nlearing_rate = 1\n'


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Three presets instead of the program's, the second one broken."""
    found = {}
    for name, text in (("a-good", GOOD), ("b-broken", BROKEN), ("c-other", OTHER)):
        found[name] = tmp_path / f"{name}.toml"
        found[name].write_text(text, encoding="utf-8")
    monkeypatch.setattr(presets, "list_presets", lambda: list(found.items()))
    return found


def names(dialog: PresetScreen) -> list[str]:
    listed = dialog.query_one(OptionList)
    return [str(listed.get_option_at_index(index).prompt) for index in range(listed.option_count)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_words_and_settings_of_the_highlighted_one(files: dict[str, Path], size: tuple[int, int]) -> None:
    dialog = PresetScreen()
    async with Host(dialog).run_test(size=size) as pilot:
        await pilot.pause()
        text = words(dialog)
        for part in ("A [good] one", "Shows pumpkins.", "The curve.", "Press things.", str(files["a-good"])):
            assert part in text
        assert "data moons; noise 0.35" in text
        assert "sgd; learning_rate 0.5; momentum 0.9" in text
        assert cut(dialog) == []


async def test_enter_gives_back_the_path(files: dict[str, Path]) -> None:
    app = Host(PresetScreen())
    async with app.run_test() as pilot:
        await pilot.press("up", "enter")
        assert app.results == [str(files["c-other"])]


async def test_search_by_words_then_enter(files: dict[str, Path]) -> None:
    dialog = PresetScreen()
    app = Host(dialog)
    async with app.run_test() as pilot:
        await pilot.press(*"turnips")
        await pilot.pause()
        assert names(dialog) == ["c-other"]
        await pilot.press("enter")
        assert app.results == [str(files["c-other"])]


@pytest.mark.slow
async def test_a_name_goes_before_words_about(files: dict[str, Path]) -> None:
    order = ("c-other", "b-broken", "a-good")
    for wanted in order:
        others = [name for name in order if name != wanted]
        mentioned = OTHER.replace("turnips", f"what {wanted} shows")
        for name, text in ((wanted, OTHER), (others[0], mentioned), (others[1], mentioned)):
            files[name].write_text(text, encoding="utf-8")
        dialog = PresetScreen()
        app = Host(dialog)
        async with app.run_test() as pilot:
            await pilot.press(*wanted.upper())
            await pilot.pause()
            assert names(dialog)[0] == wanted
            assert len(names(dialog)) == 3
            await pilot.press("enter")
            assert app.results == [str(files[wanted])]


async def test_nothing_found_loads_nothing(files: dict[str, Path]) -> None:
    dialog = PresetScreen()
    app = Host(dialog)
    async with app.run_test() as pilot:
        await pilot.press(*"zzz", "down", "up", "pagedown", "enter")
        await pilot.pause()
        assert "No preset" in words(dialog)
        assert app.results == []
        dialog.query_one("#search", Input).value = ""
        await pilot.pause()
        assert len(names(dialog)) == 3


async def test_a_broken_preset_shows_its_faults_and_does_not_load(files: dict[str, Path]) -> None:
    dialog = PresetScreen()
    app = Host(dialog)
    async with app.run_test() as pilot:
        await pilot.press("down")
        await pilot.pause()
        assert names(dialog)[1] == "! b-broken"
        text = words(dialog)
        assert f"{files['b-broken']}:2: data.name" in text
        assert 'did you mean "learning_rate"?' in text
        await pilot.press("enter")
        assert app.results == []


async def test_a_click_shows_and_a_second_one_loads(files: dict[str, Path]) -> None:
    app = Host(PresetScreen())
    async with app.run_test() as pilot:
        await pilot.click(Names, offset=(2, 2))
        await pilot.pause()
        assert app.results == []
        assert "turnips" in words(app.dialog)
        await pilot.click(Names, offset=(2, 2))
        assert app.results == [str(files["c-other"])]


async def test_the_mouse_loads_and_cancels(files: dict[str, Path]) -> None:
    for text, result in (("enter load", str(files["a-good"])), ("escape cancel", None)):
        app = Host(PresetScreen())
        async with app.run_test(size=(80, 24)) as pilot:
            await click_text(pilot, text)
            assert app.results == [result]


async def test_the_programs_own_presets_are_listed() -> None:
    dialog = PresetScreen()
    async with Host(dialog).run_test() as pilot:
        await pilot.pause()
        expected = []
        for topic, topical in TOPICS.items():
            expected += [topic.capitalize(), *topical]
        assert names(dialog) == expected
        assert dialog.query_one(OptionList).highlighted == 1  # the first preset, not its topic


@pytest.mark.slow
async def test_the_keys_go_from_preset_to_preset_past_the_topics() -> None:
    dialog = PresetScreen()
    app = Host(dialog)
    async with app.run_test() as pilot:
        await pilot.pause()
        every = [name for name, _ in list_presets()]
        for name in [*every[1:], every[0], every[1]]:
            await pilot.press("down")
            listed = dialog.query_one(OptionList)
            assert listed.highlighted is not None
            assert str(listed.get_option_at_index(listed.highlighted).prompt) == name
        await pilot.press("up", "up", "enter")
        assert [Path(str(path)).stem for path in app.results] == [every[-1]]


@pytest.mark.slow
async def test_a_topic_is_found_by_the_search() -> None:
    dialog = PresetScreen()
    async with Host(dialog).run_test() as pilot:
        await pilot.press(*"overfitting")
        await pilot.pause()
        assert set(TOPICS["overfitting"]) <= set(names(dialog))
        assert "Overfitting" not in names(dialog)


def test_settings_name_every_section_chosen(files: dict[str, Path]) -> None:
    shown = settings(read_preset(files["a-good"]))
    assert shown["schedule"] == "constant"
    assert "batch_size" in shown["training"]
