"""``nntui replay RUN --verify``: train a recorded run again and compare."""

from __future__ import annotations

import argparse
import sys
import time

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError
from nntui.commandline.interruption import interruption
from nntui.commandline.threads import use_threads

PERIOD = 0.2  # seconds between two states of the line that tells how far it is


def run(values: argparse.Namespace) -> int:
    """Train it again, without a screen."""
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
                print(f"\repoch {session.epoch:,}\x1b[K", end="", file=sys.stderr, flush=True)

        try:
            recorded = open_run(run_of(values))
            differs = first_difference(recorded, progress)
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        finally:
            if sys.stderr.isatty():
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if differs is not None:
        print(f"{recorded.folder.name}: epoch {differs:,} is the first that differs")
        return FAILED
    print(f"{recorded.folder.name}: the same, bit for bit, in all {len(recorded.scalars().rows):,} epochs")
    return DONE
