"""Every concept has a page that says what it is, by which formula, where to see it and who said it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nntui.experiment import find_preset
from nntui.teaching import concepts
from nntui.teaching.concepts import CONCEPTS, page

VIEWS = ("overview", "layers", "neurons", "predictions", "gradients", "runs")


def test_each_page_is_in_the_table_and_each_row_has_its_page() -> None:
    written = {file.stem for file in Path(concepts.__file__).parent.glob("*.md")}
    assert written == set(CONCEPTS)


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_page_has_its_parts_and_is_short(name: str) -> None:
    text = page(name)
    assert text.startswith(f"# {CONCEPTS[name].title}\n")
    for part in ("Formula", "Where to look", "Source"):
        assert len(re.findall(rf"^\*\*{part}\*\* .+", text, re.MULTILINE)) == 1
    words = text.split("**Formula**")[0].split()
    assert 100 <= len(words) <= 175


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_page_leads_to_a_preset_and_a_view(name: str) -> None:
    assert find_preset(CONCEPTS[name].preset).is_file()
    assert CONCEPTS[name].view in VIEWS


def test_a_page_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        page("../secret")
