"""Every lesson can be walked to its end with the keys it asks for, and nothing else ticks its steps off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nntui.teaching.challenge import list_challenges
from nntui.teaching.lesson import lesson_folder, list_lessons, read_lesson
from nntui.teaching.progress import VARIABLE, Progress
from nntui.teaching.words import VIEWS
from nntui.tui.bindings import ACTIONS
from nntui.tui.screens.learn import LearnScreen
from nntui.tui.screens.step import StepScreen
from tests.teaching.walker import Walker, learner, own_copy
from tests.teaching.ways import WAYS
from tests.tui.fakes import begun
from tests.tui.hosts import words
from tests.tui.stage import stage

ALWAYS = ("neuron",)
"""Walked at every run of the tests; the others with the slow ones."""
SEEDS = (("learning-rate", 11), ("dead-neurons", 12), ("symmetry", 13), ("overfitting", 14), ("initialization", 15))


def test_there_is_a_way_through_every_lesson() -> None:
    steps = {path.stem: len(read_lesson(path).steps) for path in list_lessons()}
    assert steps == {name: len(way) for name, way in WAYS.items()}


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.slow) for name in WAYS]
)
async def test_a_lesson_is_walked_to_its_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await walked(name, lesson_folder() / f"{name}.toml", tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), SEEDS)
async def test_it_is_so_with_other_seeds(name: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await walked(name, own_copy(lesson_folder() / f"{name}.toml", tmp_path, seed), tmp_path, monkeypatch)


async def walked(name: str, lesson: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(folder / "progress.json"))
    async with learner(folder) as walker:
        await walker.begin(lesson)
        for wrong, right in WAYS[name]:
            await walker.walk_step(wrong, right)
            await walker.go_on()
        await sees_the_end(walker)
    record = Progress(folder / "progress.json").of(name)
    assert record.finished
    assert record.steps == len(WAYS[name])


async def sees_the_end(walker: Walker) -> None:
    """The summary has a number in every place, and the list has the lesson as done."""
    assert isinstance(walker.app.screen, StepScreen)
    assert "–" not in re.sub(r"\w–\w", "", walker.walk.summary())
    assert walker.walk.summary() in words(walker.app.screen)
    await walker.press("enter")
    assert isinstance(walker.app.screen, LearnScreen)
    assert walker.app.desk.walk is None


KEYS = {
    "range_tested": {"change.range_test"}, "reseeded": {"run.new_seed"}, "explained": {"program.explain"},
    "choice": {"change.edit", "change.remedy"}, "setting": {"change.edit", "change.remedy"},
    "hidden_units": {"change.edit"}, "learning_rate": {"change.rate_up", "change.rate_down", "run.faster"},
    "silenced": {"neuron.silence"}, "revived": {"neuron.revive"}, "set": {"neuron.set_weight"},
    "redrawn": {"change.remedy", "neuron.revive"}, "steps_trained": {"run.batch"},
    "epochs_trained": {"run.pause", "run.epoch", "run.faster"},
}  # fmt: skip
"""The keys that make a condition's word come true; a step that asks for it names one of them."""


@pytest.mark.parametrize("path", list_lessons(), ids=lambda path: str(path.stem))
def test_each_step_names_the_key_and_the_view_it_asks_for(path: Path) -> None:
    for number, step in enumerate(read_lesson(path).steps, 1):
        said = f"{step.text} {step.do} {step.hint}"
        for word, arguments in step.until.uses if step.until else ():
            first = str(arguments[0]) if arguments else ""
            wanted = {f"view.{first}"} if word == "seen" else KEYS.get(first if word == "edited" else word, set())
            assert not wanted or any(f"{{{key}}}" in said for key in wanted), (number, word)
        if step.until is not None:
            assert step.do, number


PANELS = {
    "Activations panel": ("overview", "Activations"), "Loss panel": ("overview", "Loss"),
    "Weights panel": ("overview", "Weights"), "learning-rate panel": ("overview", "Learning rate"),
    "Gradient flow panel": ("layers", "Gradient flow"), "Activation mean ± spread": ("layers", "Activation mean"),
    "Units panel": ("neurons", "Units"), "panel Chain rule": ("gradients", "Chain rule"),
    "panel Nudge and next step": ("gradients", "Nudge and next step"),
}  # fmt: skip
"""Panels by the words that lessons have for them: the view, and what its frame says in 80 columns."""


async def test_panels_that_lessons_name_stand_in_their_view_at_the_smallest_size() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in list_lessons())
    assert [name for name in PANELS if name not in text] == []
    async with stage(begun(3), size=(80, 24)) as on:
        for name, (view, title) in PANELS.items():
            assert title in await on.press(str(VIEWS.index(view) + 1)), name


PLACES = re.compile(
    r"\b(top|bottom|left|right|first|second|third|last|upper|lower|middle)( left| right)? panels?\b"
    r"|\bpanels? (at|on|in) the (top|bottom|left|right|middle|center)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", [*list_lessons(), *list_challenges()], ids=lambda path: str(path.stem))
def test_a_text_names_panels_by_their_titles(path: Path) -> None:
    """Where a panel stands depends on the size of the terminal."""
    found = PLACES.search(path.read_text(encoding="utf-8"))
    assert found is None, found


def test_each_key_that_a_page_names_is_there() -> None:
    known = {action.id for action in ACTIONS}
    for path in [*list_lessons(), *list_challenges()]:
        named = set(re.findall(r"\{([a-z]+\.[a-z_]+)\}", path.read_text(encoding="utf-8")))
        assert named <= known, path.stem
