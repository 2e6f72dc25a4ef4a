"""``nntui resume RUN``: go on with a recorded run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.cli import DONE
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption, interruption
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.runs.resume import Resumed
    from nntui.training.commands import Command


def run(values: argparse.Namespace) -> int:
    """In the dashboard, or without."""
    if not values.headless:
        return _in_dashboard(values)
    with interruption() as interrupted:
        use_threads(values.threads)
        return _headless(values, interrupted)


def _headless(values: argparse.Namespace, interrupted: Interruption) -> int:
    from nntui.commandline.recording import run_of
    from nntui.commandline.train import make_report, train
    from nntui.runs.errors import RunError
    from nntui.runs.resume import resume

    report = make_report(values.json)
    wanted = _commands(values)
    try:
        taken = resume(run_of(values), lambda session: interrupted.check())
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    for note in taken.notes:
        print(f"nntui: {note}", file=sys.stderr)
    if not _go_on(taken, wanted):
        return BAD_INPUT
    if taken.session.state == "finished":
        taken.recorder.close()
        epochs = taken.session.epoch
        report.remark(f"all {epochs:,} epochs are trained; --epochs N trains on to epoch N")
        return DONE
    return train(taken.session, 0.0, report, interrupted, taken.recorder, taken.seconds)


def _commands(values: argparse.Namespace) -> list[Command]:
    from nntui.commandline.presets import parsed
    from nntui.training.commands import Set

    changes = list(values.settings)
    if values.epochs is not None:
        changes.append(("training.epochs", str(values.epochs)))
    wanted, faults = parsed(changes)
    if faults:
        raise BadInputError("\n".join(f"nntui: {fault}" for fault in faults))
    return [Set(name, value) for name, value in wanted.items()]


def _go_on(taken: Resumed, wanted: list[Command]) -> bool:
    """Make the changes and let it run; False where a change is refused, which is said."""
    from nntui.training.commands import Resume
    from nntui.training.events import Refused

    session = taken.session
    for command in wanted:
        told = session.apply(command)
        taken.recorder.commanded(command, told)
        refused = [event for event in told if isinstance(event, Refused)]
        if refused:
            print(f"nntui: {refused[0].name}: {refused[0].reason}", file=sys.stderr)
            taken.recorder.close()
            return False
    if session.state != "finished" or session.epoch < session.experiment.training.epochs:
        taken.recorder.commanded(Resume(), session.apply(Resume()))
    return True


def _in_dashboard(values: argparse.Namespace) -> int:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        print("nntui: the dashboard needs a terminal; --headless goes on without one", file=sys.stderr)
        return BAD_INPUT
    from nntui.worker.client import Client

    client = Client.launch(values.threads)
    try:
        from nntui.commandline.recording import run_of
        from nntui.runs.errors import RunError
        from nntui.runs.lock import is_locked
        from nntui.runs.run import open_run
        from nntui.tui.config import ConfigFaults, load_config
        from nntui.tui.launch import run_dashboard

        folder = run_of(values)
        try:
            experiment = open_run(folder).tuned()
            config = load_config(values.config)
        except (ConfigFaults, RunError) as fault:
            raise BadInputError(f"nntui: {fault}") from None
        if is_locked(folder):
            raise BadInputError(f"nntui: {folder}: another program is training this run")
        _prepare(client, folder, values)
    except BaseException:
        client.abandon()
        raise
    return run_dashboard(client, experiment, config, values)


def _prepare(client: object, folder: Path, values: argparse.Namespace) -> None:
    from nntui.worker.client import Client

    assert isinstance(client, Client)
    client.runs = str(folder.parent)
    client.resume_from = str(folder)
    client.first_commands = tuple(_commands(values))
