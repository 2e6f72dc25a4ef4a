"""Every concept has a page that says what it is, by which formula, where to see it and who said it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nntui.experiment import find_preset
from nntui.teaching import concepts
from nntui.teaching.concepts import CONCEPTS, concept_of_panel, concept_of_rule, page
from nntui.training.diagnosis.catalogue import RULES
from nntui.tui.panels import SPECS

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


def test_each_diagnosis_has_its_page() -> None:
    assert [rule for rule in RULES if not concept_of_rule(rule)] == []
    assert {rule for concept in CONCEPTS.values() for rule in concept.rules} <= set(RULES)


def test_each_panel_that_shows_an_idea_has_its_page() -> None:
    without = {"hyperparameters", "fit", "confusion", "mistakes", "roc", "run-list", "branches"}  # lists and records
    assert {spec.id for spec in SPECS if not concept_of_panel(spec.id)} == without
    assert {panel for concept in CONCEPTS.values() for panel in concept.panels} <= {spec.id for spec in SPECS}


def test_a_rule_or_a_panel_has_one_page() -> None:
    for names in ([c.rules for c in CONCEPTS.values()], [c.panels for c in CONCEPTS.values()]):
        every = [name for group in names for name in group]
        assert len(every) == len(set(every))
