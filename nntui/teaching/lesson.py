"""A lesson: short steps of text, each with something to do, and what ticks it off.

::

    title = "Dead neurons"
    preset = "dying-relu-one-layer"
    concept = "dead-neurons"        # its page
    order = 60                      # in the list
    about = "What it is about, in a line."
    epochs = 2000                   # for a learner who reads slowly; without it, as the preset has it

    [start]
    remember.spread = 'weight_std("hidden 1")'               # a number of the network before its first step

    [[steps]]
    text = "What there is to know."
    do = "What to do: press {run.pause}."                    # {…}: the key of an action
    until = 'dead_share("hidden 1") > 50%'                   # see nntui.teaching.words
    hint = "What helps who is stuck."
    hint_after = 20                                          # seconds
    remember.dead = 'dead_share("hidden 1")'                 # a number for the summary

    [[steps]]
    text = "Something to think about."
    question = "Why do they stay dead?"
    answers = ["Bad luck.", "No gradient reaches them."]
    right = 2
    because = "Where the output is 0 for every input, so is the slope."

    [summary]
    text = "{dead:%} of the neurons were dead."              # {name} or {name:%}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nntui.experiment.library import preset_folder
from nntui.experiment.messages import did_you_mean
from nntui.teaching.concepts import CONCEPTS
from nntui.teaching.conditions import Condition
from nntui.teaching.reading import Page, Place
from nntui.teaching.words import WORDS

HINT_AFTER = 20.0  # seconds
_KEYS = ("title", "preset", "concept", "order", "minutes", "about", "epochs", "start", "steps", "summary")
_STEP = ("text", "do", "until", "hint", "hint_after", "remember", "question", "answers", "right", "because")
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(:%)?\}")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a choice of answers; ``right`` is the position of the right one, 0-based."""

    text: str
    answers: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. It is done when ``until`` holds, when the question has its right answer, or, with neither, when read.

    Attributes:
        remember: numbers to keep when it is done, by the name that the summary calls them.
    """

    text: str
    do: str = ""
    until: Condition | None = None
    hint: str = ""
    hint_after: float = HINT_AFTER
    remember: Mapping[str, Condition] = field(default_factory=dict)
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson that was read; ``name`` is that of its file.

    Attributes:
        epochs: that the run shall have; 0: as many as the preset says.
        start: numbers to keep from before the first optimizer step, by the name that the summary calls them.
    """

    name: str
    title: str
    preset: str
    steps: tuple[Step, ...]
    summary: str
    concept: str = ""
    order: float = 0.0
    minutes: float = 5.0
    about: str = ""
    epochs: int = 0
    start: Mapping[str, Condition] = field(default_factory=dict)


def lesson_folder() -> Path:
    """Where the lessons that come with the program lie."""
    return preset_folder() / "lessons"


def list_lessons() -> list[Path]:
    """The files of all lessons."""
    return sorted(lesson_folder().glob("*.toml"))


def read_lesson(path: Path) -> Lesson:
    """The lesson of a file.

    Raises:
        PresetError: with every fault.
    """
    page = Page(path)
    tree = page.tree
    page.known((), tree, _KEYS)
    steps = tuple(_step(page, place, table) for place, table in page.tables((), tree, "steps"))
    if not steps:
        page.fault(("steps",), "missing; a lesson has at least one step, [[steps]]")
    start = page.section((), tree, "start")
    page.known(("start",), start, ("remember",))
    summary = page.section((), tree, "summary")
    page.known(("summary",), summary, ("text",))
    lesson = Lesson(
        name=path.stem,
        title=page.text((), tree, "title", needed=True),
        preset=page.preset(tree),
        steps=steps,
        summary=page.text(("summary",), summary, "text"),
        concept=page.text((), tree, "concept"),
        order=page.number((), tree, "order", 0, 0, 1e6),
        minutes=page.number((), tree, "minutes", 5, 1, 120),
        about=page.text((), tree, "about"),
        epochs=int(page.number((), tree, "epochs", 0, 0, 1e6)),
        start=_remembered(page, ("start",), start),
    )
    if lesson.concept and lesson.concept not in CONCEPTS:
        page.fault(("concept",), f"there is no such page{did_you_mean(lesson.concept, CONCEPTS)}")
    remembered = {*lesson.start, *(name for step in steps for name in step.remember)}
    for name, _ in _PLACEHOLDER.findall(lesson.summary):
        if name not in remembered:
            page.fault(("summary", "text"), f"{{{name}}}: no step remembers it{did_you_mean(name, remembered)}")
    page.finish()
    return lesson


def _step(page: Page, place: Place, table: Mapping[str, Any]) -> Step:
    page.known(place, table, _STEP)
    question = _question(page, place, table)
    until = page.condition(place, table, "until", WORDS)
    if question is not None and until is not None:
        page.fault((*place, "question"), "a step has a question or until, not both")
    return Step(
        text=page.text(place, table, "text", needed=True),
        do=page.text(place, table, "do"),
        until=until,
        hint=page.text(place, table, "hint"),
        hint_after=page.number(place, table, "hint_after", HINT_AFTER, 0, 3600),
        remember=_remembered(page, place, table),
        question=question,
    )


def _remembered(page: Page, place: Place, table: Mapping[str, Any]) -> dict[str, Condition]:
    kept = page.section(place, table, "remember")
    read = {name: page.condition((*place, "remember"), kept, name, WORDS, "number") for name in kept}
    return {name: condition for name, condition in read.items() if condition is not None}


def _question(page: Page, place: Place, table: Mapping[str, Any]) -> Question | None:
    if "question" not in table:
        for key in ("answers", "right", "because"):
            if key in table:
                page.fault((*place, key), "belongs to a question, and there is none")
        return None
    answers = page.texts(place, table, "answers")
    if len(answers) < 2:
        page.fault((*place, "answers"), "at least two answers are needed")
        return None
    right = page.number(place, table, "right", 1, 1, len(answers))
    if "right" not in table or right != int(right):
        page.fault((*place, "right"), f"the number of the right answer is needed, 1 to {len(answers)}")
    text = page.text(place, table, "question", needed=True)
    return Question(text, answers, int(right) - 1, page.text(place, table, "because", needed=True))


def summed_up(lesson: Lesson, remembered: Mapping[str, float]) -> str:
    """The summary with the learner's own numbers; a dash for one that was not seen."""

    def number(match: re.Match[str]) -> str:
        value = remembered.get(match[1])
        if value is None or value != value:
            return "–"
        return f"{value:.0%}" if match[2] else f"{value:.3g}"

    return _PLACEHOLDER.sub(number, lesson.summary)
