"""What a person types finds what it names, best first."""

from __future__ import annotations

import pytest

from nntui.experiment import Experiment, Parameter
from nntui.tui.ranking import FIRST, SYNONYMS, fit, hyperparameters, in_order, ranked

ROWS = list(Experiment().parameters())
SHARED = {row.label for row in ROWS if sum(other.label == row.label for other in ROWS) > 1}


def best(query: str) -> str:
    return hyperparameters(ROWS, query)[0].name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_hyperparameter_is_found_first_by_its_names(row: Parameter) -> None:
    assert best(row.name) == row.name
    assert best(row.name.replace(".", " ").replace("_", " ").upper()) == row.name
    if row.label not in SHARED:
        assert best(row.label) == row.name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_beginning_of_a_name_finds_it_among_those_that_begin_so(row: Parameter) -> None:
    if row.label in SHARED:
        return
    for end in range(1, len(row.label) + 1):
        found = hyperparameters(ROWS, row.label[:end])
        before = found[: [each.name for each in found].index(row.name)]
        for each in before:
            names = (each.label, each.name, *SYNONYMS.get(each.name, ()))
            assert min(fit(name, row.label[:end]) or 0 for name in names) <= 1, (row.label[:end], each.name)


@pytest.mark.parametrize("name", [name for name in SYNONYMS if name in {row.name for row in ROWS}])
def test_hyperparameter_is_found_by_what_it_is_called_elsewhere(name: str) -> None:
    for synonym in SYNONYMS[name]:
        found = [row.name for row in hyperparameters(ROWS, synonym)]
        assert name in found[:2], synonym


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("activ", "network.activation"), ("lr", "optimizer.learning_rate"), ("learn", "optimizer.learning_rate"),
        ("batch", "training.batch_size"), ("ep", "training.epochs"), ("optim", "optimizer.name"),
        ("drop", "network.dropout"), ("neurons", "network.hidden"), ("hid", "network.hidden"),
        ("sched", "schedule.name"), ("actvation", "network.activation"), ("lerning_rate", "optimizer.learning_rate"),
        ("rmsprop", "optimizer.name"),
    ],
)  # fmt: skip
def test_what_learners_type_finds_what_they_mean(query: str, name: str) -> None:
    assert best(query) == name


def test_search_finds_words_of_the_meaning_and_choices_too() -> None:
    assert "optimizer.learning_rate" in [row.name for row in hyperparameters(ROWS, "LEARN rate")]
    assert "training.seed" not in [row.name for row in hyperparameters(ROWS, "rmsprop")]
    assert hyperparameters(ROWS, "zzzzz") == []


def test_what_learners_change_first_comes_first_and_nothing_is_lost() -> None:
    names = [row.name for row in in_order(ROWS)]
    known = [name for name in FIRST if name in names]
    assert names[: len(known)] == known
    assert sorted(names) == sorted(row.name for row in ROWS)
    sections = [name.partition(".")[0] for name in names[len(known) :]]
    assert len(list(dict.fromkeys(sections))) == sum(
        one != two for one, two in zip(sections, ["", *sections], strict=False)
    )  # each section once


def test_items_that_fit_alike_keep_their_order() -> None:
    assert ranked(["b one", "a one", "one"], "one", lambda item: (item,)) == ["one", "b one", "a one"]
    assert ranked(["spirals", "xor"], "spirlas", lambda item: (item,)) == ["spirals"]
