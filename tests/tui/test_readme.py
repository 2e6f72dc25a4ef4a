"""What the README says of keys, presets and the config file is so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from nntui.data.derived import DERIVED
from nntui.data.registry import DATASETS
from nntui.experiment import PresetError, read_preset
from nntui.nn import registry
from nntui.training.diagnosis.catalogue import RULES
from nntui.tui.bindings import ACTIONS, GROUPS
from nntui.tui.config import load_config

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(begin: str) -> str:
    """The code block in which this text stands."""
    blocks: list[str] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    return next(found for found in blocks if begin in found)


def test_the_key_table_is_the_programs() -> None:
    rows = [
        f"| {' '.join(f'`{key}`' for key in action.keys)} | {action.sentence} | `{action.id}` |"
        for group in GROUPS
        for action in ACTIONS
        if action.group == group
    ]
    assert "\n".join(rows) in README


@pytest.mark.parametrize(
    "command",
    [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/nntui",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest",
    ],
)
def test_the_two_commands_are_there_word_for_word(command: str) -> None:
    assert f"    {command}\n" in README


def test_the_preset_explained_line_by_line_is_one(tmp_path: Path) -> None:
    file = tmp_path / "two-moons.toml"
    file.write_text(block("# two-moons.toml"), encoding="utf-8")
    experiment = read_preset(file)
    assert experiment.name == "Two moons"
    assert experiment.value("optimizer.momentum") == 0.9


def test_the_fault_shown_is_the_one_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("two-moons.toml")
    file.write_text(block("# two-moons.toml").replace("hidden = [", "hiden = ["), encoding="utf-8")
    with pytest.raises(PresetError) as caught:
        read_preset(file)
    assert f"    {caught.value}\n" in README


def test_the_config_file_shown_is_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block("[keys]"), encoding="utf-8")
    assert set(load_config(file).keys) == {"run.pause", "look.log_axis", "run.new_seed"}


def test_every_file_it_points_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).is_file(), target


def test_the_names_it_tells_are_those_of_the_registries() -> None:
    tables: dict[str, Iterable[str]] = {
        "activations": registry.ACTIVATIONS,
        "initializers": registry.INITIALIZERS,
        "losses": registry.LOSSES,
        "optimizers": registry.OPTIMIZERS,
        "schedules": registry.SCHEDULES,
        "regularization": registry.REGULARIZERS,
        "diagnoses": RULES,
        "data sets": DATASETS,
        "derived inputs": DERIVED,
    }
    for kind, names in tables.items():
        row = re.search(rf"^\| {kind} \| ([^|;]+)", README, re.MULTILINE)
        assert row is not None, kind
        assert [re.sub(r" \(.*\)", "", name).strip() for name in row[1].split(",")] == list(names)


def test_the_tests_it_names_exist() -> None:
    files = re.findall(r"pytest (tests/\S+\.py)", README)
    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_every_package_it_names_exists() -> None:
    for package in re.findall(r"^\| `(nntui/\w+)` \|", README, re.MULTILINE):
        assert (ROOT / package / "__init__.py").is_file(), package
