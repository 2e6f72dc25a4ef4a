"""Every key of the dashboard, once: for the app's bindings, the footer, the help screen, the palette and the README.

A key is written as a person reads it: a character as itself (``[``, ``R``, ``?``), any other key by its name
(``space``, ``pagedown``, ``f5``), with ``ctrl+``, ``alt+`` or ``shift+`` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding

ALWAYS_QUITS = "ctrl+c"
GROUPS = ("Run", "Change", "Time", "Views", "Look", "Program")


class Object(Enum):
    """What an action acts on, where that is not always there."""

    RUN = "a run that is trained here, not a recording"
    NETWORK = "the network of now"
    UNIT = "the selected unit"
    WEIGHT = "the selected weight"
    SAMPLE = "the selected sample"
    TRAINING = "the training under way"
    OFFER = "the interrupted run that is offered"
    MOVED_RATE = "the learning rate that a new length of the run moved"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do with one key.

    Attributes:
        id: its name in the config file's ``[keys]``.
        keys: the keys that do it.
        action: the app's method, without ``action_``.
        label: one or two words, for the footer.
        sentence: what it does, for tooltips, help and palette.
        group: one of ``GROUPS``.
        in_footer: whether the footer shows it.
        pair: label of the footer entry that it shares with its neighbor (``[`` and ``]``), or empty.
        acts_on: what must be on the screen, or under way, for it to do something; None: nothing in particular.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    label: str
    sentence: str
    group: str
    in_footer: bool = False
    pair: str = ""
    acts_on: Object | None = None


ACTIONS: tuple[Action, ...] = (
    Action("run.pause", ("space",), "toggle_pause", "Pause", "Pause training, or let it go on.", "Run", True),
    Action("run.epoch", ("n",), "one_epoch", "Epoch", "Train to the end of one epoch, then pause.", "Run", True),
    Action("run.batch", ("b",), "one_batch", "Batch", "Train on one batch (one optimizer step), then pause.", "Run"),
    Action("run.slower", ("<",), "pace_down", "Slower", "Train fewer epochs a second.", "Run", pair="Pace"),
    Action(
        "run.faster", (">",), "pace_up", "Faster",
        "Train more epochs a second; past the last step, as fast as the machine can.", "Run", pair="Pace",
    ),
    Action(
        "run.restart", ("r",), "restart", "Restart",
        "Start again from the same random start, with the hyperparameters as they are now.", "Run",
    ),
    Action(
        "run.new_seed", ("R",), "restart_new_seed", "New seed",
        "Restart with a new seed: new weights and sample order, same data and split.", "Run", acts_on=Object.RUN,
    ),
    Action(
        "change.rate_down", ("[",), "learning_rate_down", "Rate down",
        "Lower the learning rate by a factor; the schedule keeps its shape.", "Change", True, pair="Rate",
        acts_on=Object.TRAINING,
    ),
    Action(
        "change.rate_up", ("]",), "learning_rate_up", "Rate up",
        "Raise the learning rate by a factor; the schedule keeps its shape.", "Change", True, pair="Rate",
        acts_on=Object.TRAINING,
    ),
    Action(
        "change.batch_halve", ("{",), "batch_size_halve", "Batch ÷ 2",
        "Halve the batch size: noisier gradients, more steps per epoch.", "Change", pair="Batch size",
        acts_on=Object.TRAINING,
    ),
    Action(
        "change.batch_double", ("}",), "batch_size_double", "Batch × 2",
        "Double the batch size: smoother gradients, fewer steps per epoch.", "Change", pair="Batch size",
        acts_on=Object.TRAINING,
    ),
    Action(
        "change.edit", ("e",), "edit", "Edit",
        "Change any hyperparameter in a form that shows its bounds and what it means.", "Change", True,
        acts_on=Object.RUN,
    ),
    Action("change.keep_rate", ("k",), "keep_rate", "Keep rate",
           "Keep the learning rate when a new length of the run stretches its schedule.", "Change",
           acts_on=Object.MOVED_RATE),
    Action(
        "change.range_test", ("f",), "range_test", "Find rate",
        "Try ever higher learning rates on a copy of the network, and take over the one that suits.", "Change",
        acts_on=Object.RUN,
    ),
    Action(
        "change.remedy", ("a",), "remedy", "Remedy",
        "Apply the suggested fix or, with no diagnosis, ask whether to start the fixed version.", "Change",
        acts_on=Object.RUN,
    ),
    Action(
        "change.evidence", ("A",), "evidence", "Evidence",
        "Show why the program says that something is wrong: the numbers, the mechanism, what to try.", "Change",
    ),
    Action("neuron.set_weight", ("w",), "set_weight", "Set weight",
           "Set the selected weight, in the views Neurons and Gradients.", "Change", acts_on=Object.WEIGHT),
    Action("neuron.silence", ("x",), "silence", "Silence",
           "Set the incoming weights and the bias of the selected hidden unit to 0.",
           "Change", pair="Unit", acts_on=Object.UNIT),
    Action("neuron.revive", ("X",), "revive", "Revive",
           "Draw new random weights for the dead units of the selected unit's layer.",
           "Change", pair="Unit", acts_on=Object.UNIT),
    Action("neuron.reinitialize", ("W",), "reinitialize", "Reinitialize",
           "Draw new random weights for a layer or for all: choose the layer, then the initializer.", "Change",
           acts_on=Object.NETWORK),
    Action("change.save", ("S",), "save_preset", "Save preset",
           "Save the network and all hyperparameters as they are now as a preset of your own.", "Change"),
    Action(
        "change.presets", ("p",), "presets", "Presets",
        "Choose another preset from a list with a description of each.", "Change",
    ),
    Action("data.open", ("d",), "open_data", "Own data",
           "Open your own data: a table in a CSV or Parquet file, and the column to predict.", "Change"),
    Action(
        "change.undo", ("u",), "undo", "Undo",
        "Undo the last change: the run goes back to just before it. Quick presses of one key are one change.", "Time",
        pair="Undo", acts_on=Object.RUN,
    ),
    Action("change.redo", ("U",), "redo", "Redo", "Redo what was undone.", "Time", pair="Undo", acts_on=Object.RUN),
    Action("time.far_back", ("shift+left",), "far_back", "Far back", "Move the time cursor ten times as far back.",
           "Time"),
    Action("time.far_on", ("shift+right",), "far_on", "Far on", "Move the time cursor ten times as far on.", "Time"),
    Action("time.start", ("home",), "time_start", "Start", "Look at the network before its first step.", "Time"),
    Action("time.end", ("end",), "time_end", "End", "Look at the last epoch there is.", "Time"),
    Action("time.return", ("enter",), "enter", "Go back",
           "Take the run back to the epoch looked at; in a list, open what is selected.", "Time"),
    Action("time.best", ("B",), "best", "Best epoch",
           "Take the run back to the epoch with the lowest validation (or test) loss.", "Time"),
    Action("time.now", ("escape",), "now", "Now", "Look at the present again.", "Time"),
    Action("time.tree", ("t",), "tree", "Branches", "Show the tree of branches, and go on with another.", "Time"),
    Action("time.compare", ("c",), "compare", "Compare",
           "Pick runs and branches, and see their curves and settings beside one another.", "Time"),
    Action("time.resume", ("o",), "resume_interrupted", "Resume",
           "Resume the run that was interrupted, when the program offers it.", "Time", acts_on=Object.OFFER),
    Action("time.delete", ("delete",), "delete", "Remove",
           "Remove the highlighted run from the disk, after a question.", "Time"),
    Action("view.overview", ("1",), "view_1", "Overview",
           "Overview: loss, accuracy, learning rate, weights, activations, hyperparameters.", "Views"),
    Action("view.layers", ("2",), "view_2", "Layers",
           "Layers: each layer's weights over time, its gradients and updates, how far the signal reaches.", "Views"),
    Action("view.neurons", ("3",), "view_3", "Neurons",
           "Neurons: the network as a diagram, every unit, and one of them closely.", "Views"),
    Action("view.predictions", ("4",), "view_4", "Predictions",
           "Predictions: what the network answers, and where it is wrong.", "Views"),
    Action("view.gradients", ("5",), "view_5", "Gradients",
           "Gradients: the chain rule with the real numbers, factor by factor.", "Views"),
    Action("view.runs", ("6",), "view_6", "Runs", "Runs: those recorded, compared, and their branches.", "Views"),
    Action("view.panels", ("v",), "choose_panels", "Panels", "Choose which panels this view holds; it is remembered.",
           "Views"),
    Action("look.log_axis", ("l",), "toggle_log", "Log axis", "Switch the loss axis between linear and log.", "Look"),
    Action(
        "look.smoothing", ("s",), "cycle_smoothing", "Smoothing",
        "Smooth the curves more, or not at all; the raw curve stays visible behind.", "Look",
    ),
    Action("look.log_epochs", ("alt+l",), "toggle_log_epochs", "Log epochs",
           "Switch the axis of the epochs between linear and log.", "Look"),
    Action("look.zoom_in", ("+", "="), "zoom_in", "Closer",
           "Show fewer epochs in the curves, about the time cursor or up to the newest; the wheel does it too.", "Look",
           pair="Zoom"),
    Action("look.zoom_out", ("-",), "zoom_out", "Wider", "Show more epochs in the curves.", "Look", pair="Zoom"),
    Action("look.zoom_whole", ("0",), "zoom_whole", "Whole run", "Show the whole run in the curves.", "Look"),
    Action(
        "look.maximise", ("m",), "maximise", "Maximise",
        "Give the focused panel the whole screen, or put it back.", "Look",
    ),
    Action("look.next_panel", ("tab",), "next_panel", "Next panel", "Focus the next panel.", "Look"),
    Action("look.previous_panel", ("shift+tab",), "previous_panel", "Last panel", "Focus the panel before.", "Look"),
    Action("look.left", ("left",), "go_left", "Left",
           "Move the time cursor back; in panels where one selects: what lies to the left.", "Look"),
    Action("look.right", ("right",), "go_right", "Right",
           "Move the time cursor on; in panels where one selects: what lies to the right.", "Look"),
    Action("look.layers_up", ("up",), "layers_up", "Up", "Select what lies above, or show the layers before.", "Look"),
    Action("look.layers_down", ("down",), "layers_down", "Down",
           "Select what lies below, or show the layers after.", "Look"),
    Action("look.page_up", ("pageup",), "page_up", "Page up", "Show what comes before, in panels of several pages.",
           "Look"),
    Action("look.page_down", ("pagedown",), "page_down", "Page down",
           "Show what comes after, in panels of several pages.", "Look"),
    Action("look.previous_sample", (",",), "previous_sample", "Previous sample",
           "Select the previous training sample.", "Look", pair="Sample", acts_on=Object.SAMPLE),
    Action("look.next_sample", (".",), "next_sample", "Next sample", "Select the next training sample.", "Look",
           pair="Sample", acts_on=Object.SAMPLE),
    Action("look.variant", ("g",), "turn_variant", "Variant", "Draw the focused panel in another of its ways.", "Look"),
    Action(
        "program.explain", ("i",), "explain", "Explain",
        "Explain the focused panel: what is drawn, its formula, how to read it, what to try.", "Program", True,
    ),
    Action(
        "learn.open", ("L",), "learn", "Learn",
        "Lessons, challenges and concepts; while one is on, what it asks for and what comes next.", "Program", True,
    ),
    Action("look.copy", ("y",), "copy_panel", "Copy",
           "Copy the focused panel as text: its numbers in words, and the picture.", "Program"),
    Action("program.screenshot", ("ctrl+s",), "take_screenshot", "Picture",
           "Save the screen as a picture (SVG) and as text, in the folder the program was started from.", "Program"),
    Action("program.tour", ("f1",), "tour", "Tour", "Take the tour: six short pages beside the panels they are about.",
           "Program"),
    Action("program.help", ("?",), "help", "Help", "Show every key and what it does.", "Program", True),
    Action(
        "program.palette", ("ctrl+p",), "command_palette", "Commands",
        "Type any command: an action, “set optimizer.momentum 0.95”, “load spirals”.", "Program",
    ),
    Action("program.suspend", ("ctrl+z",), "suspend", "Suspend",
           "Stop the program and return to the shell; fg continues it, and training waits meanwhile.", "Program"),
    Action("program.quit", ("q",), "quit", "Quit", f"Leave the program; {ALWAYS_QUITS} always does.", "Program", True),
)  # fmt: skip

IN_VIEW = {
    "overview": ("look.log_axis", "look.smoothing", "look.zoom_in", "look.zoom_out", "look.left", "look.right",
                 "time.return"),
    "layers": ("look.variant", "look.layers_up", "look.layers_down", "look.left", "look.right", "look.maximise"),
    "neurons": ("look.left", "look.right", "look.layers_up", "look.layers_down", "look.previous_sample",
                "look.next_sample", "look.variant", "neuron.set_weight", "neuron.silence", "neuron.revive"),
    "predictions": ("look.variant", "look.left", "look.right", "look.layers_up", "look.layers_down",
                    "look.previous_sample", "look.next_sample"),
    "gradients": ("look.left", "look.right", "look.layers_up", "look.layers_down", "look.previous_sample",
                  "look.next_sample", "look.variant"),
    "runs": ("look.layers_up", "look.layers_down", "run.pause", "time.return", "time.tree", "time.compare",
             "time.delete"),
}  # fmt: skip
"""What one uses most in each view."""

NAMED_KEYS = frozenset(
    ("space", "tab", "enter", "escape", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
     "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25)))
)  # fmt: skip
_MODIFIERS = re.compile(r"(?:(?:ctrl|alt|shift)\+)*")
# What terminals send for these cannot be told from another key.
_SAME_TO_A_TERMINAL = {
    "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape",
}  # fmt: skip
_OF_DIALOGS = ("enter", "escape")


def key_fault(key: str) -> str | None:
    """Why ``key`` cannot be bound, or None if it can."""
    modifiers = _MODIFIERS.match(key)
    held = modifiers.group() if modifiers else ""
    bare = key[len(held) :]
    if key in _SAME_TO_A_TERMINAL:
        return f'a terminal cannot tell "{key}" from "{_SAME_TO_A_TERMINAL[key]}"'
    if key == ALWAYS_QUITS:
        return f'"{key}" always quits and cannot be given to anything else'
    if key in _OF_DIALOGS:
        return f'"{key}" belongs to the dialogs'
    if len(bare) == 1 and bare.isprintable() and not bare.isspace():
        if held == "shift+":
            return f'write the character itself, as "{bare.upper()}", not "{key}"'
        return None
    if bare in NAMED_KEYS:
        return None
    return f'"{key}" is not a key; write a character as itself, another key as one of {", ".join(sorted(NAMED_KEYS))}'


def rebound(keys: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    """The table with other keys: ``keys`` maps an action's id to the keys that shall do it.

    A default key that ``keys`` gives to another action is taken away from the one that had it.
    """
    taken = {key: id for id, given in keys.items() for key in given}
    return tuple(
        replace(
            action,
            keys=keys[action.id]
            if action.id in keys
            else tuple(key for key in action.keys if taken.get(key, action.id) == action.id),
        )
        for action in ACTIONS
    )


def shown(keys: Iterable[str]) -> str:
    """Keys as the help and the README print them: ``< >``; ``-`` where there is none."""
    return " ".join(keys) or "-"


def bindings(actions: Iterable[Action] = ACTIONS, namespace: str = "app") -> list[Binding]:
    """The bindings, one a key, in the table's order; ``ctrl+c`` quits whatever has the focus.

    They belong to the main screen: Textual's own screens use ``tab`` before an app's bindings are asked, and a dialog
    must not see them. ``namespace`` says where the actions live, ``app`` or ``screen``.
    """
    from textual.binding import Binding

    groups = {
        action.pair: Binding.Group(action.pair, compact=True) for action in ACTIONS if action.pair
    }  # the footer joins neighbors that share the very same group
    made = [
        Binding(
            "comma" if key == "," else key,
            f"{namespace}.{action.action}",
            action.label,
            show=action.in_footer,
            tooltip=action.sentence,
            id=action.id,
            group=groups.get(action.pair),
        )
        for action in actions
        for key in action.keys
    ]
    made.append(
        Binding(ALWAYS_QUITS, f"{namespace}.quit", "Quit", show=False, priority=True, tooltip="Leave the program.")
    )
    return made
