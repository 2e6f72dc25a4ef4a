"""``nntui train --seeds``: several runs of one experiment, told of together, none lost to the fate of another."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nntui.cli import main
from nntui.commandline import seed_pool
from nntui.runs.catalogue import list_runs
from nntui.runs.comparing import open_compared
from tests.commandline.running import Nntui, finish, start, strict_json, write
from tests.harness.patience import PATIENCE

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
SIGNALS = (
    {"interrupt": signal.SIGINT, "terminate": signal.SIGTERM, "hangup": signal.SIGHUP, "kill": signal.SIGKILL}
    if sys.platform != "win32"
    else {}
)
FOREVER = ("--set", "training.epochs=100000000")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def by_seed(events: list[dict[str, Any]], kind: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        if event["event"] == kind:
            found.setdefault(event["seed"], []).append(event)
    return found


@pytest.mark.slow
def test_every_seed_is_the_run_it_is_alone(nntui: Nntui, runs: Path) -> None:
    said = nntui("train", "xor", "--seeds", "3", "--seed", "5", "--epochs", "4", "--json")
    assert said.status == 0
    losses = {
        seed: [event["train_loss"] for event in events] for seed, events in by_seed(said.events, "epoch_ended").items()
    }
    assert sorted(losses) == [5, 6, 7]
    alone = nntui("train", "xor", "--seed", "6", "--epochs", "4", "--json", "--no-record").events
    assert losses[6] == [event["train_loss"] for event in alone if event["event"] == "epoch_ended"]
    last = said.events[-1]
    assert last["event"] == "seeds_ended"
    finals = [seed["final_test_loss"] for seed in last["seeds"]]
    assert last["quartiles"]["final_test_loss"][1] == pytest.approx(statistics.median(finals))
    members = [open_compared(listed.path) for listed in list_runs(runs)]
    assert {member.group for member in members} == {last["group"]}
    assert {member.started.training.seed for member in members} == {5, 6, 7}
    assert {seed["run"] for seed in last["seeds"]} == {member.id for member in members}


@pytest.mark.slow
def test_a_table_and_a_band(nntui: Nntui, runs: Path) -> None:
    said = nntui("train", "xor", "--seeds", "3", "--epochs", "30")
    assert said.status == 0
    lines = said.out.splitlines()
    assert lines[1].split()[0] == "SEED"
    assert [line.split()[0] for line in lines[2:8]] == ["0", "1", "2", "25%", "median", "75%"]
    assert "median of 3 seeds" in said.out
    assert len(list_runs(runs)) == 3
    assert sorted(line.split(":")[0] for line in said.faults) == ["seed 0", "seed 1", "seed 2"]


def test_no_record_writes_nothing(nntui: Nntui, runs: Path) -> None:
    said = nntui("train", "waves", "--seeds", "2", "--epochs", "2", "--no-record")
    assert said.status == 0
    assert "R²" in said.out
    assert not runs.exists()


def test_seeds_that_diverge_are_told_as_such(nntui: Nntui, runs: Path) -> None:
    said = nntui("train", "divergence", "--seeds", "2", "--json")
    assert said.status == 1
    assert [seed["state"] for seed in said.events[-1]["seeds"]] == ["diverged", "diverged"]


@pytest.mark.slow
@linux
def test_a_process_that_is_killed_does_not_lose_the_others(runs: Path) -> None:
    process = start("train", "xor", "--seeds", "2", "--json", "--pace", "60", "--epochs", "60")
    while not children(process.pid):
        time.sleep(0.01)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    said = finish(process)
    assert said.status == 1
    states = sorted(seed["state"] for seed in said.events[-1]["seeds"])
    assert states == ["failed", "finished"]
    assert any("killed by signal 9" in line for line in said.faults)


@pytest.mark.slow
@linux
@pytest.mark.parametrize("end", ["interrupt", "terminate", "hangup", "kill", "close"])
def test_none_outlives_the_one_that_started_it(runs: Path, end: str) -> None:
    process = start("train", "xor", "--seeds", "9", "--json", *FOREVER)
    assert process.stdout is not None
    seen: list[dict[str, Any]] = []
    while not by_seed(seen, "epoch_ended"):
        seen.append(strict_json(process.stdout.readline()))
    family = children(process.pid)
    assert family
    if end == "close":
        process.stdout.close()
        process.stdout = None
    else:
        process.send_signal(SIGNALS[end])
    said = finish(process)
    assert said.status == {"kill": -signal.SIGKILL, "close": 0}.get(end, 130)
    assert "Traceback" not in said.err
    deadline = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in family):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    states = {listed.summary.state for listed in list_runs(runs) if listed.summary}
    assert states == {"stopped"}
    if end == "interrupt":
        assert {seed["state"] for seed in said.events[-1]["seeds"]} == {"stopped", "waiting"}


@pytest.mark.slow
def test_pool_ends_although_an_interruption_lost_the_news_of_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_pool, "PATIENCE", 0.1)
    pool = seed_pool.Pool(1)
    pool.start(1, {"experiment": {}, "pace": 0, "preset": "xor", "group": "", "runs": None})
    while pool._queue.get(timeout=30).kind != "end":
        continue
    pool.__exit__(SystemExit, SystemExit(129), None)
    assert not pool.idle  # it never heard of the end, and did not wait for it


def test_data_that_cannot_be_used_are_told_once(nntui: Nntui, runs: Path, tmp_path: Path) -> None:
    write(tmp_path / "bad.csv", ["x,y", "1,2", "3,four"])
    preset = write(tmp_path / "bad.toml", ["[data]", 'name = "csv"', 'path = "bad.csv"', "[network]", "hidden = [2]"])
    said = nntui("train", preset, "--seeds", "500")
    assert said.status == 2
    assert len(said.faults) == 1
    assert "bad.csv:" in said.err
    assert said.out == ""


@pytest.mark.parametrize("words", [("0",), ("-3",), ("1001",), ("9" * 5000,), ("x",)])
def test_numbers_of_seeds_that_cannot_be(nntui: Nntui, words: tuple[str, ...]) -> None:
    said = nntui("train", "xor", "--no-record", "--epochs", "1", "--seeds", *words)
    assert said.status == 2
    assert len(said.faults) == 1


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to")
def test_a_full_disk_is_said_and_leaves_no_process(runs: Path) -> None:
    with open("/dev/full", "w") as full:
        said = finish(start("train", "xor", "--seeds", "3", "--json", *FOREVER, stdout=full))
    assert said.status == 1
    assert said.faults == ["nntui: cannot write the output: No space left on device"]


def test_one_seed_is_a_band_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--seeds", "1", "--epochs", "1", "--no-record", "--json"]) == 0
    assert '"seeds_ended"' in capfd.readouterr().out


def children(pid: int) -> list[int]:
    """Processes that this one started and that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_seeds_share_data_and_differ_in_the_training_seed_alone(nntui: Nntui, runs: Path) -> None:
    said = nntui("train", "lucky-seed", "--seeds", "2", "--epochs", "2", "--json")
    assert said.status == 0
    started = [event["experiment"] for events in by_seed(said.events, "run_started").values() for event in events]
    assert sorted(one["training"].pop("seed") for one in started) == [0, 1]
    assert started[0] == started[1]
    samples = {event["guessing_loss"] for events in by_seed(said.events, "run_started").values() for event in events}
    assert len(samples) == 1


@pytest.mark.slow
def test_validation_set_picks_the_best_epoch_of_every_seed(nntui: Nntui, runs: Path) -> None:
    settings = ("data.validation_share=0.25", "training.patience=3", "optimizer.learning_rate=0.1")
    asked = [part for setting in settings for part in ("--set", setting)]
    said = nntui("train", "overfitting", "--seeds", "2", "--json", *asked)
    rows = by_seed(said.events, "epoch_ended")
    for result in said.events[-1]["seeds"]:
        best = min(rows[result["seed"]], key=lambda row: row["validation_loss"])
        assert (result["decided_by"], result["best_epoch"]) == ("validation", best["epoch"])
        assert result["best_validation_loss"] == best["validation_loss"]
        assert result["state"] == "early_stopped"
        assert result["test_loss_at_best"] == best["test_loss"]
        assert result["final_test_loss"] == best["test_loss"]  # the best weights were put back
        assert "best_test_loss" not in result
    table = nntui("train", "overfitting", "--seeds", "2", "--epochs", "3", *asked)
    assert "best: by the validation loss" in table.out
