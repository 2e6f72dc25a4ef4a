"""``nntui learn`` without a screen: the list, a learner's progress, and what is wrong with a teacher's file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from nntui.commandline import dashboard
from nntui.teaching.challenge import list_challenges
from nntui.teaching.lesson import list_lessons
from nntui.teaching.progress import VARIABLE, Progress, Record
from tests.commandline.running import Nntui

PRESET = '[data]\nname = "xor"\n'
LESSON = """
title = "My own"
preset = "mine.toml"
epochs = 400

[[steps]]
text = "Train."
until = "epoch > 2"
"""


@pytest.fixture(autouse=True)
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Progress:
    file = tmp_path / "progress.json"
    monkeypatch.setenv(VARIABLE, str(file))
    return Progress(file)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A teacher's lesson, its preset beside it."""
    (tmp_path / "mine.toml").write_text(PRESET, encoding="utf-8")
    (tmp_path / "own.toml").write_text(LESSON, encoding="utf-8")
    return tmp_path / "own.toml"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """What the dashboard was to show; it does not begin."""
    told: list[argparse.Namespace] = []

    def run(values: argparse.Namespace) -> int:
        told.append(values)
        return 0

    monkeypatch.setattr(dashboard, "run", run)
    return told


def test_the_list_names_everything_and_what_is_done(nntui: Nntui, progress: Progress) -> None:
    progress.keep("neuron", Record(steps=4, of=4, finished="2026-01-01T00:00:00Z"))
    progress.keep("challenge/crawl", Record(stars=2))
    said = nntui("learn", "--list")
    assert said.status == 0
    for path in [*list_lessons(), *list_challenges()]:
        assert f"  {path.stem} " in said.out
    lines = said.out.splitlines()
    assert any(line.split()[:2] == ["neuron", "done"] for line in lines)
    assert any(line.split()[:2] == ["crawl", "**"] for line in lines)


def test_a_teacher_gets_answers_beside_what_was_asked(nntui: Nntui, progress: Progress) -> None:
    progress.keep(
        "loss", Record(title="The loss", steps=5, of=5, questions={"5": "Why?"}, answers={"5": ["No.", "Yes."]})
    )
    record = json.loads(nntui("learn", "--export").out)["records"]["loss"]
    assert (record["title"], record["steps"], record["of"]) == ("The loss", 5, 5)
    assert record["questions"]["5"] == "Why?"
    assert record["answers"]["5"] == ["No.", "Yes."]


def test_an_unknown_lesson_names_the_nearest(nntui: Nntui) -> None:
    said = nntui("learn", "ded-neurons")
    assert said.status == 2
    assert 'did you mean "dead-neurons"?' in said.err


def test_a_broken_file_is_told_with_every_fault_and_its_line(nntui: Nntui, own: Path) -> None:
    own.write_text(LESSON.replace("title", "titel").replace("epoch > 2", "epoc > 2"), encoding="utf-8")
    for command in ("learn", "check"):
        said = nntui(command, own)
        assert said.status == 2
        assert [line.removeprefix(f"{own}:").partition(":")[0] for line in said.faults] == ["1", "2", "8"]
        assert 'did you mean "epoch"?' in said.err


def test_a_key_that_there_is_not_is_a_fault(nntui: Nntui, own: Path) -> None:
    own.write_text(LESSON.replace("Train.", "Train with {run.paus}."), encoding="utf-8")
    said = nntui("check", own)
    assert said.status == 2
    assert said.faults == [f'{own}:7: {{run.paus}}: no key does that; did you mean "run.pause"?']


@pytest.mark.parametrize("option", ["--list", "--export"])
def test_unreadable_progress_is_one_line_and_fails_every_time(option: str, progress: Progress, nntui: Nntui) -> None:
    progress.path.write_text("{", encoding="utf-8")
    for _ in range(2):
        said = nntui("learn", option)
        assert said.status == 2
        assert said.faults == [f"nntui: {progress.path}: is not JSON; progress starts from nothing"]
        assert ("Challenges" in said.out) == (option == "--list")
    assert progress.path.read_text(encoding="utf-8") == "{"


def test_a_teachers_lesson_begins_with_its_own_preset(own: Path, nntui: Nntui, shown: list[argparse.Namespace]) -> None:
    assert nntui("check", own).status == 0
    assert nntui("learn", own).status == 0
    (values,) = shown
    assert (values.learn, values.preset, values.epochs) == (str(own), str(own.parent / "mine.toml"), 400)
    assert values.paused


def test_without_a_lesson_the_list_is_opened(nntui: Nntui, shown: list[argparse.Namespace]) -> None:
    assert nntui("learn").status == 0
    assert (shown[0].learn, shown[0].preset, shown[0].paused) == ("", None, False)
