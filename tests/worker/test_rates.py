"""A range test in the child: answered once, with the run as if nothing had been."""

from __future__ import annotations

from queue import SimpleQueue
from typing import Any

from nntui.experiment import Experiment
from nntui.training import commands
from nntui.training.commands import RangeTest
from nntui.worker.frames import Message, decode
from nntui.worker.loop import Loop


def told(experiment: Experiment, *asked: commands.Command, until: str) -> list[dict[str, Any]]:
    """The events of a run that is asked this before its first step, up to the first of that name."""
    inbox: SimpleQueue[Message | None] = SimpleQueue()
    first = [commands.to_json(command) for command in asked]
    inbox.put({"kind": "start", "run": 1, "experiment": experiment.to_dict(), "commands": first})
    events: list[dict[str, Any]] = []

    def send(frame: bytes) -> None:
        new = decode(frame).get("events", [])
        events.extend(new)
        if any(event["event"] == until for event in new):
            inbox.put(None)

    Loop(inbox, send).run()
    return events


def small(**values: Any) -> Experiment:
    return Experiment("xor").with_values({"data.name": "xor", "network.hidden": (4,), "training.epochs": 3, **values})


def test_it_is_answered_by_a_curve_and_rates() -> None:
    events = told(small(), RangeTest(), until="range_tested")
    found = [event for event in events if event["event"] == "range_tested"]
    assert len(found) == 1
    assert len(found[0]["rates"]) == len(found[0]["losses"]) == len(found[0]["smooth"])
    assert [suggestion["settings"]["schedule.name"] for suggestion in found[0]["suggestions"][:2]] == [
        "constant", "cyclic"
    ]  # fmt: skip


def test_the_run_goes_on_as_if_it_had_not_been() -> None:
    plain = told(small(), until="run_ended")
    tested = told(small(), RangeTest(), until="run_ended")
    assert any(event["event"] == "range_tested" for event in tested)
    assert [event for event in tested if event["event"] not in ("range_tested", "progressed")] == plain


def test_an_optimizer_without_use_for_a_rate_is_refused() -> None:
    events = told(small(**{"optimizer.name": "rprop", "training.batch_size": 1_000_000}), RangeTest(), until="refused")
    assert [event["name"] for event in events if event["event"] == "refused"] == ["range_test"]
