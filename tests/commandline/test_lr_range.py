"""``nntui lr-range``: the curve, and what it suggests, to look at and to read by a program."""

from __future__ import annotations

import pytest

from tests.commandline.running import Nntui, finish, start, strict_json


def test_a_plot_and_a_table(nntui: Nntui) -> None:
    said = nntui("lr-range", "spirals")
    assert said.status == 0
    assert "learning rate" in said.out
    assert "suggested: constant " in said.out
    assert "suggested: cyclic from " in said.out
    assert said.out.count("to compare: ") == 3
    assert said.out.count("caution: ") == 5


def test_what_it_suggests_can_be_used(nntui: Nntui) -> None:
    for found in strict_json(nntui("lr-range", "spirals", "--json").out)["suggestions"][:2]:
        words = [word for name, value in found["settings"].items() for word in ("--set", f"{name}={value}")]
        assert nntui("train", "spirals", "--epochs", "3", *words).status == 0


@pytest.mark.parametrize("preset", ["digits", "divergence"])
def test_json_is_strict_and_whole(nntui: Nntui, preset: str) -> None:
    found = strict_json(nntui("lr-range", preset, "--json", "--high", "1e6").out)
    assert len(found["rates"]) == len(found["losses"]) == len(found["smooth"])
    assert found["rates"] == sorted(found["rates"])
    assert all(suggestion["caution"] for suggestion in found["suggestions"])


def test_the_same_seed_gives_the_same_curve(nntui: Nntui) -> None:
    one = nntui("lr-range", "spirals", "--json", "--steps", "50", "--seed", "3").out
    assert one == nntui("lr-range", "spirals", "--json", "--steps", "50", "--seed", "3").out
    assert one != nntui("lr-range", "spirals", "--json", "--steps", "50", "--seed", "4").out


def test_rates_are_as_asked_for(nntui: Nntui) -> None:
    found = strict_json(nntui("lr-range", "spirals", "--json", "--low", "1e-3", "--high", "0.01", "--steps", "30").out)
    assert found["rates"][0] == pytest.approx(1e-3)
    assert found["rates"][-1] == pytest.approx(0.01)
    assert len(found["rates"]) == 30


@pytest.mark.parametrize(
    "words",
    [
        ("--low", "1", "--high", "0.1"),
        ("--low", "0"),
        ("--steps", "5"),
        ("--set", "optimizer.name=rprop"),
        ("--high", "x"),
    ],
)
def test_what_cannot_be_tested_is_bad_input(nntui: Nntui, words: tuple[str, ...]) -> None:
    said = nntui("lr-range", "spirals", *words)
    assert said.status == 2
    assert len(said.faults) == 1


def test_a_terminal_without_braille_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    said = finish(start("lr-range", "xor", "--steps", "40"))
    assert said.status == 0
    assert said.out.isascii()
    assert "suggested" in said.out


def test_a_closed_pipe_ends_it_quietly() -> None:
    process = start("lr-range", "xor", "--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    said = finish(process)
    assert (said.status, said.err) == (0, "")
