"""Every panel has its words, and the keys in them are those of the table, as rebound."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from nntui.tui.bindings import rebound
from nntui.tui.explanations import EXPLANATIONS, Explanation, with_keys
from nntui.tui.panels import SPECS

PANELS = tuple(EXPLANATIONS)


def sentences(explanation: Explanation) -> list[str]:
    """Every text of an explanation."""
    found: list[str] = []
    for field in fields(explanation):
        value = getattr(explanation, field.name)
        found += [value] if isinstance(value, str) else list(value)
    return found


def test_every_panel_of_the_dashboard_is_explained() -> None:
    assert {spec.id for spec in SPECS} | {"status"} == set(EXPLANATIONS)


@pytest.mark.parametrize("panel", PANELS)
def test_an_explanation_says_everything(panel: str) -> None:
    explanation = EXPLANATIONS[panel]
    assert all(sentences(explanation))
    assert explanation.formula
    assert explanation.reading
    assert explanation.trying


@pytest.mark.parametrize("panel", PANELS)
def test_every_key_an_explanation_names_exists(panel: str) -> None:
    for text in sentences(EXPLANATIONS[panel]):
        assert not re.search(r"\{[a-z_.]+\}", with_keys(text))


def test_keys_are_named_as_rebound() -> None:
    assert with_keys("Press {change.edit}.", rebound({"change.edit": ("f2",)})) == "Press f2."
