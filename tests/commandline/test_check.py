"""``nntui check``: faults of presets, and of gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nntui.experiment import list_presets
from tests.commandline.running import Nntui, write


def test_all_presets_are_well(nntui: Nntui) -> None:
    names = [name for name, _ in list_presets()]
    said = nntui("check", *names)
    assert said.status == 0
    assert said.out.splitlines() == [f"{name}: ok" for name in names]
    assert said.err == ""


def test_faults_of_all_files_are_told(nntui: Nntui, tmp_path: Path) -> None:
    one = write(tmp_path / "one.toml", ["[data]", 'name = "xor"', "nose = 0.1", "[training]", "epochs = 0"])
    two = write(tmp_path / "two.toml", ["[data]", 'name = "spirls"'])
    said = nntui("check", one, "digits", two)
    assert said.status == 2
    assert said.out == "digits: ok\n"
    assert [line.split(": ")[0] for line in said.faults] == [f"{one}:3", f"{one}:5", f"{two}:2"]


def test_data_of_ones_own_are_looked_into(nntui: Nntui, tmp_path: Path) -> None:
    write(tmp_path / "data.csv", ["x,y", "1,2", "3,", "5,6"])
    preset = write(tmp_path / "mine.toml", ["[data]", 'name = "csv"', 'path = "data.csv"', "[network]", "hidden = [2]"])
    said = nntui("check", preset)
    assert said.status == 2
    assert "data.csv:3" in said.err


@pytest.mark.parametrize("preset", ["digits", "waves", "saturated-tanh", "zero-init"])
def test_gradients_are_right(nntui: Nntui, preset: str) -> None:
    said = nntui("check", "--gradients", preset)
    assert said.status == 0
    head, titles, *layers = said.out.splitlines()
    assert head == f"{preset}: ok"
    assert "worst relative error" in titles
    assert layers[-1].split()[0] == "output"
    assert all(float(line.removeprefix("  ")[10:].split()[0]) <= 1e-5 for line in layers)


@pytest.mark.slow
def test_gradients_of_every_preset_are_right(nntui: Nntui) -> None:
    names = [name for name, _ in list_presets()]
    said = nntui("check", "--gradients", *names)
    assert said.status == 0, said.out
    assert [line for line in said.out.splitlines() if line.endswith(": ok")] == [f"{name}: ok" for name in names]


def test_a_wrong_gradient_is_found(nntui: Nntui, monkeypatch: pytest.MonkeyPatch) -> None:
    from nntui.nn import gradcheck

    right = gradcheck._Comparison._calculate_gradient

    def wrong(comparison: Any, *given: Any) -> Any:
        gradient = right(comparison, *given)
        gradient[: len(gradient) // 2] *= 1.001
        return gradient

    monkeypatch.setattr(gradcheck._Comparison, "_calculate_gradient", wrong)
    said = nntui("check", "--gradients", "xor")
    assert said.status == 1
    assert said.out.startswith("xor: a gradient is wrong")
    assert "the gradient says" in said.out


def test_bad_input_weighs_more_than_a_wrong_gradient(nntui: Nntui) -> None:
    assert nntui("check", "--gradients", "nosuch", "xor").status == 2
