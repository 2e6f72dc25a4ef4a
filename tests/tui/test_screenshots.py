"""The command that makes the README's pictures, on a small run."""

from __future__ import annotations

import html
import re

import pytest

from tests.screenshots import BRANCHED, LOOKING, PICTURES, ROOT, RUNS, SHOTS, Shot, take


def words(svg: str) -> str:
    return html.unescape(" ".join(re.findall(r"<text[^>]*>(.*?)</text>", svg))).replace("\xa0", " ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "part"),
    [((), "running"), (("question_mark",), "Pause training, or let it go on."), (("e",), "Hyperparameters of XOR")],
)
async def test_a_picture_shows_the_real_dashboard(keys: tuple[str, ...], part: str) -> None:
    svg = await take(Shot("unused.svg", "xor", 3, keys=keys, size=(80, 24)))
    assert svg.startswith("<svg")
    assert part in words(svg)


def test_every_picture_of_the_readme_is_made_by_it() -> None:
    shown = set(re.findall(r"\(tests/pictures/([\w-]+\.svg)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    made = {shot.file for shot in SHOTS} | {LOOKING, BRANCHED, RUNS}
    assert shown == made == {file.name for file in PICTURES.glob("*.svg")}
