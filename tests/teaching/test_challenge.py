"""A challenge has a goal, rules and a score; a file that cannot be one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nntui.experiment import PresetError
from nntui.teaching.challenge import Challenge, read_challenge
from nntui.training.commands import Command, Pause, Redraw, Set, Silence

GOOD = """
title = "Wake the dead"
preset = "dying-relu-one-layer"
level = 3
goal = "test_accuracy > 95%"
epochs = 100
allowed = ["schedule.scale", "redraw", "optimizer"]
par_epochs = 60
par_changes = 2

[[solution]]
epoch = 5
command = {command = "redraw", dead = true}
"""


def challenge(tmp_path: Path, text: str = GOOD) -> Challenge:
    file = tmp_path / "wake.toml"
    file.write_text(text, encoding="utf-8")
    return read_challenge(file)


def test_a_challenge_is_read(tmp_path: Path) -> None:
    read = challenge(tmp_path)
    assert (read.name, read.level, read.epochs) == ("wake", 3, 100)
    assert read.solution == ((5, Redraw(dead=True)),)


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        (Pause(), True), (Set("schedule.scale", 0.5), True), (Set("optimizer.momentum", 0.5), True),
        (Redraw(), True), (Silence(0, 1), False), (Set("training.batch_size", 8), False),
        (Set("schedule.name", "constant"), False),
    ],
)  # fmt: skip
def test_the_rules_say_what_may_be_changed(tmp_path: Path, command: Command, allowed: bool) -> None:
    assert (challenge(tmp_path).forbids(command) == "") is allowed


def test_without_rules_everything_may_be_changed(tmp_path: Path) -> None:
    text = GOOD.replace('allowed = ["schedule.scale", "redraw", "optimizer"]\n', "")
    assert challenge(tmp_path, text).forbids(Silence(0, 1)) == ""


@pytest.mark.parametrize(("epochs", "changes", "stars"), [(60, 2, 3), (61, 2, 2), (60, 3, 2), (61, 3, 1)])
def test_few_epochs_and_few_changes_earn_stars(tmp_path: Path, epochs: int, changes: int, stars: int) -> None:
    assert challenge(tmp_path).stars(epochs, changes) == stars


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('goal = "test_accuracy > 95%"\n', "", "missing"),
        ("test_accuracy >", "test_acuracy >", 'did you mean "test_accuracy"'),
        ('"redraw"', '"redrow"', 'did you mean "redraw"'),
        ("level = 3", "level = 9", "1 to 5"),
        ('command = "redraw"', 'command = "redrow"', "unknown command"),
        ("epoch = 5", "epoc = 5", 'did you mean "epoch"'),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        challenge(tmp_path, GOOD.replace(old, new))
