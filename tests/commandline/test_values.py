"""Presets and values that a command line names: what is wrong with them is said, all of it, and in one line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline.running import Nntui, write


def test_every_wrong_value_is_told_at_once(nntui: Nntui) -> None:
    said = nntui(
        "train", "digits", "--set", "optimizer.learing_rate=0.1", "--set", "optimizer.name=adma",
        "--set", "training.epochs=0", "--set", "training.batch_size=many", "--set", "schedule.peak=1",
    )  # fmt: skip
    assert said.status == 2
    assert said.out == ""
    assert len(said.faults) == 5
    assert all(line.startswith("nntui: ") for line in said.faults)
    for word in ('"optimizer.learning_rate"', '"adam"', "training.epochs=0", '"many" is not', "schedule.peak"):
        assert word in said.err


def test_values_that_are_right_each_and_wrong_together_are_told_once(nntui: Nntui) -> None:
    said = nntui("train", "digits", "--set", "loss.name=binary_cross_entropy")
    assert said.status == 2
    assert len(said.faults) == 1


def test_options_may_come_before_the_choice_they_belong_to(nntui: Nntui) -> None:
    words = ("--set", "schedule.peak=0.5", "--set", "schedule.name=cyclic", "--epochs", "1")
    assert nntui("train", "xor", *words).status == 0


@pytest.mark.parametrize("setting", ["optimizer.learning_rate", "=3", "", "nonsense"])
def test_what_is_no_setting_is_refused(nntui: Nntui, setting: str) -> None:
    said = nntui("train", "xor", "--set", setting)
    assert said.status == 2
    assert len(said.faults) == 1
    assert "name=value" in said.err


@pytest.mark.parametrize("command", [("train",), ("lr-range",), ("check",)])
def test_a_preset_that_is_not_there_gets_the_nearest_name(nntui: Nntui, command: tuple[str, ...]) -> None:
    said = nntui(*command, "spirls")
    assert said.status == 2
    assert len(said.faults) == 1
    assert 'did you mean "spirals"?' in said.err


@pytest.mark.parametrize("command", ["train", "lr-range", "check"])
def test_all_faults_of_a_preset_are_told_with_their_lines(nntui: Nntui, tmp_path: Path, command: str) -> None:
    bad = write(
        tmp_path / "bad.toml",
        ["[data]", 'name = "xro"', "[optimizer]", "learing_rate = 0.1", "[training]", "epochs = -3"],
    )
    said = nntui(command, bad)
    assert said.status == 2
    assert [line.split(": ")[0] for line in said.faults] == [f"{bad}:{line}" for line in (2, 4, 6)]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[data\n", b"[data]\nname = 3\nname = 4\n", b"x" * 10_000, b"\0"]
)
def test_damaged_files_are_bad_input_and_no_traceback(nntui: Nntui, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "damaged.toml").write_bytes(content)
    said = nntui("train", tmp_path / "damaged.toml")
    assert said.status == 2
    assert str(tmp_path / "damaged.toml") in said.err
    assert "Traceback" not in said.err


def test_a_folder_is_no_preset(nntui: Nntui, tmp_path: Path) -> None:
    assert nntui("train", f"{tmp_path}/").status == 2


@pytest.mark.parametrize("name", ["", "a" * 5000, "x\0y", "ö\n"])
def test_odd_names_are_bad_input(nntui: Nntui, name: str) -> None:
    said = nntui("train", name)
    assert said.status == 2
    assert len(said.faults) == 1
