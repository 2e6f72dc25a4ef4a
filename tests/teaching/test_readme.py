"""What the README tells teachers is so."""

from __future__ import annotations

import re
from pathlib import Path

from nntui.teaching.challenge import list_challenges, read_challenge
from nntui.teaching.concepts import CONCEPTS
from nntui.teaching.conditions import usage
from nntui.teaching.lesson import list_lessons, read_lesson, summed_up
from nntui.teaching.words import WORDS

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def file_of(name: str, folder: Path) -> Path:
    """The example that begins with this name, as a file."""
    blocks: list[str] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = folder / name
    file.write_text(next(each for each in blocks if each.startswith(f"# {name}\n")), encoding="utf-8")
    return file


def test_the_table_of_words_is_the_languages() -> None:
    rows = [
        f"| `{usage(name, word.arguments, word.optional)}` | {word.kind} | {word.meaning} |"
        for name, word in WORDS.items()
    ]
    assert "\n".join(rows) in README


def test_the_lesson_explained_line_by_line_is_one(tmp_path: Path) -> None:
    lesson = read_lesson(file_of("my-lesson.toml", tmp_path))
    assert (lesson.title, lesson.epochs, len(lesson.steps)) == ("Dead neurons", 2000, 2)
    assert summed_up(lesson, {"dead": 0.75}) == "75% of the neurons were dead."


def test_the_challenge_explained_line_by_line_is_one(tmp_path: Path) -> None:
    challenge = read_challenge(file_of("my-challenge.toml", tmp_path))
    assert (challenge.title, challenge.rules) == ("The snail", "the learning rate")


def test_it_counts_rightly() -> None:
    numbers = {10: "ten", 18: "eighteen"}
    assert f"{numbers[len(list_lessons())]} lessons" in README
    assert f"{numbers[len(list_challenges())]} challenges" in README
    without_lesson = {"validation"}  # the lesson on overfitting leads to it
    assert {read_lesson(path).concept for path in list_lessons()} == set(CONCEPTS) - without_lesson
