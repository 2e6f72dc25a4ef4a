"""The dashboard's screen of a recorded run as a picture, drawn without a terminal by the dashboard itself.

The run is taken up in a copy of its folder, paused: the recording stays as it is, even while another program writes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntui.escaping import escaped
from nntui.files import Unreadable, open_file
from nntui.runs import checkpoints, journal, scalars, summary
from nntui.runs.durable import LARGEST
from nntui.runs.errors import RunError, reason_of
from nntui.runs.recorder import EXPERIMENT
from nntui.runs.run import open_run
from nntui.training.commands import Pause, Rewind

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.tui.app import NntuiApp
    from nntui.worker.client import Client

VIEW = "overview"
PATIENCE = 60.0  # seconds
PERIOD = 0.05  # seconds between two looks at whether all is drawn
LAST = 3  # checkpoints before a moment that are copied; the run is trained again from one of them
QUIET = 4  # looks in a row with nothing new


def views() -> tuple[str, ...]:
    """The ids of the views that there are."""
    from nntui.tui.views import filled

    return tuple(view.id for view in filled())


def picture(folder: Path, size: tuple[int, int], view: str, epoch: int | None = None) -> str:
    """SVG of one view at the run's end, or where this epoch had ended.

    Args:
        size: (columns, rows).
        view: id of one of the dashboard's views.

    Raises:
        RunError: the run is damaged, or cannot be shown.
    """
    from nntui.worker.client import Client

    try:
        client = Client.launch()
    except OSError as error:
        raise RunError(f"cannot start a process: {reason_of(error)}") from None
    try:
        experiment = open_run(folder).tuned()
        with tempfile.TemporaryDirectory(prefix="nntui-") as room:
            copy = Path(room) / folder.name
            _copy(folder, copy, epoch)
            client.runs, client.resume_from, client.first_commands = room, str(copy), (Pause(),)
            if epoch is not None:
                client.first_commands += (Rewind(epoch),)
            return asyncio.run(_drawn(client, folder, experiment, size, view))
    finally:
        client.abandon()


def _copy(folder: Path, copy: Path, epoch: int | None) -> None:
    """Of what a run is made of; of the checkpoints, which may be many, the last before each moment that is needed."""
    names = [EXPERIMENT, journal.NAME, scalars.NAME, summary.NAME]
    needed = set(checkpoints.numbers(folder)[-LAST:])
    if epoch is not None:
        needed.update(checkpoints.latest_before(folder, lambda kept: kept.epoch < epoch)[-LAST:])
    names += [f"{checkpoints.FOLDER}/{number:06d}.npz" for number in sorted(needed)]
    try:
        (copy / checkpoints.FOLDER).mkdir(parents=True)
        for name in names:
            if name == summary.NAME and not os.path.lexists(folder / name):
                continue
            with open_file(folder / name, LARGEST, links=False) as source, (copy / name).open("wb") as target:
                shutil.copyfileobj(source, target)
    except (Unreadable, OSError) as error:
        raise RunError(f"{folder}: {reason_of(error)}") from None


async def _drawn(client: Client, folder: Path, experiment: Experiment, size: tuple[int, int], view: str) -> str:
    from nntui.tui.app import NntuiApp
    from nntui.tui.config import Config
    from nntui.tui.views import VIEWS

    found: list[str] = []
    reason = ""
    app = NntuiApp(client, experiment, Config(), glyphs="braille")

    async def look(pilot: Any) -> None:
        nonlocal reason
        reason = f"not ready within {PATIENCE:.0f} s"
        with contextlib.suppress(TimeoutError):
            await _settled(app)
            await pilot.press(next(tab.key for tab in VIEWS if tab.id == view))
            await _settled(app)
            reason = ""
            if not app.model.failure and not app.return_code:
                found.append(app.export_screenshot(title=escaped(f"nntui {experiment.name}")))
        app.leave()

    client.start(experiment.to_dict())
    try:
        await app.run_async(headless=True, size=size, auto_pilot=look)
    finally:
        await client.close()
    if not found:
        reason = app.model.failure[0] if app.model.failure else reason or "the dashboard failed"
        raise RunError(f"{folder}: cannot be shown: {' '.join(reason.split())}")
    return found[0]


async def _settled(app: NntuiApp) -> None:
    """Until the run stands where its recording ends, and all that is measured of it is on the screen."""
    quiet = 0
    async with asyncio.timeout(PATIENCE):
        while quiet < QUIET and not app.model.failure and not app.return_code:
            await asyncio.sleep(PERIOD)
            still = app.model.state not in ("loading", "running") and not app.has_news
            quiet = quiet + 1 if still else 0
