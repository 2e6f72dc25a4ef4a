"""``nntui open LINE``: train what `nntui share` printed, its changes at the steps at which they were made."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.cli import DONE
from nntui.commandline import BadInputError
from nntui.commandline.arguments import shown
from nntui.commandline.interruption import Interruption, interruption
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.commandline.reports import Report
    from nntui.experiment import Experiment
    from nntui.runs.sharing import Shared
    from nntui.training.session import Session
    from nntui.worker.client import Client


def run(values: argparse.Namespace) -> int:
    """Show it, or train it in the dashboard or without."""
    from nntui.commandline.dashboard import at_terminal

    if not (values.show or values.headless or values.json) and at_terminal():
        return _in_dashboard(values)
    with interruption() as interrupted:
        use_threads(values.threads)
        shared = _read(values)
        if values.show:
            return _show(shared)
        from nntui.commandline.train import make_report, reported, train_recorded

        report = make_report(values.json)

        def start() -> int:
            session = _session(shared, report, interrupted)
            return train_recorded(values, session, 0.0, report, interrupted, "", shared.changes)

        return reported(report, start)


def _read(values: argparse.Namespace) -> Shared:
    from nntui.runs.errors import RunError
    from nntui.runs.sharing import read_line

    try:
        return read_line(values.line)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None


def _session(shared: Shared, report: Report, interrupted: Interruption) -> Session:
    from nntui.commandline.train import prepare

    session = prepare(shared.experiment, report, interrupted)
    if session is None:
        raise BadInputError("nntui: the line: its data or network cannot be made")
    return session


def _in_dashboard(values: argparse.Namespace) -> int:
    """Where changes were made, the run is trained to the last of them first, and gone on with on the screen."""
    from nntui.commandline.dashboard import record_as_told, show

    with contextlib.ExitStack() as stack:

        def prepare(client: Client) -> Experiment:
            shared = _read(values)
            record_as_told(client, values)
            if not shared.changes:
                return shared.experiment
            if client.runs is None:
                room = stack.enter_context(tempfile.TemporaryDirectory(prefix="nntui-"))
            with interruption() as interrupted:
                folder = _trained(shared, Path(client.runs or room), interrupted)
            client.runs, client.resume_from = str(folder.parent), str(folder)
            return shared.experiment

        return show(values, prepare, "--headless trains without one")


def _trained(shared: Shared, runs: Path, interrupted: Interruption) -> Path:
    """The folder of a run that was trained up to its last change."""
    from nntui.commandline.recording import make_room
    from nntui.commandline.reports import ProgressLine
    from nntui.commandline.train import train
    from nntui.runs.recorder import record

    report = ProgressLine(sys.stderr)
    report.remark(f"training to step {shared.changes[-1][0]:,}, where the last change was made")
    session = _session(shared, report, interrupted)
    make_room(runs)
    recorder = record(runs, session)
    train(session, 0.0, report, interrupted, recorder, changes=shared.changes, only_changes=True)
    interrupted.check()
    return recorder.folder


def _show(shared: Shared) -> int:
    from nntui.experiment import emit
    from nntui.training.commands import Pace, Set, to_json

    print(emit(shared.experiment), end="")
    for step, command in shared.changes:
        match command:
            case Set(name, value):
                words = f"{name} = {value}"
            case Pace(epochs_per_second):
                words = f"pace = {epochs_per_second}"
            case _:
                record = to_json(command)
                words = record.pop("command") + "".join(f", {name} {value}" for name, value in record.items())
        print(f"# step {step:,}: {shown(words, 200)}")
    return DONE
