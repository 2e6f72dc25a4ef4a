"""Half a layer killed by hand is named, and drawn anew it lives again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from nntui.teaching.lesson import lesson_folder
from nntui.tui.model import Model
from nntui.tui.screens.evidence import EvidenceScreen
from nntui.tui.screens.learn import LearnScreen
from tests.teaching.walker import learner
from tests.teaching.ways import TRAIN, Press
from tests.tui.hosts import words


@pytest.mark.slow
async def test_half_a_layer_is_killed_named_and_revived(tmp_path: Path) -> None:
    async with learner(tmp_path) as walker:
        await walker.begin(lesson_folder() / "dead-neurons.toml")
        witness, model = walker.walk.witness, walker.app.model
        await walker.do(Press("[", "learning_rate < 0.5"))
        await walker.press("3")
        before = len(model.changes)
        for killed in range(1, 18):
            await walker.press("x")
            await walker.until(partial(_has_changes, model, before + killed), "the unit is silenced")
            await walker.press("down")
        await walker.until(lambda: "dead_units" in model.diagnoses, "the dead are named")
        assert float(witness.value("dead_share", ("hidden 1",))) >= 0.5
        await walker.press("A")
        assert isinstance(walker.app.screen, EvidenceScreen)
        assert "no gradient" in words(walker.app.screen)
        await walker.press("c")
        assert isinstance(walker.app.screen, LearnScreen)
        await walker.press("escape", "X")
        await walker.until(lambda: float(witness.value("dead_share", ("hidden 1",))) < 0.2, "they are drawn anew")
        await walker.do(TRAIN)
        await walker.until(lambda: "dead_units" not in model.diagnoses, "the diagnosis is over")


def _has_changes(model: Model, count: int) -> bool:
    return len(model.changes) == count
