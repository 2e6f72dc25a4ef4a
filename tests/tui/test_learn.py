"""What a learner sees: the list, a step, a question, a challenge, and the line over the panels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nntui.commandline.learn import _epochs
from nntui.experiment import Experiment, find_preset, read_preset
from nntui.teaching.challenge import list_challenges, read_challenge
from nntui.teaching.concepts import CONCEPTS
from nntui.teaching.lesson import list_lessons
from nntui.teaching.progress import VARIABLE, Progress, Record
from nntui.training.commands import Pause, Set
from nntui.training.events import Changed, Rewound, RunEnded
from nntui.tui.screens.explain import ExplainScreen
from nntui.tui.screens.help import HelpScreen
from nntui.tui.screens.learn import LearnScreen
from nntui.tui.screens.step import StepScreen
from tests.tui.fakes import STEPS, batch, begun, rows, run_started
from tests.tui.hosts import Host, words
from tests.tui.stage import Stage, stage
from tests.tui.test_screens import SIZES, cut

LESSON = """
title = "Two steps"
preset = "xor"
concept = "training"
about = "A short one."
epochs = 77

[[steps]]
text = "First."
do = "Train ({run.pause})."
until = "epoch >= 3"
hint = "Press {run.pause}."
hint_after = 0
remember.loss = "train_loss"

[[steps]]
text = "Second."
question = "What is it?"
answers = ["This.", "That."]
right = 2
because = "So it is."

[summary]
text = "The loss was {loss}."
"""
CHALLENGE = """
title = "Quick"
preset = "xor"
about = "Be quick."
goal = "epoch >= 4"
epochs = 5
allowed = ["schedule.scale"]
par_epochs = 4
hint = "Do nothing."
"""


@pytest.fixture(autouse=True)
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner who knows nothing yet."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv(VARIABLE, str(file))
    return file


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    file = tmp_path / "two-steps.toml"
    file.write_text(LESSON, encoding="utf-8")
    return file


@pytest.fixture
def challenge(tmp_path: Path) -> Path:
    file = tmp_path / "quick.toml"
    file.write_text(CHALLENGE, encoding="utf-8")
    return file


async def began(on: Stage, page: Path) -> None:
    """The page's run has begun."""
    on.app.begin_page(page)
    await on.feed(begun(of=loaded(on)))


def loaded(on: Stage) -> Experiment:
    """The experiment that the training process was asked to start last."""
    return Experiment.from_dict(on.client.started[-1])


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_has_all_and_says_what_is_done(size: tuple[int, int], progress: Path) -> None:
    known = Progress(progress)
    known.keep("neuron", Record(steps=4, of=4, finished="2026-01-01T00:00:00Z"))
    known.keep("training", Record(steps=2, of=5))
    known.keep("challenge/crawl", Record(stars=2, finished="2026-01-01T00:00:00Z"))
    dialog = LearnScreen(known)
    async with Host(dialog).run_test(size=size) as pilot:
        await pilot.pause()
        listed = [str(option.prompt) for option in dialog.query_one("#items").options]  # type: ignore[attr-defined]
        assert len(listed) == 3 + len(list_lessons()) + len(list_challenges()) + len(CONCEPTS)
        assert any(line.startswith("   ✔ What a neuron is") for line in listed)
        assert any(line.startswith(" 2/5 Training tunes") for line in listed)
        assert any("★★" in line for line in listed)
        assert "One batch, one epoch" in words(dialog)  # the first lesson that is not done
        assert cut(dialog) == []


async def test_progress_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    known = Progress(tmp_path / "file" / "progress.json")
    known.keep("neuron", Record(steps=1))
    dialog = LearnScreen(known)
    async with Host(dialog).run_test() as pilot:
        await pilot.pause()
        assert "progress is not kept" in words(dialog)


async def test_a_lesson_loads_its_preset_lets_it_wait_and_shows_its_first_step(lesson: Path) -> None:
    async with stage(begun()) as on:
        await began(on, lesson)
        (started,) = on.client.started
        assert started["training"]["epochs"] == 77
        assert on.client.told == []
        assert on.client.first_commands == (Pause(),)
        assert "Step 1 of 2" in on.text
        assert "Train (space)." in on.text


@pytest.mark.slow
async def test_a_step_is_ticked_off_and_its_number_kept(lesson: Path, progress: Path) -> None:
    async with stage(begun()) as on:
        await began(on, lesson)
        await on.press("escape")
        assert "Two steps 1/2: Train (space). Hint: Press space." in on.text
        text = await on.feed(begun(3))
        assert "Two steps 1/2: done. L goes on." in text
        assert "What is it?" in await on.press("L")
        assert Progress(progress).of("two-steps").steps == 1


@pytest.mark.slow
async def test_a_question_is_asked_until_it_is_answered_rightly(lesson: Path, progress: Path) -> None:
    async with stage(begun()) as on:
        await began(on, lesson)
        await on.feed(begun(3))
        await on.press("enter")
        assert "Not that one" in await on.press("1")
        await on.press("enter")  # the first answer is highlighted: wrong again, and no way on
        assert "Step 2 of 2" in on.text
        assert "So it is." in await on.press("2")
        text = await on.press("enter")
        assert "What you saw" in text
        assert "0 of 1" in text
    record = Progress(progress).of("two-steps")
    assert record.finished
    assert record.questions == {"2": "What is it?"}
    assert record.answers["2"][-1] == "That."
    assert "loss" in record.remembered


@pytest.mark.slow
async def test_what_was_skipped_is_told_and_does_not_count(lesson: Path, progress: Path) -> None:
    async with stage(begun()) as on:
        await began(on, lesson)
        text = await on.press("s", "s")
        assert "The loss was –." in text
        assert "Skipped: step 1, 2." in text
    assert not Progress(progress).of("two-steps").finished


async def test_what_comes_before_the_run_is_not_judged(lesson: Path) -> None:
    async with stage(begun(20)) as on:
        on.app.begin_page(lesson)
        await on.press("escape")
        assert "1/2: Train" in on.text


async def test_a_run_of_another_preset_leaves_the_lesson(lesson: Path) -> None:
    other = read_preset(find_preset("spirals"))
    async with stage(begun()) as on:
        await began(on, lesson)
        await on.press("escape")
        await on.feed(batch(30, [run_started(other), Rewound(360, 30, "other", other.to_dict())], rows(1, 30)))
        assert on.app.desk.walk is None
        assert "You left the lesson" in on.said
        assert "Two steps" not in on.text


async def test_an_earlier_run_of_the_lesson_is_no_restart(lesson: Path) -> None:
    async with stage(begun()) as on:
        await began(on, lesson)
        own = loaded(on)
        await on.feed(batch(2, [run_started(own), Rewound(24, 2, "before", own.to_dict())], rows(1, 2)))
        walk = on.app.desk.walk
        assert walk is not None
        assert walk.witness.value("rewound", ())
        assert not walk.witness.value("restarted", ())
        assert not walk.witness.value("reseeded", ())


async def test_a_hint_comes_while_the_run_waits(lesson: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.toml"
    late.write_text(LESSON.replace("hint_after = 0", "hint_after = 0.6"), encoding="utf-8")
    async with stage(begun()) as on:
        await began(on, late)
        while "Hint: Press space." not in on.text:
            await on.pilot.pause(0.05)


@pytest.mark.parametrize("path", list_challenges(), ids=lambda path: str(path.stem))
async def test_the_run_of_a_challenge_lasts_until_it_is_decided(path: Path) -> None:
    async with stage(begun()) as on:
        await began(on, path)
        attempt = on.app.desk.attempt
        assert attempt is not None
        assert loaded(on).training.epochs >= attempt.challenge.epochs
        assert attempt.differing(loaded(on).to_dict()) == []
        await on.press("escape")
        await on.feed(batch(attempt.challenge.epochs, [], rows(1, attempt.challenge.epochs)))
        assert attempt.outcome != "open"


def test_the_command_line_begins_a_challenge_with_as_many_epochs() -> None:
    for path in list_challenges():
        page = read_challenge(path)
        assert (_epochs(page) or 0) >= page.epochs


@pytest.mark.slow
async def test_no_change_in_a_challenge_offers_undo(challenge: Path) -> None:
    async with stage(begun()) as on:
        await began(on, challenge)
        await on.press("escape", "]")
        change = on.client.told[-1]
        assert isinstance(change, Set)
        await on.feed(batch(0, [Changed("schedule.scale", 1.0, 1.25, 0, 0, group=change.group)]))
        assert "→" in on.said
        assert "undoes it" not in on.said


@pytest.mark.slow
async def test_a_challenge_keeps_to_its_rules(challenge: Path) -> None:
    async with stage(begun()) as on:
        await began(on, challenge)
        assert "the learning rate" in on.text
        assert "Hint: Do nothing." in await on.press("h")
        await on.press("escape", "}")
        assert "you may change only the learning rate" in on.said
        await on.press("]")
        assert [command for command in on.client.told if isinstance(command, Set)] == [Set("schedule.scale", 1.25)]


async def test_a_challenge_is_reached_and_its_stars_are_kept(challenge: Path, progress: Path) -> None:
    async with stage(begun()) as on:
        await began(on, challenge)
        await on.press("escape")
        text = await on.feed(batch(4, [Changed("schedule.scale", 1.0, 1.25, 5, 0)], rows(1, 4)))
        assert "Quick: reached with 4 epochs, 1 change. ★★★" in text
        assert "3 of 3" in await on.press("L")
    assert Progress(progress).of("challenge/quick").stars == 3


@pytest.mark.slow
async def test_a_challenge_is_missed_and_can_be_tried_again(challenge: Path) -> None:
    slow = CHALLENGE.replace("epoch >= 4", "test_accuracy > 2")
    challenge.write_text(slow, encoding="utf-8")
    async with stage(begun()) as on:
        await began(on, challenge)
        await on.press("escape")
        assert "not reached within 5 epochs" in await on.feed(batch(5, of=rows(1, 5)))
        assert "so far 0 epochs" in await on.feed(batch(0, [run_started(loaded(on))]))


@pytest.mark.slow
async def test_challenge_at_its_end_offers_no_new_seed(challenge: Path) -> None:
    async with stage(begun()) as on:
        await began(on, challenge)
        await on.press("escape")
        end = RunEnded("finished", 5, 5 * STEPS)
        text = await on.feed(batch(5, [end], of=rows(1, 5), state="finished"))
        assert "r Restart" in text
        assert "new seed" not in text.lower()
        await on.press("R")
        assert "keeps its seed" in on.said
        assert "r Restart  R New seed" in await on.press("L", "x")


async def test_a_file_with_faults_is_told_and_changes_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('title = "x"\n[[steps]]\ntxt = "a"\n', encoding="utf-8")
    async with stage(begun()) as on:
        on.app.begin_page(broken)
        await on.press()
        assert "steps.1.txt: unknown key" in on.said
        assert on.client.started == []
        assert not on.app.desk.is_busy


@pytest.mark.parametrize(("opens", "shown"), [("", LearnScreen), ("lesson", StepScreen)])
async def test_what_the_program_was_started_for_is_shown_first(opens: str, shown: type[Any], lesson: Path) -> None:
    async with stage(begun()) as on:
        on.app.opens = str(lesson) if opens else ""
        assert on.app.open_what_was_asked_for()
        await on.press()
        assert isinstance(on.app.screen, shown)
        assert on.client.started == []  # the command line has loaded the preset already


@pytest.mark.slow
async def test_concepts_are_reached_from_help_and_from_an_explanation() -> None:
    async with stage(begun()) as on:
        for key, screen, concept in (("?", HelpScreen, "What a neuron is"), ("i", ExplainScreen, "The loss")):
            await on.press(key)
            assert isinstance(on.app.screen, screen)
            text = await on.press("c")
            assert isinstance(on.app.screen, LearnScreen)
            assert concept in text
            await on.press("escape")
