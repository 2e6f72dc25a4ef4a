"""From the command line to the dashboard and back: the training process begins before Textual is even imported."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

from nntui.training.commands import Pause
from nntui.tui.exit_guard import ExitGuard

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.tui.app import NntuiApp
    from nntui.tui.config import Config
    from nntui.tui.helm import LaunchedClient

FRAMES_PER_SECOND = 20.0
FRAMES_PER_SECOND_OVER_SSH = 10.0
SWITCH = 0.001
"""Seconds that the thread which reads the keyboard waits for the one that draws; Python's own are 5 ms."""


def run_dashboard(client: LaunchedClient, experiment: Experiment, config: Config, options: Any = None) -> int:
    """Show the run until the person leaves; the training process is gone afterwards, however it ended.

    Args:
        client: of a training process already launched.
        options: what the command line said; ``glyphs`` is looked at.

    Returns:
        The exit status: 0; 1 where the training process failed or the dashboard did; 128 + the number of a signal.
    """
    begins = not (getattr(client, "resume_from", None) or getattr(client, "replay_from", None))
    welcomes = begins and getattr(options, "preset", "") is None and _is_first_start()
    if welcomes:
        client.first_commands = (*client.first_commands, Pause())
    with ExitGuard(client.kill) as guard:
        client.start(experiment.to_dict())
        return asyncio.run(_run(client, experiment, config, options, guard, begins=begins, welcomes=welcomes))


def _is_first_start() -> bool:
    """Whether nothing is remembered of an earlier one."""
    from nntui.tui.memory import Memory, memory_path

    return not Memory(memory_path()).toured


async def _run(
    client: LaunchedClient, experiment: Experiment, config: Config, options: Any, guard: ExitGuard, *,
    begins: bool, welcomes: bool,
) -> int:  # fmt: skip
    sys.setswitchinterval(SWITCH)
    status = 1
    try:
        from nntui.tui.app import NntuiApp
        from nntui.tui.memory import Memory, memory_path
        from nntui.tui.theme import detect_glyphs

        asked = getattr(options, "glyphs", None) or config.glyphs or "auto"
        glyphs = detect_glyphs(asked)
        _believe_the_size()
        app = NntuiApp(
            client, experiment, config, glyphs=glyphs, frames_per_second=_frames_per_second(config),
            memory=Memory(memory_path()),
        )  # fmt: skip
        app.opens = getattr(options, "learn", None)
        app.welcomes = welcomes
        app.offers_interrupted = begins and app.opens is None
        _guard(app, guard)
        result = await app.run_async()
        status = app.return_code or 0 if result is None else result
    finally:
        await client.close()
        guard.app_ended(status)
    return status


def _guard(app: NntuiApp, guard: ExitGuard) -> None:
    """From now on what ends the program ends the app, which restores the terminal; and the guard sees to it."""
    loop = asyncio.get_running_loop()

    def leave(status: int) -> None:
        loop.call_soon_threadsafe(app.leave, status)

    guard.leave = leave
    guard.restore = app.restore_terminal
    app.leaving = guard.ask


def _believe_the_size() -> None:
    """Of a terminal called dumb Rich takes the size to be 80×25, Textual what it is: they resize it for ever."""
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        os.environ["TERM"] = "ansi"


def _frames_per_second(config: Config) -> float:
    if config.frames_per_second:
        return float(config.frames_per_second)
    return FRAMES_PER_SECOND_OVER_SSH if "SSH_CONNECTION" in os.environ else FRAMES_PER_SECOND
