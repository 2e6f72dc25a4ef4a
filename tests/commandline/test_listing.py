"""``nntui list``: everything there is to choose from, from the registries and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from nntui.data.derived import DERIVED_INPUTS
from nntui.data.registry import DATASETS
from nntui.experiment import TOPICS, list_presets
from nntui.nn import registry
from tests.commandline.running import Nntui, finish, start, strict_json

TABLES: dict[str, Mapping[str, Any]] = {
    "data sets": DATASETS,
    "derived inputs": DERIVED_INPUTS,
    "activations": registry.ACTIVATIONS,
    "initializers": registry.INITIALIZERS,
    "losses": registry.LOSSES,
    "optimizers": registry.OPTIMIZERS,
    "schedules": registry.SCHEDULES,
    "regularization": registry.REGULARIZERS,
    "batches": registry.BATCHES,
    "range test": registry.RANGE_RULES,
}


def test_presets_with_what_each_is_about(nntui: Nntui) -> None:
    said = nntui("list")
    assert said.status == 0
    first_words = {line.split(" ")[0] for line in said.out.splitlines()}
    assert {name for name, _ in list_presets()} <= first_words
    assert all(len(line) <= 120 for line in said.out.splitlines())
    headings = [line.lower() for line in said.out.splitlines() if line and line == line.upper()]
    assert headings == list(TOPICS)


def test_presets_as_json(nntui: Nntui) -> None:
    found = strict_json(nntui("list", "--json").out)
    assert list(found) == ["presets"]
    assert [row["name"] for row in found["presets"]] == [name for name, _ in list_presets()]
    assert all(row["meaning"] for row in found["presets"])


@pytest.mark.parametrize("title", TABLES)
def test_every_entry_with_meaning_formula_and_source(nntui: Nntui, title: str) -> None:
    rows = {row["name"]: row for row in strict_json(nntui("list", "--all", "--json").out)[title]}
    assert list(rows) == list(TABLES[title])
    for name, row in rows.items():
        assert row["meaning"], name
        assert row["source"], name
        assert row.get("formula") or title == "data sets", name
        assert row["options"].keys() == TABLES[title][name].defaults().keys()


def test_the_same_for_people(nntui: Nntui) -> None:
    out = nntui("list", "--all").out
    shown = " ".join(out.split())
    for title, table in TABLES.items():
        assert title.upper() in out
        for entry in table.values():
            assert " ".join(entry.meaning.split()) in shown
            assert f"[{entry.source}]" in shown


def test_activations_say_their_slope_and_where_they_saturate_and_die(nntui: Nntui) -> None:
    said = nntui("list", "--all")
    for entry in registry.ACTIVATIONS.values():
        assert " ".join(entry.traits["derivative"][0].split()) in " ".join(said.out.split())
    rows = {row["name"]: row for row in strict_json(nntui("list", "--all", "--json").out)["activations"]}
    assert rows["tanh"]["saturated"] == "|z| > 2.09"
    assert rows["relu"]["dead"] == "z ≤ 0 for every input"
    assert rows["silu"]["also"] == "swish"


@pytest.mark.parametrize(
    ("name", "value", "here"),
    [
        ("network.activation", "swish", "silu"),
        ("network.layers.1.activation", "Logistic", "sigmoid"),
        ("network.initializer", "xavier-uniform", "glorot_uniform"),
        ("loss.name", "cross entropy", "categorical_cross_entropy"),
        ("optimizer.name", "NAG", "nesterov"),
        ("schedule.name", "1cycle", "one_cycle"),
    ],
)
def test_another_name_of_the_field_is_led_to_the_one_here(nntui: Nntui, name: str, value: str, here: str) -> None:
    said = nntui("train", "spirals", "--set", f"{name}={value}")
    assert said.status == 2
    assert f'here it is called "{here}"' in said.err


def test_regularizers_are_the_settings_that_there_are() -> None:
    from nntui.experiment import PARAMETERS

    settings = {entry.traits["setting"][0] for entry in registry.REGULARIZERS.values()}
    assert settings <= PARAMETERS.keys()
    assert {name for name in PARAMETERS if name.startswith("regularization.")} <= settings
    assert all(entry.load() for entry in registry.REGULARIZERS.values())


def test_a_closed_pipe_ends_it_quietly() -> None:
    process = start("list", "--all")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    said = finish(process)
    assert (said.status, said.err) == (0, "")


def test_a_damaged_preset_does_not_hide_the_others(nntui: Nntui, monkeypatch: pytest.MonkeyPatch) -> None:
    from nntui.commandline import listing
    from nntui.experiment import Experiment, Fault, PresetError

    def read(path: object) -> Experiment:
        if "xor" in str(path):
            raise PresetError((Fault(str(path), 3, "optimizer", "is odd"),))
        return Experiment("fine", about="is fine")

    monkeypatch.setattr(listing, "read_preset", read)
    rows = {row["name"]: row["meaning"] for row in strict_json(nntui("list", "--json").out)["presets"]}
    assert rows["digits"] == "is fine"
    assert "is odd" in rows["xor"]
