"""The edit form in an app of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input, OptionList

from nntui.experiment import Experiment, parameter
from nntui.tui.screens.edit import EditScreen
from nntui.tui.screens.fields import Field, bounds
from nntui.tui.screens.text import show_value
from tests.tui.hosts import Host, click_text, screen_text, words
from tests.tui.test_screens import SIZES, cut


def names(dialog: EditScreen) -> list[str]:
    return [field.parameter.name for field in dialog.form.fields]


def field(dialog: EditScreen, name: str) -> Field:
    return dialog.form.fields[names(dialog).index(name)]


def go_to(dialog: EditScreen, name: str) -> None:
    dialog.form.focus()
    dialog.form.go_to(name)


@pytest.mark.parametrize("size", [SIZES[0], pytest.param(SIZES[1], marks=pytest.mark.slow)])
async def test_every_parameter_with_its_value_bounds_and_meaning(size: tuple[int, int]) -> None:
    experiment = Experiment()
    dialog = EditScreen(experiment, 0.0123)
    async with Host(dialog).run_test(size=size) as pilot:
        await pilot.pause()
        assert sorted(names(dialog)) == sorted(row.name for row in experiment.parameters())
        assert cut(dialog) == []
        for row in experiment.parameters():
            go_to(dialog, row.name)
            await pilot.pause()
            text = " ".join(screen_text(pilot).replace("│", " ").split())
            for part in (
                row.label,
                show_value(experiment.value(row.name)),
                row.meaning.split()[-1],
                bounds(row).split()[0],
            ):
                assert part in text
            assert ("at a restart" in field(dialog, row.name).beside) == (not row.live)
        assert field(dialog, "optimizer.learning_rate").beside.endswith("in force 0.0123")


async def test_keys_of_one_burst_are_taken_in_their_order() -> None:
    dialog = EditScreen(Experiment(), 0.01)
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "schedule.scale")
        await pilot.pause()
        for key in ("end", *["backspace"] * 9, *"77", "left", *"6", "home", *"5", "down", *"9", "8", "up", "end", *"4"):
            character = key if len(key) == 1 else None
            app.post_message(events.Key(key, character))
        await pilot.pause()
        await pilot.press("enter")
        assert app.results == [{"schedule.scale": 57674.0, "schedule.warmup_steps": 98}]


async def test_typing_marks_the_field_and_enter_gives_back_what_changed() -> None:
    dialog = EditScreen(Experiment(), 0.01)
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "optimizer.learning_rate")
        await pilot.press(*"0.5")
        await pilot.pause()
        text = screen_text(pilot)
        assert "* learning_rate" in text
        assert "was 0.01" in text
        assert "1 change: optimizer.learning_rate 0.5" in text
        await pilot.press("enter")
        assert app.results == [{"optimizer.learning_rate": 0.5}]


@pytest.mark.slow
async def test_a_fault_is_shown_while_typing_and_nothing_is_applied() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "training.batch_size")
        await pilot.press("0")
        await pilot.pause()
        text = screen_text(pilot)
        assert "! batch_size" in text
        assert "0 is too small" in text
        dialog.query_one("#search", Input).focus()
        await pilot.press(*"seed", "enter", "enter")
        await pilot.pause()
        assert app.results == []
        assert dialog.form.has_focus
        assert dialog.form.current is field(dialog, "training.batch_size"), "though the search had hidden it"
        await pilot.press(*"64", "enter")
        assert app.results == [{"training.batch_size": 64}]


async def test_escape_gives_back_nothing() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "optimizer.learning_rate")
        await pilot.press(*"0.5", "escape")
        assert app.results == [None]


async def test_nothing_changed_is_an_empty_answer() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        await pilot.press("down", "enter")
        assert app.results == [{}]


async def test_the_mouse_applies_and_cancels() -> None:
    for text, result in (("enter apply", {}), ("escape cancel", None)):
        app = Host(EditScreen(Experiment()))
        async with app.run_test(size=(80, 24)) as pilot:
            await click_text(pilot, text)
            assert app.results == [result]


async def test_another_choice_brings_its_own_fields() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        assert "optimizer.beta1" in names(dialog)
        go_to(dialog, "optimizer.name")
        await pilot.press(*"sss")
        while field(dialog, "optimizer.name").text != "sgd":
            await pilot.press("s")
        assert "optimizer.beta1" not in names(dialog)
        assert names(dialog).index("optimizer.momentum") < names(dialog).index("schedule.scale")
        go_to(dialog, "optimizer.momentum")
        await pilot.press(*"0.95", "enter")
        assert list(app.results[0].items()) == [("optimizer.name", "sgd"), ("optimizer.momentum", 0.95)]


async def test_choices_go_round_by_key() -> None:
    dialog = EditScreen(Experiment())
    async with Host(dialog).run_test() as pilot:
        go_to(dialog, "training.shuffle")
        seen = []
        for key in ("right", "right", "left", "t", "x", "shift+down"):
            await pilot.press(key)
            seen.append(field(dialog, "training.shuffle").text)
        assert seen == ["false", "true", "false", "true", "true", "false"]


async def test_the_list_of_a_choice_opens_by_space_and_takes_a_word() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "optimizer.name")
        await pilot.press("space")
        await pilot.pause()
        listed = app.screen.query_one(OptionList)
        assert [str(listed.get_option_at_index(i).prompt) for i in range(listed.option_count)] == list(
            parameter("optimizer.name").choices  # type: ignore[union-attr]
        )
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.screen is dialog
        chosen = field(dialog, "optimizer.name").text
        assert chosen != "adam"
        await pilot.press("space", "escape", "enter")
        assert app.results == [{"optimizer.name": chosen}]


async def test_shift_and_an_arrow_move_a_number_by_its_step() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "training.batch_size")
        await pilot.press("shift+up", "shift+up", "shift+down", "enter")
        assert app.results == [{"training.batch_size": 64}]


@pytest.mark.slow
async def test_search_hides_what_does_not_fit_and_enter_goes_to_the_first_field() -> None:
    dialog = EditScreen(Experiment())
    async with Host(dialog).run_test() as pilot:
        await pilot.press(*"zzz")
        await pilot.pause()
        assert names(dialog) == []
        assert dialog.query_one("#none").display
        await pilot.press("enter", "down", *["backspace"] * 3, *"batch siz")
        await pilot.pause()
        assert names(dialog) == ["training.batch_size"]
        await pilot.press("enter", *"8")
        assert field(dialog, "training.batch_size").text == "8"


async def test_what_takes_a_restart_is_said_before() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "network.hidden")
        await pilot.press(*"8, 4")
        await pilot.pause()
        text = words(dialog)
        assert "Enter restarts the run: network.hidden" in text
        assert parameter("network.hidden").fixed_because.partition(";")[0] in text  # type: ignore[union-attr]
        await pilot.press("enter")
        assert app.results == [{"network.hidden": (8, 4)}]


@pytest.mark.slow
async def test_arrows_go_from_field_to_field_and_back_to_the_search() -> None:
    dialog = EditScreen(Experiment())
    async with Host(dialog).run_test() as pilot:
        await pilot.press("down", "down")
        assert dialog.form.cursor == 1
        await pilot.press("up", "up")
        assert dialog.query_one("#search", Input).has_focus
        await pilot.press("down", *["pagedown"] * 9)
        assert dialog.form.cursor == len(dialog.form.fields) - 1
        assert dialog.form.scroll_y > 0
        await pilot.press(*["pageup"] * 9)
        assert dialog.form.scroll_y == 0


@pytest.mark.slow
async def test_a_click_goes_to_a_field_and_turns_a_choice() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await click_text(pilot, "learning_rate")
        assert dialog.form.current is field(dialog, "optimizer.learning_rate")
        await click_text(pilot, "‹ ", shift=-1)
        first = field(dialog, "network.activation").text
        assert first != "tanh"
        await click_text(pilot, "› ", shift=-1)
        assert field(dialog, "network.activation").text == "tanh"
        await click_text(pilot, "tanh ")
        await pilot.pause()
        assert app.screen is not dialog


async def test_pasted_text_is_typed() -> None:
    dialog = EditScreen(Experiment())
    app = Host(dialog)
    async with app.run_test() as pilot:
        go_to(dialog, "optimizer.learning_rate")
        dialog.form.post_message(events.Paste(" 0.25\n0.3"))
        await pilot.pause()
        await pilot.press("enter")
        assert app.results == [{"optimizer.learning_rate": 0.25}]


async def test_without_more_than_ascii() -> None:
    app = Host(EditScreen(Experiment()))
    app.add_class("-ascii")
    async with app.run_test() as pilot:
        await pilot.pause()
        text = screen_text(pilot)
        assert "< adam" in text
        assert "0 < x <= 1e12" in text
        inside = "".join(row.strip().strip("|+") for row in text.splitlines())
        assert [letter for letter in inside if not letter.isascii()] == []


def test_editing_a_line() -> None:
    row = parameter("optimizer.learning_rate")
    assert row is not None
    line = Field(row, "0.01")
    line.enter()
    line.move(1)
    line.insert("x")
    assert (line.text, line.position) == ("0x.01", 2)
    line.delete(-1)
    line.delete(0)
    assert (line.text, line.position) == ("001", 1)
    line.move(99)
    line.delete(0)
    assert (line.text, line.position) == ("001", 3)
    line.enter()
    line.insert("7")
    assert line.text == "7"
    line.enter()
    line.delete(-1)
    assert line.text == ""
    line.delete(-1)
    assert line.text == ""
    line.step(1)
    assert line.text == "", "what is no value has no next one"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"low": 0.0, "low_open": False, "high": 1.0, "high_open": True}, "0 ≤ x < 1"),
        ({"low": 0.0, "low_open": True, "high": 1e6, "unit": "steps"}, "0 < x ≤ 1e6 steps"),
        ({"low": 1.0, "low_open": False, "high": float("inf")}, "≥ 1"),
        ({"low": float("-inf"), "high": 2.5, "high_open": True}, "< 2.5"),
        ({"low": float("-inf"), "high": float("inf"), "unit": "rows"}, "rows"),
        ({"kind": "bool"}, "true or false"),
        ({"kind": "choice", "choices": ("a", "b")}, "a or b"),
        ({"kind": "choice", "choices": ("a", "b", "c")}, "one of 3"),
    ],
)
def test_bounds_in_short(changes: dict[str, object], text: str) -> None:
    row = parameter("optimizer.learning_rate")
    assert row is not None
    assert bounds(replace(row, **changes)) == text  # type: ignore[arg-type]
