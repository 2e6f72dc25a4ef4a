"""``nntui compare``: what differs between runs, to look at and to read by a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nntui.runs.catalogue import list_runs
from nntui.training.commands import Set
from tests.commandline.running import Nntui, finish, start, strict_json
from tests.runs.recordings import recorded
from tests.training.runs import experiment


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def test_settings_as_started_and_as_tuned_and_results(nntui: Nntui, runs: Path) -> None:
    one = recorded(runs, experiment(training__epochs=6))
    other = recorded(runs, experiment(training__epochs=4, training__seed=9), [(12, Set("schedule.scale", 0.25))])
    said = nntui("compare", one.name, other.name)
    assert (said.status, said.err) == (0, "")
    lines = {words[0]: words[1:] for line in said.out.splitlines() if (words := line.split())}
    assert lines["training.epochs"] == ["6", "4"]
    assert lines["training.seed"] == ["0", "9"]
    assert lines["schedule.scale"] == ["1", "1", "→", "0.25"]
    assert "optimizer.name" not in lines
    assert "test loss" in said.out
    assert lines["A"][:2] == [one.name, "6"]


def test_json_has_results_settings_and_curves(nntui: Nntui, runs: Path) -> None:
    names = [recorded(runs, experiment(training__epochs=epochs)).name for epochs in (6, 4)]
    for by, last in (("epoch", 6), ("step", 6 * 7), ("seconds", None)):
        found = strict_json(nntui("compare", *names, "--by", by, "--of", "train_loss", "--json").out)
        assert [run["id"] for run in found["runs"]] == names
        assert [run["epochs"] for run in found["runs"]] == [6, 4]
        assert len(found["runs"][0]["curve"]["y"]) == 6
        if last is not None:
            assert found["runs"][0]["curve"]["x"][-1] == last
        assert found["settings"] == [{"name": "training.epochs", "started": [6, 4], "tuned": [6, 4]}]


def test_a_group_is_one_side(nntui: Nntui, runs: Path) -> None:
    ended = nntui("train", "xor", "--seeds", "3", "--epochs", "8", "--json").events[-1]
    alone = recorded(runs, experiment(training__epochs=3)).name
    said = nntui("compare", ended["group"], alone)
    assert f"{ended['group']}, 3 runs" in said.out
    assert "0…2" in said.out
    found = strict_json(nntui("compare", ended["group"], "--json").out)["runs"][0]
    assert len(found["members"]) == 3
    assert found["final_test_loss"] == pytest.approx(ended["quartiles"]["final_test_loss"][1])
    assert list(found["curve"]) == ["x", "q25", "median", "q75"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("last",), "name another"),
        ((), "RUN"),
        (("last", "nothing"), "no such run"),
        (("last", "last", "--by", "epochs"), 'did you mean "epoch"?'),
        (("last", "last", "--of", "loss"), 'did you mean "test_loss"?'),
        (("last", ""), "runs are called so"),
    ],
)
def test_what_cannot_be_compared_is_one_line(nntui: Nntui, runs: Path, words: tuple[str, ...], hint: str) -> None:
    recorded(runs, experiment(training__epochs=2))
    recorded(runs, experiment(training__epochs=2))
    said = nntui("compare", *words)
    assert said.status == 2
    assert len(said.faults) == 1
    assert hint in said.err


def test_a_damaged_run_is_named(nntui: Nntui, runs: Path) -> None:
    recorded(runs, experiment(training__epochs=2))
    broken = recorded(runs, experiment(training__epochs=2))
    (broken / "scalars.bin").write_bytes(b"nonsense")
    said = nntui("compare", *(listed.path.name for listed in list_runs(runs)))
    assert said.status == 2
    assert said.faults == [f"nntui: {broken / 'scalars.bin'}: not scalars of nntui"]


def test_a_run_without_an_epoch_and_a_regression_compare(nntui: Nntui, runs: Path) -> None:
    empty = recorded(runs, experiment(training__epochs=5), until=3)
    assert nntui("train", "waves", "--epochs", "3").status == 0
    said = nntui("compare", empty.name, "waves", "--of", "test_score")
    assert said.status == 0
    assert json.loads(nntui("compare", empty.name, "waves", "--json").out)["runs"][0]["final_test_loss"] is None


def test_a_closed_pipe_ends_it_quietly(runs: Path) -> None:
    recorded(runs, experiment(training__epochs=3))
    process = start("compare", "last", "last", "--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    said = finish(process)
    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize(("changed", "differs"), [("data__seed", True), ("training__seed", False)])
def test_different_data_are_named(nntui: Nntui, runs: Path, changed: str, differs: bool) -> None:
    folders = [recorded(runs, experiment(training__epochs=2, **{changed: seed})) for seed in (1, 2)]
    said = nntui("compare", *(folder.name for folder in folders))
    assert (f"the data differ ({changed.replace('__', '.')})" in said.out) == differs
