"""``nntui learn``: lessons and challenges in the dashboard, or a learner's progress as JSON."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from nntui.cli import DONE
from nntui.commandline import BadInputError, dashboard
from nntui.commandline.arguments import shown
from nntui.experiment import PresetError, find_preset, read_preset
from nntui.experiment.messages import did_you_mean, listed
from nntui.experiment.toml_file import read_text
from nntui.teaching.challenge import Challenge, list_challenges, read_challenge
from nntui.teaching.lesson import Lesson, list_lessons, read_lesson
from nntui.teaching.pages import read_page
from nntui.teaching.progress import Progress
from nntui.tui.bindings import ACTIONS

_ACTION = re.compile(r"\{([a-z]+\.[a-z_]+)\}")


def run(values: argparse.Namespace) -> int:
    """Show the list, or begin what is named; or print the progress."""
    if values.export or values.list:
        progress = Progress()
        if values.list:
            print("\n".join(_table(progress)))
        if progress.trouble:
            raise BadInputError(f"nntui: {progress.trouble}")
        if values.export:
            print(json.dumps(progress.export(), indent=1, ensure_ascii=False))
        return DONE
    values.learn, values.preset, values.epochs = "", None, None
    if values.lesson is not None:
        values.learn, page = _found(values.lesson)
        values.preset, values.epochs = page.preset, _epochs(page)
    values.settings, values.threads, values.paused = [], 1, bool(values.learn)
    return dashboard.run(values)


def _epochs(page: Lesson | Challenge) -> int | None:
    """How many epochs the page's run has; None: as its preset says."""
    if isinstance(page, Lesson):
        return page.epochs or None
    return page.own_run(read_preset(find_preset(page.preset))).training.epochs


def _found(wanted: str) -> tuple[str, Lesson | Challenge]:
    """The file of a lesson or challenge, by its name or path, and what it holds.

    Raises:
        BadInputError: there is none, or it has faults.
    """
    files = {path.stem: path for path in [*list_challenges(), *list_lessons()]}
    path = Path(wanted) if wanted.endswith(".toml") else files.get(wanted)
    if path is None:
        hint = did_you_mean(wanted, files)
        known = listed(sorted(files))
        raise BadInputError(f"nntui: {shown(wanted)}: no such lesson or challenge; there are {known}{hint}")
    return str(path), checked_page(path)


def checked_page(path: Path) -> Lesson | Challenge:
    """The lesson or challenge of a file, every key that it names being there.

    Raises:
        BadInputError: with every fault.
    """
    try:
        page = read_page(path)
    except PresetError as error:
        raise BadInputError(str(error)) from None
    known = {action.id for action in ACTIONS}
    faults = [
        f"{path}:{number}: {{{name}}}: no key does that{did_you_mean(name, known)}"
        for number, line in enumerate(read_text(path).split("\n"), 1)
        for name in _ACTION.findall(line)
        if name not in known
    ]
    if faults:
        raise BadInputError("\n".join(faults))
    return page


def _table(progress: Progress) -> list[str]:
    """A line for each lesson and each challenge, with what was done of it."""
    lines = ["Lessons"]
    lessons = sorted((read_lesson(path) for path in list_lessons()), key=lambda lesson: lesson.order)
    for lesson in lessons:
        record = progress.of(lesson.name)
        done = "done" if record.finished else f"{record.steps}/{len(lesson.steps)}"
        lines.append(f"  {lesson.name:<20} {done:>5}  {lesson.title}")
    lines.append("Challenges")
    for challenge in sorted((read_challenge(path) for path in list_challenges()), key=lambda each: each.level):
        stars = "*" * progress.of(f"challenge/{challenge.name}").stars
        lines.append(f"  {challenge.name:<20} {stars:>5}  level {challenge.level}: {challenge.title}")
    return lines
