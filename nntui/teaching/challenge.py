"""A challenge: a network that is broken or bare, a goal, and what may be changed to reach it.

::

    title = "Wake the dead"
    preset = "dying-relu-one-layer"
    level = 3                                   # 1 easy … 5 hard
    about = "Most of the neurons are dead."
    goal = "test_accuracy > 95%"                # see nntui.teaching.words
    epochs = 100                                # within so many
    allowed = ["schedule.scale", "redraw"]      # what may be changed: settings, or edits; empty: everything
    par_epochs = 60                             # three stars for no more than this …
    par_changes = 2                             # … and this
    hint = "What helps who is stuck."

    [[solution]]
    epoch = 5                                   # when this many epochs have ended
    command = {command = "redraw", dead = true}

Scored are the epochs trained and the changes made until the goal was reached: three stars at or below both pars, two at
or below one of them, one for the goal alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntui.experiment import Experiment
from nntui.experiment.library import preset_folder
from nntui.experiment.messages import did_you_mean, listed
from nntui.experiment.table import PARAMETERS
from nntui.teaching.conditions import Condition
from nntui.teaching.reading import Page, Place
from nntui.teaching.words import WORDS
from nntui.training.commands import (
    Command,
    Jump,
    Pace,
    Pause,
    RangeTest,
    Redo,
    Redraw,
    Restart,
    Resume,
    Rewind,
    Set,
    SetWeight,
    Silence,
    Step,
    Stop,
    Undo,
    Watch,
    from_json,
)

_KEYS = (
    "title", "preset", "level", "about", "goal", "epochs", "allowed", "par_epochs", "par_changes", "hint", "solution",
)  # fmt: skip
_FREE = (Pause, Resume, Step, Stop, Pace, Watch, RangeTest)
_TIME = (Rewind, Undo, Redo, Jump)
EDITS: Mapping[type[Command], str] = {Redraw: "redraw", Silence: "silence", SetWeight: "set_weight"}
_IN_WORDS = {
    "schedule.scale": "the learning rate", "redraw": "the draw of the weights", "set_weight": "single weights",
    "training.batch_size": "the batch size", "regularization": "the penalties on weights",
    "network.activation": "the activation", "loss": "the loss", "optimizer": "the optimizer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that was read.

    Attributes:
        name: of its file.
        solution: commands, each with the epoch it is given at.
    """

    name: str
    title: str
    preset: str
    goal: Condition
    epochs: int
    level: int = 1
    about: str = ""
    allowed: tuple[str, ...] = ()
    par_epochs: int = 0
    par_changes: int = 0
    hint: str = ""
    solution: tuple[tuple[int, Command], ...] = ()

    def forbids(self, command: Command) -> str:
        """Why a command is against the rules; empty where it is not."""
        if isinstance(command, _FREE):
            return ""
        if isinstance(command, _TIME):
            return "a challenge goes forward only; start it again instead"
        if isinstance(command, Restart):
            return "a challenge starts again with its own settings and seed"
        return self.forbids_setting(command.name if isinstance(command, Set) else EDITS.get(type(command), ""))

    def forbids_setting(self, name: str) -> str:
        """Why a setting, or an edit by its name, must not be changed; empty where it may."""
        if not self.allowed or any(name == each or name.startswith(each + ".") for each in self.allowed):
            return ""
        return f"in this challenge you may change only {self.rules}"

    @staticmethod
    def is_setting(allowed: str) -> bool:
        """Whether this of what may be changed is a setting, or the beginning of some, and no edit of weights."""
        return allowed not in EDITS.values()

    @property
    def rules(self) -> str:
        """What may be changed, in words."""
        return listed(_IN_WORDS.get(each, each) for each in self.allowed) if self.allowed else "anything"

    def own_run(self, preset: Experiment) -> Experiment:
        """The preset, with no fewer epochs than the challenge gives: its run must not end before it is decided."""
        return preset.with_value("training.epochs", max(preset.training.epochs, self.epochs))

    def stars(self, epochs: float, changes: int) -> int:
        """For reaching the goal after so many epochs with so many changes: 1 to 3."""
        return 1 + (epochs <= self.par_epochs) + (changes <= self.par_changes)


def list_challenges() -> list[Path]:
    """The files of all challenges that come with the program."""
    return sorted((preset_folder() / "challenges").glob("*.toml"))


def read_challenge(path: Path) -> Challenge:
    """The challenge of a file.

    Raises:
        PresetError: with every fault.
    """
    page = Page(path)
    tree = page.tree
    page.known((), tree, _KEYS)
    goal = page.condition((), tree, "goal", WORDS)
    if not tree.get("goal"):
        page.fault(("goal",), "missing")
    allowed = page.texts((), tree, "allowed")
    known = (*PARAMETERS, *{name.partition(".")[0] for name in PARAMETERS}, *EDITS.values())
    for each in allowed:
        if each not in known:
            page.fault(("allowed",), f"{each}: neither a setting nor an edit{did_you_mean(each, known)}")
    epochs = int(page.number((), tree, "epochs", 100, 1, 1e6))
    title, preset = page.text((), tree, "title", needed=True), page.preset(tree)
    level = int(page.number((), tree, "level", 1, 1, 5))
    par_epochs = int(page.number((), tree, "par_epochs", epochs, 0, 1e6))
    par_changes = int(page.number((), tree, "par_changes", 1, 0, 1e6))
    words = {key: page.text((), tree, key) for key in ("about", "hint")}
    solution = tuple(_move(page, place, table) for place, table in page.tables((), tree, "solution"))
    page.finish()
    assert goal is not None
    return Challenge(
        path.stem, title, preset, goal, epochs, level, words["about"], allowed, par_epochs, par_changes,
        words["hint"],
        tuple(move for move in solution if move is not None),
    )  # fmt: skip


def _move(page: Page, place: Place, table: Mapping[str, Any]) -> tuple[int, Command] | None:
    page.known(place, table, ("epoch", "command"))
    epoch = int(page.number(place, table, "epoch", 0, 0, 1e6))
    try:
        return epoch, from_json(dict(page.section(place, table, "command")))
    except ValueError as error:
        page.fault((*place, "command"), str(error))
        return None
