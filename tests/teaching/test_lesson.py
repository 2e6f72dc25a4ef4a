"""A teacher's file is read whole, or refused with every fault and its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from nntui.experiment import PresetError
from nntui.teaching.lesson import Lesson, read_lesson, summed_up

GOOD = """
title = "Dead neurons"
preset = "dying-relu"
concept = "dead-neurons"
order = 60
about = "Neurons that never fire."

[[steps]]
text = "Let it train."
do = "Press {run.pause}."
until = 'dead_share("hidden 2") > 50%'
hint = "It takes a few epochs."
hint_after = 10
remember.dead = 'dead_share("hidden 2")'

[[steps]]
text = "Think."
question = "Why do they stay dead?"
answers = ["Bad luck.", "No gradient reaches them."]
right = 2
because = "The slope is zero."

[[steps]]
text = "Read on."

[summary]
text = "{dead:%} were dead, {dead} as a number."
"""


def lesson(tmp_path: Path, text: str = GOOD) -> Lesson:
    file = tmp_path / "dead.toml"
    file.write_text(text, encoding="utf-8")
    return read_lesson(file)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(PresetError) as refused:
        lesson(tmp_path, text)
    return [f"{fault.line}: {fault.name}: {fault.message}" for fault in refused.value.faults]


def test_a_lesson_has_its_steps_in_order(tmp_path: Path) -> None:
    read = lesson(tmp_path)
    assert (read.name, read.title, read.preset, read.concept) == (
        "dead", "Dead neurons", "dying-relu", "dead-neurons"
    )  # fmt: skip
    first, second, third = read.steps
    assert first.until is not None
    assert first.hint_after == 10
    assert set(first.remember) == {"dead"}
    assert second.question is not None
    assert second.question.right == 1
    assert third.until is None


def test_the_summary_has_the_learners_own_numbers(tmp_path: Path) -> None:
    read = lesson(tmp_path)
    assert summed_up(read, {"dead": 0.8125}) == "81% were dead, 0.812 as a number."
    assert summed_up(read, {}) == "– were dead, – as a number."


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = (
        GOOD.replace("dying-relu", "diing-relu")
        .replace("dead_share(", "ded_share(", 1)
        .replace("hint_after = 10", "hint_afer = 10")
        .replace("right = 2", "right = 3")
        .replace("{dead:%}", "{dad:%}")
        .replace('"dead-neurons"', '"dead-neurones"')
    )
    told = faults(tmp_path, text)
    assert len(told) == 6
    for line, words in (
        (3, 'did you mean "dying-relu"'),
        (4, 'did you mean "dead-neurons"'),
        (11, 'did you mean "dead_share"'),
        (13, 'did you mean "hint_after"'),
        (20, "1 to 2"),
        (27, 'did you mean "dead"'),
    ):
        assert any(fault.startswith(f"{line}:") and words in fault for fault in told), (line, told)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a lesson has at least one step"),
        ('title = "A"\npreset = "xor"', "a lesson has at least one step"),
        ("title = 3", "allowed is text"),
        (GOOD.replace("> 50%", ""), "gives a number"),
        (GOOD.replace("'dead_share(\"hidden 2\")'", "'epoch > 3'"), "gives a yes-or-no"),
        (GOOD.replace('answers = ["Bad luck.", "No gradient reaches them."]', 'answers = ["One."]'), "at least two"),
        (GOOD.replace("right = 2\n", ""), "number of the right answer"),
        (GOOD.replace("right = 2", "right = 1.5"), "number of the right answer"),
        (GOOD.replace('question = "Why do they stay dead?"\n', ""), "belongs to a question"),
        (GOOD.replace("right = 2", "right = 2\nuntil = 'epoch > 1'"), "not both"),
        (GOOD.replace('text = "Think."\n', ""), "missing"),
        (GOOD.replace("hint_after = 10", "hint_after = -1"), "0 to 3600"),
        ("steps = 3", "list of sections"),
        ("title = ", "not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, says: str) -> None:
    assert any(says in fault for fault in faults(tmp_path, text))


def test_a_preset_beside_the_lesson_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[data]\nname = "xor"\n', encoding="utf-8")
    assert lesson(tmp_path, GOOD.replace('"dying-relu"', '"mine.toml"')).preset == str(tmp_path / "mine.toml")
