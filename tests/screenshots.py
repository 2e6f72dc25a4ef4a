#!/usr/bin/env python3
"""Make the README's pictures: the real dashboard, on a real run with a fixed seed, exported as SVG.

    python tests/screenshots.py                                   all pictures, into tests/pictures
    python tests/screenshots.py digits --epoch 15 --out a.svg     one picture of one preset
    python tests/screenshots.py spirals --keys e --out form.svg   the same after pressing keys

The run goes epoch by epoch up to the one asked for, so that another run of this script gives the same curves; times and
speeds are this machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from textual.pilot import Pilot  # noqa: E402

from nntui.experiment import find_preset, read_preset  # noqa: E402
from nntui.teaching.lesson import lesson_folder  # noqa: E402
from nntui.training.commands import Pause, Resume, Step  # noqa: E402
from nntui.training.snapshot import QUANTITIES  # noqa: E402
from nntui.tui.app import NntuiApp  # noqa: E402
from nntui.tui.config import Config  # noqa: E402
from nntui.tui.model import Model  # noqa: E402
from nntui.worker.client import Client  # noqa: E402
from tests.harness.isolation import at_home  # noqa: E402

PICTURES = ROOT / "tests" / "pictures"
PATIENCE = 120.0
RUNNING = 10  # epochs


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        file: its name below ``PICTURES``, or a path.
        preset: a preset's name or path.
        epoch: up to here the run goes step by step; without ``keys`` it then runs freely a little further.
        changes: (epoch, keys) pressed on the way, so that the picture shows what a change does.
        keys: pressed at the end, with the run paused at ``epoch``.
        size: columns and rows.
        seed: of the run.
        lesson: begun at the end, before the keys are pressed.
    """

    file: str
    preset: str
    epoch: int
    changes: tuple[tuple[int, tuple[str, ...]], ...] = ()
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 40)
    seed: int = 0
    lesson: str = ""


SHOTS: tuple[Shot, ...] = (
    Shot("first-screen.svg", "spirals", 80, changes=((45, ("]", "]")),)),
    Shot("edit-form.svg", "spirals", 30, keys=("e",), size=(100, 30)),
    Shot("layers.svg", "spirals", 120, keys=("2",)),
    Shot("neurons.svg", "what-a-neuron-learns", 60, keys=("3",)),
    Shot("predictions.svg", "spirals", 40, keys=("4",)),
    Shot("gradients.svg", "chain-rule", 20, keys=("5",)),
    Shot("lesson.svg", "dying-relu-one-layer", 10, keys=("s", "escape", "L"), size=(100, 30), lesson="dead-neurons"),
)


async def take(shot: Shot) -> str:
    """The picture as SVG."""
    experiment = read_preset(find_preset(shot.preset))
    experiment = experiment.with_value("training.seed", shot.seed)
    client = Client.launch()
    client.first_commands = (Pause(),)
    client.start(experiment.to_dict())
    try:
        app = NntuiApp(client, experiment, Config())
        async with app.run_test(size=shot.size) as pilot:
            model = app.model
            await _until(app, lambda: model.state == "paused")
            for epoch, keys in (*shot.changes, (shot.epoch, ())):
                client.send(Step(epoch - round(model.epochs_done), "epoch"))
                await _until(app, partial(_stands_at, model, epoch))
                await pilot.press(*keys)
                await _until(app, lambda: not model.pending)
            await _until(app, lambda: not app.has_news)
            if shot.lesson:
                app.begin_page(lesson_folder() / f"{shot.lesson}.toml", load=False)
            await pilot.press(*shot.keys)
            await _until(app, partial(_is_settled, app))
            if not shot.keys:
                client.send(Resume())
                await _until(app, lambda: model.epochs_done >= shot.epoch + RUNNING)
            await pilot.pause()
            return app.export_screenshot(title=f"nntui {shot.preset}")
    finally:
        await client.close()


def _is_settled(app: NntuiApp) -> bool:
    """Whether everything is drawn, and the loss surface, which comes bit by bit, is complete where it is seen."""
    snapshot = app.model.snapshot
    if snapshot is None or not {*app.main.needs()} <= {*snapshot.insights, *QUANTITIES}:
        return False
    surface = snapshot.insights.get("surface")
    return not app.has_news and (surface is None or (surface.random is not None and surface.random.done >= 1))


# The story of one run: a learning rate that is too high, going back to before it, and going on otherwise.
PRESET, FORK, END = "spirals", 40, 90
LOOKING, BRANCHED, RUNS = "going-back-1.svg", "going-back-2.svg", "going-back-3.svg"


async def take_going_back() -> dict[str, str]:
    """File → picture as SVG, of the steps of going back."""
    experiment = read_preset(find_preset(PRESET))
    client = Client.launch()
    client.first_commands = (Pause(),)
    with TemporaryDirectory() as runs:
        client.runs = runs
        client.start(experiment.to_dict())
        try:
            app = NntuiApp(client, experiment, Config())
            async with app.run_test(size=(120, 40)) as pilot:
                return await _go_back(app, pilot, client)
        finally:
            await client.close()


async def _go_back(app: NntuiApp, pilot: Pilot[int], client: Client) -> dict[str, str]:
    model = app.model

    async def picture() -> str:
        app.clear_notifications()
        await _until(app, lambda: not app.has_news)
        await pilot.pause()
        return app.export_screenshot(title=f"nntui {PRESET}")

    async def train(epoch: int) -> None:
        client.send(Step(epoch - round(model.epochs_done), "epoch"))
        await _until(app, partial(_stands_at, model, epoch))

    async def change(*keys: str) -> None:
        await pilot.press(*keys)
        await _until(app, lambda: not model.pending)

    await _until(app, lambda: model.state == "paused")
    await train(FORK)
    await change(*"]]]]]]]]")
    await train(END)
    app.time.put(FORK)
    app.redraw("time")
    await _until(app, lambda: model.past is not None and model.past.epoch == FORK)
    pictures = {LOOKING: await picture()}
    await pilot.press("enter")
    await _until(app, lambda: model.cursor is None and _stands_at(model, FORK))
    await change("[", "[")
    await train(END)
    await _until(app, lambda: model.snapshot is not None and model.snapshot.epoch == END)
    pictures[BRANCHED] = await picture()
    await pilot.press("6")
    await _until(app, lambda: bool(model.recordings.nodes) and not app.has_news)
    for run in model.recordings.ids:
        model.recordings.mark(run)
    app.read_recordings()
    await _until(app, lambda: model.recordings.found is not None and len(model.recordings.found.compared) == 2)
    return {**pictures, RUNS: await picture()}


def _stands_at(model: Model, epoch: int) -> bool:
    return model.state == "paused" and round(model.epochs_done) == epoch


async def _until(app: NntuiApp, true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true() and app.is_running and app.model.state != "failed":
            await asyncio.sleep(0.02)
    if not true():
        raise RuntimeError(f"the dashboard ended, or the training did: {app.model.failure}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, make the pictures, say where they are."""
    parser = argparse.ArgumentParser(description="Make the README's pictures from the real program.")
    parser.add_argument("preset", nargs="?", help="one picture of this preset; without it, all pictures of the README")
    parser.add_argument("--epoch", type=int, default=30, help="take it when about this many epochs have ended (30)")
    parser.add_argument("--keys", nargs="*", default=(), help="press these keys before, as Textual names them")
    parser.add_argument("--size", default="120x40", help="columns x rows (120x40)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the run (0)")
    parser.add_argument("--out", default="screenshot.svg", help="file to write (screenshot.svg)")
    given = parser.parse_args(arguments)
    shots = SHOTS
    if given.preset:
        columns, _, rows = given.size.partition("x")
        size = (int(columns), int(rows))
        shots = (Shot(given.out, given.preset, given.epoch, keys=tuple(given.keys), size=size, seed=given.seed),)
    with at_home():
        for shot in shots:
            file = Path(shot.file) if given.preset else PICTURES / shot.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(asyncio.run(take(shot)), encoding="utf-8")
            print(file)
        if not given.preset:
            for name, svg in asyncio.run(take_going_back()).items():
                (PICTURES / name).write_text(svg, encoding="utf-8")
                print(PICTURES / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
