"""The commands on recorded runs, as a person types them, in processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nntui.cli import main
from nntui.experiment import read_preset
from nntui.runs.catalogue import list_runs
from nntui.runs.checkpoints import numbers
from nntui.runs.rewind import end_of
from nntui.runs.run import open_run
from nntui.runs.sharing import PREFIX, line_of, read_line
from nntui.runs.verify import first_difference, same
from nntui.training.commands import Command, Redraw, Set, SetWeight, Silence
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from tests.harness.patience import PATIENCE
from tests.runs.recordings import recorded
from tests.training.runs import experiment

TRAIN = (sys.executable, "-m", "nntui", "train", "xor")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def test_train_records_and_no_record_does_not(runs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "5", "--no-record"]) == 0
    assert not runs.exists()
    assert main(["train", "xor", "--epochs", "5", "--json", "--runs", str(tmp_path / "else")]) == 0
    assert not runs.exists()
    assert main(["train", "xor", "--epochs", "5", "--seed", "3"]) == 0
    assert main(["train", "digits", "--epochs", "2"]) == 0
    capfd.readouterr()
    assert main(["runs", "--json"]) == 0
    listed = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {run["preset"]: run["epochs"] for run in listed} == {"digits": 2, "xor": 5}
    for run in listed:
        assert run["state"] == "finished"
        assert Path(run["path"]) == runs / run["id"]
    assert main(["runs"]) == 0
    table = capfd.readouterr().out
    assert all(run["id"] in table for run in listed)
    assert main(["replay", "xor", "--verify"]) == 0
    assert main(["runs", "rm", "xor", listed[0]["id"] if listed[0]["preset"] == "digits" else listed[1]["id"]]) == 0
    assert not [path for path in runs.iterdir() if path.is_dir()]


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    child = subprocess.Popen([*TRAIN, "--epochs", "1000000"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := list_runs(runs)) or not numbers(found[0].path):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    folder = found[0].path
    summary = list_runs(runs)[0].summary
    assert summary is not None
    assert summary.state == "interrupted"
    epochs = end_of(open_run(folder)).rerun.session.epoch
    target = epochs + 500
    assert main(["resume", folder.name, "--headless", "--epochs", str(target)]) == 0
    out = capfd.readouterr().out
    assert f"finished after epoch {target:,}" in out
    run = open_run(folder)
    rows = run.scalars().rows
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, target + 1))
    straight = Session(run.experiment)
    straight.advance(int(rows[-1, 1]))
    np.testing.assert_array_equal(straight.take_rows()[:, :7], rows[:, :7])
    assert same(end_of(run).rerun.session.state_dict()["loop"]["parameters"], straight.network.parameters)


@pytest.mark.parametrize("keep", [True, False])
def test_longer_run_says_how_its_schedule_moves_the_rate(
    runs: Path, capfd: pytest.CaptureFixture[str], keep: bool
) -> None:
    folder = recorded(runs, experiment(schedule__name="linear", training__epochs=5))
    last = open_run(folder).scalars().rows[-1, 6]
    words = ["resume", "last", "--headless", "--epochs", "10", *(["--keep-rate"] if keep else [])]
    assert main(words) == 0
    error = capfd.readouterr().err
    run = open_run(folder)
    first_again = run.scalars().rows[5, 6]
    if keep:
        assert "the schedule linear would give a learning rate of 0.05 next; schedule.scale = " in error
        assert f"keeps {last:.4g}\n" in error
        assert first_again < last  # linear: it goes on falling, from the rate that was kept
        assert first_again > last * 0.8
    else:
        assert f"the schedule linear gives a learning rate of 0.05 next; the last was {last:.4g}" in error
        assert "--keep-rate keeps it" in error
        assert first_again > 10 * last
    assert first_difference(run) is None


def test_kept_rate_that_will_rise_says_how_far(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = recorded(runs, experiment(schedule__name="cosine_restarts", training__epochs=20))
    assert main(["resume", "last", "--headless", "--epochs", "50", "--keep-rate"]) == 0
    said = capfd.readouterr().err.partition("later rates rise to ")[2].split()[0]
    rates = open_run(folder).scalars().rows[20:, INDEX["learning_rate"]]
    assert rates.max() <= float(said) * 1.001
    assert rates.max() > rates[0]


def test_keep_rate_without_a_new_length_is_refused(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    recorded(runs, experiment(schedule__name="linear", training__epochs=5))
    assert main(["resume", "last", "--headless", "--keep-rate", "--set", "schedule.scale=0.5"]) == 2
    error = capfd.readouterr().err
    assert error == "nntui resume: --keep-rate goes with --epochs N, which changes the length of the run\n"


def test_interrupted_with_ctrl_c_and_resumed(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    child = subprocess.Popen([*TRAIN, "--epochs", "1000000"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    child.stdout.close()
    child.wait()
    [listed] = list_runs(runs)
    assert listed.summary is not None
    assert listed.summary.state == "stopped"
    target = listed.summary.epochs + 100
    assert main(["resume", "last", "--headless", "--epochs", str(target), "--set", "schedule.scale=0.5"]) == 0
    assert f"after epoch {target:,}" in capfd.readouterr().out
    assert first_difference(open_run(listed.path)) is None
    assert main(["resume", "last", "--headless"]) == 0
    assert "--epochs N trains on" in capfd.readouterr().out
    assert main(["resume", "last", "--headless", "--set", "network.hidden=3"]) == 2
    assert "cannot change while training" in capfd.readouterr().err


def test_verify_names_the_first_epoch_that_differs(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from nntui.runs import scalars

    folder = recorded(runs, experiment(training__epochs=9))
    assert main(["replay", "last", "--verify"]) == 0
    rows = open_run(folder).scalars().rows
    rows[6, 2] = np.nextafter(rows[6, 2], 9)
    (folder / scalars.NAME).write_bytes(scalars.MAGIC + scalars.block(rows))
    assert main(["replay", "last", "--verify"]) == 1
    assert "epoch 7 is the first that differs" in capfd.readouterr().out


def test_faults_are_one_line(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = recorded(runs, experiment(training__epochs=3))
    (folder / "journal.jsonl").write_bytes(b"nonsense\n")
    for words in (["replay", "last", "--verify"], ["resume", "last", "--headless"], ["export", "last", "--to", "csv"]):
        assert main(words) == 2
        error = capfd.readouterr().err
        assert error.count("\n") == 1
        assert "journal.jsonl:1: damaged" in error
    for words in (["resume", "nothing", "--headless"], ["export", "nothing", "--to", "csv"], ["open", "nntui1.xyz"]):
        assert main(words) == 2
        assert capfd.readouterr().err.count("\n") == 1


def test_what_was_tuned_is_exported_as_a_preset_and_the_curves_as_csv(
    runs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = recorded(runs, experiment(training__epochs=6), [(20, Set("schedule.scale", 0.25))])
    assert main(["export", "last", "--to", "preset", "--out", str(tmp_path / "tuned.toml")]) == 0
    assert read_preset(tmp_path / "tuned.toml").value("schedule.scale") == 0.25
    capfd.readouterr()
    assert main(["export", "last", "--to", "csv"]) == 0
    header, *lines = capfd.readouterr().out.splitlines()
    assert header == "epoch,step,train_loss,test_loss,train_accuracy,test_accuracy,learning_rate,seconds"
    read = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    np.testing.assert_array_equal(read, open_run(folder).scalars().rows[:, : read.shape[1]])
    assert main(["export", "last", "--to", "npz", "--out", str(tmp_path / "x.npz")]) == 0
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays} == {
            "inputs.mean": (2,), "inputs.std": (2,), "inputs.names": (2,), "class_names": (2,), "code": (),
            "hidden_1.weights": (2, 6), "hidden_1.biases": (6,), "hidden_2.weights": (6, 5), "hidden_2.biases": (5,),
            "output.weights": (5, 1), "output.biases": (1,),
        }  # fmt: skip


def test_a_line_carries_the_whole_run(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = [
        (12, Set("schedule.scale", 0.25)),
        (12, Set("training.batch_size", 5)),
        (60, Set("optimizer.name", "adam")),
    ]
    first = recorded(runs, experiment(training__epochs=9), script)
    assert main(["share", "last"]) == 0
    line = capfd.readouterr().out.strip()
    assert "\n" not in line
    assert main(["open", line]) == 0
    [second] = [listed.path for listed in list_runs(runs) if listed.path != first]
    one, other = (open_run(folder).scalars().rows for folder in (first, second))
    np.testing.assert_array_equal(one[:, :7], other[:, :7])
    capfd.readouterr()
    other_letter = "B" if line[40] == "A" else "A"
    changed = line[:40] + other_letter + line[41:]
    for damaged in (line[:-5], changed, "nntui9." + line[7:], PREFIX, PREFIX + "A" * 50_000):
        assert main(["open", damaged]) == 2
        assert capfd.readouterr().err.count("\n") == 1


def test_a_line_carries_weights_set_by_hand(runs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script: list[tuple[int, Command]] = [(14, SetWeight(0, 1, 0, 2.5)), (28, Silence(0, 2)), (35, Redraw(1, seed=3))]
    first = recorded(runs, experiment(training__epochs=9), script)
    line = line_of(open_run(first))
    assert main(["open", "--show", line]) == 0
    assert "# step 28: silence, layer 0, unit 2" in capfd.readouterr().out
    assert main(["open", line]) == 0
    assert "silenced" in capfd.readouterr().out
    [second] = [listed.path for listed in list_runs(runs) if listed.path != first]
    one, other = (open_run(folder).scalars().rows for folder in (first, second))
    np.testing.assert_array_equal(one[:, :7], other[:, :7])


@pytest.mark.parametrize(
    "command",
    [
        {"command": "set_weight", "layer": "x", "unit": 0, "source": 0, "value": 1.0},
        {"command": "set_weight", "layer": 99, "unit": -7, "source": 0, "value": 1.0},
        {"command": "redraw", "layer": 0, "units": [10**9], "dead": False, "initializer": "nosuch", "seed": -1},
        {"command": "set", "name": "\x1b[2J", "value": "\x1b[31m"},
        {"command": "stop"},
    ],
)
def test_a_hostile_change_is_refused_in_words(command: dict[str, object], capfd: pytest.CaptureFixture[str]) -> None:
    import base64
    import zlib

    chosen = experiment(training__epochs=2).to_dict()
    content = json.dumps({"experiment": chosen, "changes": [[1, command]]}).encode()
    packed = zlib.crc32(content).to_bytes(4, "big") + zlib.compress(content)
    line = PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    for words in (["open", line, "--show"], ["open", line, "--no-record"], ["open", line, "--no-record", "--json"]):
        assert main(words) in (0, 2)
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        assert "\x1b" not in said.out + said.err


def test_a_line_names_no_file() -> None:
    import base64
    import zlib

    chosen = experiment().to_dict()
    chosen["data"] = {"name": "csv", "path": "/etc/passwd", "target": "x"}
    content = json.dumps({"experiment": chosen, "changes": []}).encode()
    packed = zlib.crc32(content).to_bytes(4, "big") + zlib.compress(content)
    with pytest.raises(Exception, match="the line: "):
        read_line(PREFIX + base64.urlsafe_b64encode(packed).decode())
    bomb = b"0000" + zlib.compress(b"\0" * 10_000_000)
    with pytest.raises(Exception, match="damaged"):
        read_line(PREFIX + base64.urlsafe_b64encode(bomb).decode())
