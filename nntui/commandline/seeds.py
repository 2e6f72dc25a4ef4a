"""``nntui train PRESET --seeds N``: the same experiment with several seeds, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import Any

from nntui.cli import DONE, FAILED, INTERRUPTED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption
from nntui.commandline.recording import make_room, preset_name, runs_of
from nntui.commandline.seed_outcome import Outcome
from nntui.commandline.seed_pool import News, Pool
from nntui.commandline.seed_report import SeedReport
from nntui.experiment import Experiment, InvalidValue
from nntui.runs.places import new_id
from nntui.runs.seeds import row_of

WELL = ("finished", "early_stopped")


def run_seeds(
    values: argparse.Namespace, experiment: Experiment, epochs_per_second: float, interrupted: Interruption
) -> int:
    """Train all of them, tell how each went and what they have in common; the exit status."""
    outcomes = {
        seed: Outcome(seed) for seed in range(experiment.training.seed, experiment.training.seed + values.seeds)
    }
    try:
        experiment.with_value("training.seed", max(outcomes))
    except InvalidValue as fault:
        raise BadInputError(f"nntui: --seeds {values.seeds}: {fault}") from None
    preset = preset_name(values.preset)
    wanted: dict[str, Any] = {"pace": epochs_per_second, "preset": preset, "group": new_id(preset), "runs": None}
    if not values.no_record:
        runs = runs_of(values)
        make_room(runs)
        wanted["runs"] = str(runs)
    report = SeedReport(experiment, wanted["group"] if wanted["runs"] else "", outcomes, json=values.json)
    requests = (
        (seed, {**wanted, "experiment": experiment.with_value("training.seed", seed).to_dict()}) for seed in outcomes
    )
    with Pool(at_once(values.threads)) as pool:
        _train(pool, requests, outcomes, report, interrupted)
    report.ended()
    if interrupted.asked:
        return INTERRUPTED
    if _none_can_begin(outcomes) and any(outcome.status == BAD_INPUT for outcome in outcomes.values()):
        return BAD_INPUT
    return DONE if all(outcome.state in WELL for outcome in outcomes.values()) else FAILED


def at_once(threads: int) -> int:
    """How many processes have a core for each of their threads."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // threads)


def _train(
    pool: Pool,
    requests: Iterator[tuple[int, dict[str, Any]]],
    outcomes: dict[int, Outcome],
    report: SeedReport,
    interrupted: Interruption,
) -> None:
    stopped = False
    while True:
        while pool.free and not interrupted.asked and not _none_can_begin(outcomes):
            request = next(requests, None)
            if request is None:
                break
            outcomes[request[0]].state = "running"
            _start(pool, *request, outcomes[request[0]])
        if pool.idle:
            return
        for news in pool.news(0.1):
            _take(news, outcomes[news.seed], report)
        report.progress()
        if interrupted.asked and not stopped:
            pool.stop()
            stopped = True


def _start(pool: Pool, seed: int, wanted: dict[str, Any], outcome: Outcome) -> None:
    try:
        pool.start(seed, wanted)
    except OSError as error:
        outcome.state, outcome.message = "failed", f"cannot start a process: {error.strerror}"


def _none_can_begin(outcomes: dict[int, Outcome]) -> bool:
    """Whether what is known speaks for all: some seeds could not be made, and no seed could."""
    known = [outcome for outcome in outcomes.values() if outcome.begun or outcome.state == "failed"]
    return bool(known) and not any(outcome.begun for outcome in known)


def _take(news: News, outcome: Outcome, report: SeedReport) -> None:
    if news.kind == "out":
        for line in news.lines:
            _told(line, outcome, report)
    elif news.kind == "err":
        lines = [line.decode(errors="replace") for line in news.lines]
        if outcome.begun:
            report.remarks(outcome.seed, lines)
        else:
            outcome.held += lines[: 100 - len(outcome.held)]
    else:
        outcome.status = news.status
        outcome.course.end()
        if outcome.state == "running":
            outcome.state = "failed"
            signal = f"killed by signal {-news.status}" if news.status < 0 else f"ended with status {news.status}"
            outcome.message = next(reversed(outcome.held), signal)
        report.one_ended(outcome)


def _told(line: bytes, outcome: Outcome, report: SeedReport) -> None:
    try:
        event = json.loads(line)
        kind = event["event"]
    except (ValueError, KeyError, TypeError):
        return  # the last line of a process that was killed
    if kind == "epoch_ended":
        outcome.course.add(row_of(event))
    elif kind == "run_started":
        outcome.begun = True
    elif kind == "recorded":
        outcome.run = event["run"]
    elif kind == "run_ended":
        outcome.state, outcome.restored_epoch = event["reason"], event.get("restored_epoch", 0)
    elif kind == "failed":
        outcome.state, outcome.message = "failed", event["message"]
    report.event(outcome.seed, event)
