"""Golden text: what a chart looked like when somebody last looked at it and agreed.

The files lie in ``golden/``, one a chart and glyph level, each with several pictures; every row ends with ``|`` so that
its blanks can be seen. When a chart was changed on purpose, write them anew and read the difference before committing:

    NNTUI_UPDATE_GOLDEN=1 python -m pytest tests/charts/test_golden.py && git diff tests/charts/golden

Without that variable nothing is ever written, and a missing file fails.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.strip import Strip

FOLDER = Path(__file__).parent / "golden"
UPDATE = "NNTUI_UPDATE_GOLDEN"


def as_text(strips: Sequence[Strip]) -> list[str]:
    return [strip.text for strip in strips]


def check_golden(name: str, pictures: Mapping[str, Sequence[Strip]], folder: Path = FOLDER) -> None:
    """Compare ``pictures`` (heading → rows) with ``golden/<name>.txt``."""
    lines = []
    for heading, strips in pictures.items():
        lines += [f"== {heading}", *(f"{row}|" for row in as_text(strips)), ""]
    path = folder / f"{name}.txt"
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
    assert path.exists(), f"{path} is missing; {UPDATE}=1 writes it"
    assert lines == path.read_text(encoding="utf-8").split("\n")


def assert_size(strips: Sequence[Strip], size: tuple[int, int]) -> None:
    """Exactly so many rows, each exactly so wide, by what it says and by what it holds."""
    width, height = max(0, size[0]), max(0, size[1])
    assert [strip.cell_length for strip in strips] == [width] * height
    assert [sum(segment.cell_length for segment in strip) for strip in strips] == [width] * height
