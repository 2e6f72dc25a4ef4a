"""``nntui replay RUN``: play a recorded run in the dashboard; or, with ``--verify``, train it again and compare."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError
from nntui.commandline.interruption import interruption
from nntui.commandline.threads import use_threads
from nntui.escaping import write_raw

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.worker.client import Client

PERIOD = 0.2  # seconds between two states of the line that tells how far it is


def run(values: argparse.Namespace) -> int:
    """Play it, or train it again without a screen."""
    if not values.verify:
        return _in_dashboard(values)
    for option in ("pace", "at"):
        if getattr(values, option) is not None:
            raise BadInputError(f"nntui replay: --{option} is for the dashboard; --verify has none")
    return _verify(values)


def _in_dashboard(values: argparse.Namespace) -> int:
    from nntui.commandline.dashboard import show

    def prepare(client: Client) -> Experiment:
        from nntui.commandline.recording import run_of
        from nntui.runs.errors import RunError
        from nntui.runs.run import open_run
        from nntui.training.commands import Pace, Resume, Rewind

        folder = run_of(values)
        try:
            recorded = open_run(folder)
            epochs = recorded.scalars().rows[:, 0] if values.at else ()
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        if values.at and values.at not in epochs:
            last = f"; it has {max(epochs):,.0f}" if len(epochs) else ""
            raise BadInputError(f"nntui: {folder.name}: epoch {values.at:,} is not in the recording{last}")
        client.runs, client.replay_from = str(folder.parent), str(folder)
        if values.pace is not None:
            client.first_commands += (Pace(values.pace),)
        if values.at:
            client.first_commands += (Rewind(values.at), Resume())
        return recorded.experiment

    return show(values, prepare, "--verify compares without one")


def _show_progress(text: str) -> None:
    write_raw(sys.stderr, f"\r{text}\x1b[K")
    sys.stderr.flush()


def _verify(values: argparse.Namespace) -> int:
    with interruption() as interrupted:
        use_threads(values.threads)
        from nntui.commandline.recording import run_of
        from nntui.runs.errors import RunError
        from nntui.runs.run import open_run
        from nntui.runs.verify import first_difference
        from nntui.training.session import Session

        shown_at = time.monotonic()

        def progress(session: Session) -> None:
            nonlocal shown_at
            interrupted.check()
            if sys.stderr.isatty() and time.monotonic() - shown_at > PERIOD:
                shown_at = time.monotonic()
                _show_progress(f"epoch {session.epoch:,}")

        try:
            recorded = open_run(run_of(values))
            differs = first_difference(recorded, progress)
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        finally:
            if sys.stderr.isatty():
                _show_progress("")
    if differs is not None:
        print(f"{recorded.folder.name}: epoch {differs:,} is the first that differs")
        return FAILED
    print(f"{recorded.folder.name}: the same, bit for bit, in all {len(recorded.scalars().rows):,} epochs")
    return DONE
