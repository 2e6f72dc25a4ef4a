"""A teacher's file, whichever it is: a lesson has steps, a challenge has a goal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nntui.experiment import PresetError
from nntui.experiment.toml_file import parse_toml, read_text
from nntui.teaching.challenge import Challenge, read_challenge
from nntui.teaching.lesson import Lesson, read_lesson


def is_page(path: Path) -> bool:
    """Whether a file is meant as a lesson or a challenge, not as a preset."""
    try:
        tree = _tree(path)
    except PresetError:
        return False
    return "steps" in tree or "goal" in tree


def read_page(path: Path) -> Lesson | Challenge:
    """The lesson or challenge of a file.

    Raises:
        PresetError: with every fault.
    """
    return read_challenge(path) if "goal" in _tree(path) else read_lesson(path)


def _tree(path: Path) -> Mapping[str, Any]:
    tree, _, _ = parse_toml(path, read_text(path))
    return tree or {}
