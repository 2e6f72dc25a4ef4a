"""What is shown of the past is what was shown when it was the present; with a real training process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training.commands import Pause, Step
from nntui.training.snapshot import Snapshot
from nntui.tui.app import NntuiApp
from nntui.tui.config import Config
from nntui.worker.client import Client
from tests.harness.patience import until

THEN, NOW = 7, 30


def is_of(snapshot: Snapshot | None, epoch: int) -> bool:
    return snapshot is not None and snapshot.epoch == epoch and bool(snapshot.weights)


@pytest.mark.slow
async def test_the_past_is_as_it_was(tmp_path: Path) -> None:
    of = Experiment("spirals").with_values({"training.pace": 0.0, "data.samples": 200, "training.epochs": 100})
    client = Client.launch()
    client.runs, client.first_commands = str(tmp_path), (Pause(),)
    client.start(of.to_dict())
    try:
        app = NntuiApp(client, of, Config())
        async with app.run_test(size=(120, 40)) as pilot:
            model = app.model
            await until(lambda: model.state == "paused")
            client.send(Step(THEN, "epoch"))
            await until(lambda: model.epochs_done == THEN and is_of(model.snapshot, THEN))
            then = model.snapshot
            client.send(Step(NOW - THEN, "epoch"))
            await until(lambda: model.epochs_done == NOW and is_of(model.snapshot, NOW))
            now = model.snapshot
            app.time.put(THEN)
            await until(lambda: is_of(model.past, THEN))
            assert then is not None
            assert now is not None
            past = model.shown_snapshot
            assert past is not None
            for was, seen, other in zip(then.weights, past.weights, now.weights, strict=True):
                assert (was.mean, was.std) == (seen.mean, seen.std) != (other.mean, other.std)
                np.testing.assert_array_equal(was.counts, seen.counts)
            for layer, again in zip(then.activations, past.activations, strict=True):
                np.testing.assert_array_equal(layer.unit_mean, again.unit_mean)

            await pilot.press("enter")
            await until(lambda: model.cursor is None and model.epochs_done == THEN and is_of(model.snapshot, THEN))
            back = model.snapshot
            assert back is not None
            assert [layer.mean for layer in back.weights] == [layer.mean for layer in then.weights]
            assert [ghost.end for ghost in model.ghosts.all] == [NOW]
    finally:
        await client.close()
