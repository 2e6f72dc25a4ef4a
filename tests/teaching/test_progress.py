"""What was done is remembered, damage and full disks notwithstanding."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nntui.teaching.progress import Progress, Record, progress_path


def test_progress_is_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "progress.json"
    kept = Record(
        title="Dead neurons", steps=3, of=4, finished="2026-01-01T00:00:00Z", questions={"2": "Why?"},
        answers={"2": ["Bad luck.", "No gradient."]}, remembered={"dead": 0.75},
    )  # fmt: skip
    Progress(file).keep("dead-neurons", kept)
    again = Progress(file)
    assert again.of("dead-neurons") == kept
    assert again.of("unknown") == Record()
    assert again.trouble == ""
    assert list(file.parent.iterdir()) == [file]


HOSTILE = [
    f'{{"records": {{"a": {{{field}}}}}}}'
    for field in (
        '"steps": "x"', '"steps": 1e400', '"of": NaN', '"changes": -1', '"stars": 4', '"stars": 1000000000000',
        f'"epochs": {10**400}', f'"remembered": {{"x": {10**400}}}', '"answers": [1]',
    )
]  # fmt: skip


@pytest.mark.parametrize("content", ["", "{", "[]", '{"records": 3}', "[" * 100_000, *HOSTILE])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: str) -> None:
    file = tmp_path / "progress.json"
    file.write_text(content, encoding="utf-8")
    progress = Progress(file)
    assert "starts from nothing" in progress.trouble
    assert [each.name for each in tmp_path.iterdir()] == ["progress.json"]  # reading it changes nothing
    progress.keep("a", Record(steps=1))
    assert Progress(file).of("a").steps == 1
    assert (tmp_path / "progress.json.damaged").read_text(encoding="utf-8") == content


def test_lesson_whose_file_name_is_not_utf8_is_remembered(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    progress = Progress(tmp_path / "progress.json")
    progress.keep(name, Record(steps=1))
    assert progress.trouble == ""
    assert Progress(tmp_path / "progress.json").of(name).steps == 1


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    progress = Progress(tmp_path / "file" / "progress.json")
    progress.keep("a", Record(steps=1))
    assert "progress is not kept" in progress.trouble
    assert progress.of("a").steps == 1


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    progress = Progress(pipe)
    assert "starts from nothing" in progress.trouble
    progress.keep("a", Record(steps=1))
    assert "not a regular file; progress is not kept" in progress.trouble
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
    assert pipe.is_fifo()


def test_a_teacher_gets_json(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.keep("a", Record(steps=1, answers={"1": ["yes"]}))
    assert json.loads(json.dumps(progress.export()))["records"]["a"]["answers"] == {"1": ["yes"]}


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNTUI_PROGRESS", str(tmp_path / "p.json"))
    assert progress_path() == tmp_path / "p.json"
