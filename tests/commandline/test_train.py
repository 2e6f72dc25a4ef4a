"""``nntui train``: events as JSON lines, plain lines, a progress bar; and every way a run can end."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from nntui.training import events
from tests.commandline.running import COMMAND, ROOT, Nntui, finish, start, strict_json, write

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals")
FOREVER = ("--set", "training.epochs=100000000")


def test_json_lines_tell_the_run_from_its_start_to_its_end(nntui: Nntui) -> None:
    said = nntui("train", "digits", "--json", "--epochs", "3")
    assert said.status == 0
    assert said.err == ""
    assert [event["event"] for event in said.events] == ["run_started", *["epoch_ended"] * 3, "run_ended"]
    first, *epochs, last = said.events
    assert first["layer_sizes"][0] == 64
    assert first["experiment"]["training"]["epochs"] == 3
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    assert epochs[-1]["test_accuracy"] > 0.9
    assert [epoch["seconds"] for epoch in epochs] == sorted(epoch["seconds"] for epoch in epochs)
    assert last == {"event": "run_ended", "reason": "finished", "epoch": 3, "step": epochs[-1]["step"]}
    for event in said.events:
        events.from_json(event)


def test_regression_has_r2_and_no_accuracy(nntui: Nntui) -> None:
    epoch = nntui("train", "waves", "--json", "--epochs", "2").events[1]
    assert "train_r2" in epoch
    assert "train_accuracy" not in epoch


def test_the_same_seed_gives_the_same_run_and_another_another(nntui: Nntui) -> None:
    def losses(*words: str) -> list[float]:
        said = nntui("train", "spirals", "--json", "--epochs", "5", *words)
        return [event["train_loss"] for event in said.events if event["event"] == "epoch_ended"]

    assert losses("--seed", "7") == losses("--set", "training.seed=7")
    assert losses("--seed", "7") != losses("--seed", "8")


def test_the_pace_of_a_preset_is_for_the_dashboard(nntui: Nntui, tmp_path: Path) -> None:
    slow = write(tmp_path / "slow.toml", ["[data]", 'name = "xor"', "[training]", "epochs = 200", "pace = 0.001"])
    assert nntui("train", slow).status == 0
    assert nntui("train", slow, "--pace", "unlimited").status == 0
    assert nntui("train", slow, "--pace", "0").status == 0


@pytest.mark.parametrize("words", [("--pace", "40"), ("--set", "training.pace=40")])
def test_a_pace_that_is_asked_for_is_kept(nntui: Nntui, words: tuple[str, str]) -> None:
    said = nntui("train", "xor", "--json", "--epochs", "11", *words)
    assert said.status == 0
    assert said.events[-2]["seconds"] >= 10 / 40 * 0.95


@pytest.mark.parametrize("words", [("--json",), ()])
def test_a_run_that_diverges_fails(nntui: Nntui, words: tuple[str, ...]) -> None:
    said = nntui("train", "divergence", *words)
    assert said.status == 1
    if words:
        assert [event["event"] for event in said.events[-3:-1]] == ["diverged", "diagnosed"]
        assert said.events[-1]["event"] == "run_ended"
        assert said.events[-1]["reason"] == "diverged"
    else:
        assert re.search(r"^diverged: .+ is not finite at step [\d,]+", said.out, re.MULTILINE)


def test_stopping_early_is_a_good_end(nntui: Nntui) -> None:
    said = nntui("train", "digits", "--json", "--set", "training.patience=2", "--epochs", "500")
    assert said.status == 0
    assert said.events[-1]["reason"] == "early_stopped"
    epochs = {event["epoch"]: event for event in said.events if event["event"] == "epoch_ended"}
    best = min(epochs, key=lambda epoch: float(epochs[epoch]["test_loss"]))
    assert said.events[-1]["restored_epoch"] == best


def test_the_report_says_which_weights_were_restored(nntui: Nntui) -> None:
    words = ("train", "xor", "--set", "data.noise=0.6", "--set", "training.patience=2", "--epochs", "300")
    events = nntui(*words, "--json").events
    best = next(event for event in events if event.get("epoch") == events[-1]["restored_epoch"])
    said = nntui(*words)
    assert f"restored the weights of epoch {best['epoch']}, the best: test loss {best['test_loss']:.4g}" in said.out


@pytest.mark.parametrize("share", ["0", "0.2"])
def test_seeds_runs_and_exports_name_the_restored_epoch_and_its_figures(
    nntui: Nntui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: str
) -> None:
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path))
    words = ("xor", "--set", "data.noise=0.6", "--set", "training.patience=2", "--epochs", "300",
             "--set", f"data.validation_share={share}")  # fmt: skip
    events = nntui("train", *words, "--json").events
    restored = events[-1]["restored_epoch"]
    best = next(event for event in events if event["event"] == "epoch_ended" and event["epoch"] == restored)
    seeds = nntui("train", *words, "--seeds", "1", "--json", "--no-record").events[-1]["seeds"]
    for name in ("train_loss", "test_loss", "test_accuracy"):
        assert seeds[0][f"final_{name}"] == best[name]
    assert seeds[0]["restored_epoch"] == restored
    table = nntui("train", *words, "--seeds", "1", "--no-record").out
    assert f"early stopped, epoch {restored} restored" in table
    assert "final: of the weights at the end" in table
    assert f"epoch {restored} restored" in nntui("runs").out
    assert json.loads(nntui("runs", "--json").out)["restored_epoch"] == restored
    said = nntui("export", "last", "--to", "npz", "--out", str(tmp_path / "x.npz"))
    deciding = f"validation loss {best['validation_loss']:.4g}, " if share != "0" else ""
    figures = f"{deciding}test loss {best['test_loss']:.4g}, test accuracy {best['test_accuracy']:.1%}"
    assert f"best weights of epoch {restored} restored: {figures}" in "\n".join(said.faults)


@pytest.mark.parametrize("words", [("--json",), ()])
def test_data_that_cannot_be_used_are_bad_input(nntui: Nntui, tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path / "bad.csv", ["x,y", "1,2", "3,four", "5,6", "oops,8"])
    preset = write(tmp_path / "bad.toml", ["[data]", 'name = "csv"', 'path = "bad.csv"', "[network]", "hidden = [2]"])
    said = nntui("train", preset, *words)
    assert said.status == 2
    assert "bad.csv:" in said.err
    assert "Traceback" not in said.err
    if words:
        assert said.events[-1]["event"] == "failed"


def test_a_failure_on_the_way_is_told_and_fails(nntui: Nntui, monkeypatch: pytest.MonkeyPatch) -> None:
    from nntui.training.session import Session

    def out_of_memory(session: Session, steps: int) -> Any:
        raise MemoryError("no room for 8 GB")

    monkeypatch.setattr(Session, "advance", out_of_memory)
    said = nntui("train", "xor", "--json")
    assert said.status == 1
    assert said.events[-1]["event"] == "failed"
    assert "no room" in said.events[-1]["message"]
    assert nntui("train", "xor").err == "out of memory: no room for 8 GB\n"


def test_plain_lines_where_there_is_no_terminal(nntui: Nntui) -> None:
    said = nntui("train", "xor", "--epochs", "50")
    assert said.status == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("XOR: 2-")
    assert re.fullmatch(r"finished after epoch 50 \(step \d+\) in .*: loss .* accuracy .*", lines[-1])
    assert "\x1b" not in said.out
    assert "\r" not in said.out


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_ends_the_run_in_order(number: signal.Signals) -> None:
    process = start("train", "xor", "--json", *FOREVER)
    assert process.stdout is not None
    seen = [strict_json(process.stdout.readline())]
    while seen[-1]["event"] != "epoch_ended":
        seen.append(strict_json(process.stdout.readline()))
    assert seen[0]["event"] == "run_started"
    process.send_signal(number)
    said = finish(process)
    assert said.status == 130
    assert said.err == ""
    told = [*seen, *said.events]
    before, last = told[:-1], told[-1]
    assert (last["event"], last["reason"]) == ("run_ended", "stopped")
    assert last["epoch"] == max(event["epoch"] for event in before if event["event"] == "epoch_ended")


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_signal_that_is_ignored_from_outside_does_not_end_the_run(number: signal.Signals) -> None:
    process = start(
        "train", "xor", "--json", "--pace", "50", *FOREVER, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN)
    )
    assert process.stdout is not None
    epochs = 0
    while epochs < 3:
        epochs += strict_json(process.stdout.readline())["event"] == "epoch_ended"
        process.send_signal(number)
    other = signal.SIGINT if number == signal.SIGTERM else signal.SIGTERM
    process.send_signal(other)
    said = finish(process)
    assert (said.status, said.err) == (130, "")
    assert said.events[-1]["reason"] == "stopped"


@pytest.mark.slow
@posix
@pytest.mark.parametrize("words", [("--json",), ()])
def test_a_closed_pipe_ends_the_run_quietly(words: tuple[str, ...]) -> None:
    process = start("train", "xor", "--pace", "100", *words, *FOREVER)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    said = finish(process)
    assert said.status == 0
    assert said.err == ""


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to")
def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "w") as full:
        said = finish(start("train", "xor", "--epochs", "5", "--json", stdout=full))
    assert said.status == 1
    assert said.faults == ["nntui: cannot write the output: No space left on device"]


@posix
@pytest.mark.parametrize("columns", [70, 90, 120, 160])
def test_a_terminal_gets_a_bar_with_loss_accuracy_speed_and_time_left(columns: int) -> None:
    from tests.harness.terminal import Terminal

    speed = r"epochs/s  " if columns > 70 else ""
    command = [*COMMAND, "train", "xor", "--pace", "50", "--epochs", "5000"]
    with Terminal(command, columns=columns, rows=10, cwd=ROOT) as terminal:
        terminal.wait_for(rf"(?m)\[=* *\] .*\d+/5,000  .*loss \S+.*accuracy \d+.*{speed}\d\S+ left$")
        terminal.press("ctrl+c")
        terminal.wait_for("stopped after epoch")
        assert terminal.wait_exit() == 130
        assert " left" not in terminal.text


@posix
def test_events_come_while_the_run_goes_on() -> None:
    process = start("train", "xor", "--json", "--pace", "30", *FOREVER)
    assert process.stdout is not None
    seen = [strict_json(process.stdout.readline()) for _ in range(4)]
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert finish(process).status == 130
    assert [event["event"] for event in seen] == ["run_started", *["epoch_ended"] * 3]
    assert all(math.isfinite(event["train_loss"]) for event in seen)


def test_without_standard_output_a_run_still_ends_well() -> None:
    said = finish(start("train", "xor", "--epochs", "5", stdout=None, preexec_fn=lambda: os.close(1)))
    assert (said.status, said.err) == (0, "")


def test_what_is_wrong_is_told_and_the_same_at_every_run(nntui: Nntui) -> None:
    runs = [nntui("train", "dying-relu", "--json", "--no-record") for _ in range(2)]
    told = [[event for event in each.events if event["event"] == "diagnosed"] for each in runs]
    assert told[0] == told[1]
    assert [(event["rule"], event["on"], event["layer"]) for event in told[0]][:1] == [("dead_units", True, "hidden 2")]
    assert told[0][0]["step"] == 20
    assert "never fire" in nntui("train", "dying-relu", "--no-record").out
    assert "never fire" not in nntui("train", "xor", "--no-record").out
