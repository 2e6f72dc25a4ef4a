"""What the dashboard says is wrong: the line, its keys, the evidence, the remedy and the mended twin."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Static

from nntui.experiment import Experiment, find_preset, read_preset
from nntui.training.commands import Redraw, Resume, Set, to_json
from nntui.training.events import Diagnosed, Diverged
from nntui.tui.drawings.diagnosis import Shown, evidence, first, words
from nntui.tui.screens.evidence import EvidenceScreen
from nntui.tui.screens.question import Question
from nntui.tui.widgets.diagnosis import DiagnosisLine
from nntui.tui.widgets.text import length
from tests.tui.fakes import batch, begun
from tests.tui.stage import Stage, stage

KEYS = {"change.remedy": "a", "time.return": "enter"}
REMEDY = (to_json(Set("schedule.scale", 0.1)), to_json(Redraw(initializer="auto")))


def dead(on: bool = True, **given: Any) -> Diagnosed:
    values: dict[str, Any] = {
        "layer": "hidden 2",
        "message": "26 of 32 neurons of hidden 2 never fire.",
        "why": "A ReLU that is off for every input has slope 0.",
        "remedy": "Divide the learning rate by 10 and draw the weights anew.",
        "commands": REMEDY,
        "evidence": {"dead": 26, "units": 32, "dead_share": 0.8125, "blame": "rate"},
    }
    return Diagnosed("dead_units", on, 20, 1, **{**values, **given})


def overfitting() -> Diagnosed:
    return Diagnosed("overfitting", True, 300, 9, message="The test loss climbs.", remedy="Use l2.")


def clones() -> Diagnosed:
    return Diagnosed("clones", True, 10, 1, message="All neurons are copies of each other.", remedy="Draw anew.")


def test_of_several_the_first_in_precedence_is_shown() -> None:
    held = {each.rule: each for each in (overfitting(), dead(), clones())}
    shown = first(held)
    assert shown is not None
    assert shown.rule == "clones"
    assert first({}) is None


def test_a_rule_is_shown_for_three_seconds_at_least() -> None:
    shown = Shown()
    assert shown.look({"dead_units": dead()}, 10.0) is None
    assert shown.look({}, 11.0) == pytest.approx(2.0)
    assert shown.diagnosed is not None
    assert shown.look({"clones": clones()}, 12.5) == pytest.approx(0.5)
    assert shown.diagnosed.rule == "dead_units"
    assert shown.look({"clones": clones()}, 13.0) is None
    assert shown.diagnosed.rule == "clones"
    assert shown.look({}, 16.1) is None
    assert shown.diagnosed is None


def test_new_numbers_of_the_same_rule_show_at_once() -> None:
    shown = Shown()
    shown.look({"dead_units": dead()}, 0.0)
    again = dead(message="32 of 32 neurons of hidden 2 never fire.")
    assert shown.look({"dead_units": again}, 0.5) is None
    assert shown.diagnosed is again
    assert shown.look({}, 1.0) == pytest.approx(2.0)  # counted from when the rule came


@pytest.mark.parametrize("width", [40, 60, 79, 100, 119, 199])
def test_the_words_fill_their_rows_and_no_more(width: int) -> None:
    for diagnosed in (dead(), overfitting(), dead(message="word " * 30 + "end.")):
        rows = words(diagnosed, width, "▲", KEYS)
        assert len(rows) <= 2
        assert all(length(row) <= width for row in rows)
        assert "enter why" in "".join(text for text, _ in rows[-1])


@pytest.mark.parametrize("width", range(6))
def test_in_a_window_of_next_to_no_columns_nothing_breaks(width: int) -> None:
    assert len(words(dead(), width, "▲", KEYS)) == 2


def test_where_there_is_room_the_remedy_is_said_too() -> None:
    (row,) = words(dead(), 150, "▲", KEYS)
    assert "never fire. " in "".join(text for text, _ in row)
    assert "Divide the learning rate by 10" in "".join(text for text, _ in row)


def test_evidence_is_told_in_words() -> None:
    assert evidence(dead()) == [
        ("26", "dead units"), ("32", "units in the layer"), ("81%", "share of dead units"),
    ]  # fmt: skip


async def test_the_line_comes_with_a_diagnosis_and_takes_no_room_without() -> None:
    async with stage(begun()) as on:
        line = on.app.main.query_one(DiagnosisLine)
        assert line.rows_needed(120) == 0
        assert "never fire" not in on.text
        await on.feed(batch(2, [dead()]))
        assert "26 of 32 neurons of hidden 2 never fire." in on.text


async def test_a_applies_the_remedy_as_ordinary_commands() -> None:
    async with stage(begun(), batch(2, [dead()])) as on:
        await on.press("a")
        assert on.client.told[-2:] == [Set("schedule.scale", 0.1), Redraw(initializer="auto")]
        assert "draw all weights anew" in on.said


async def test_a_run_that_diverged_goes_on_with_its_remedy() -> None:
    gone = dead(message="Not a number any more: loss.")
    async with stage(begun(), batch(2, [Diverged(40, 2, "loss"), gone], state="diverged")) as on:
        await on.press("a")
        assert on.client.told[-1] == Resume()


async def test_enter_shows_the_evidence_and_a_there_applies_the_remedy() -> None:
    async with stage(begun(), batch(2, [dead(), overfitting()])) as on:
        await on.press("enter")
        assert isinstance(on.app.screen, EvidenceScreen)
        assert on.app.screen.title_text == "Dead units"
        await on.press("a")
        assert not isinstance(on.app.screen, EvidenceScreen)
        assert on.client.told[-2:] == [Set("schedule.scale", 0.1), Redraw(initializer="auto")]


async def test_the_evidence_can_be_asked_for_by_its_own_key() -> None:
    async with stage(begun()) as on:
        await on.press("A")
        assert "No problem detected" in on.said
        await on.feed(batch(2, [dead()]))
        await on.press("A")
        assert isinstance(on.app.screen, EvidenceScreen)
        await on.press("escape")
        assert on.client.told == []


def asked(on: Stage) -> str:
    """What the dialog on the screen asks."""
    assert isinstance(on.app.screen, Question)
    return str(on.app.screen.query_one(Static).content)


async def test_run_ends_for_the_fixed_version_only_after_a_yes() -> None:
    async with stage(begun(run="20260101-000000-dying-relu-aaaa")) as on:
        await on.press("a")
        assert "No problem detected" in on.said
        before = len(on.client.started)
        on.app.model.experiment = read_preset(find_preset("dying-relu"))
        await on.press("a")
        assert "optimizer.learning_rate = 0.3" in asked(on)
        assert "It is recorded" in asked(on)
        await on.press("escape")
        assert len(on.client.started) == before
        await on.press("a", "enter")
        assert len(on.client.started) == before + 1
        begun_with = Experiment.from_dict(on.client.started[-1])
        assert begun_with.optimizer.learning_rate == 0.3
        assert begun_with.mended == {}


async def test_question_for_the_fixed_version_says_if_the_run_will_be_lost() -> None:
    async with stage(begun()) as on:
        on.app.model.experiment = read_preset(find_preset("dying-relu"))
        await on.press("a")
        assert "will be lost: it is not recorded." in asked(on)
        trouble = "not recorded since epoch 0: No space left on device (/runs/a)"
        await on.press("escape")
        await on.feed(batch(20, run="a", recording=trouble))
        await on.press("a")
        assert f"will be lost: {trouble}." in asked(on)
        await on.press("escape")
        await on.feed(batch(20, run="a", recording="removed the run b: all runs together took more than 1 MB"))
        await on.press("a")
        assert "It is recorded" in asked(on)
