"""Whether a key does something now: what it acts on must be on the screen, and the run must be able to take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from nntui.tui.bindings import Action, Object
from nntui.tui.model import Model
from nntui.tui.widgets.status import is_offered
from nntui.tui.widgets.text import listed

if TYPE_CHECKING:
    from nntui.tui.views import Tab

_UNIT = frozenset(
    ("diagram", "units", "neuron", "neuron-curve", "neuron-map", "chain", "chain-bars", "nudge"),
)
PANELS: Mapping[Object, frozenset[str]] = {
    Object.UNIT: _UNIT,
    Object.WEIGHT: frozenset(("neuron", "chain", "nudge")),
    Object.SAMPLE: frozenset(("diagram", "neuron", "neuron-curve", "neuron-map", "decision-map", "chain", "nudge")),
}
"""The panels that show what is selected; by any of them a person sees what a key is about to act on."""

_NAMES = {Object.UNIT: "unit", Object.WEIGHT: "weight", Object.SAMPLE: "sample"}
_BLIND = ("Run", "Change", "Time")  # groups of actions that nobody should use without seeing a panel
_ALWAYS = ("run.pause",)


class Stage(Protocol):
    """What there is on the screen."""

    @property
    def shown(self) -> frozenset[str]:
        """Panels with a place on the screen; none where the terminal is too small."""

    @property
    def is_maximised(self) -> bool:
        """Whether one panel has the room of all."""

    @property
    def tab(self) -> Tab:
        """The view."""

    def panels_of(self, tab: Tab) -> tuple[str, ...]:
        """The panels that a view holds."""

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All views."""


def why_unavailable(action: Action, stage: Stage, model: Model, keys: Mapping[str, str]) -> str:
    """Why the action would do nothing now, in a sentence; empty where it does something.

    Args:
        keys: the key to name for every action, by the action's id.
    """
    if not stage.shown and action.group in _BLIND and action.id not in _ALWAYS:
        return "The terminal is too small to show what this key would change."
    if reason := model.forbids(action.id):
        return reason
    match action.acts_on:
        case None:
            return ""
        case Object.OFFER:
            return "" if is_offered(model) else "No interrupted run is offered."
        case Object.RUN if model.is_replay:
            return _read_only(model)
        case Object.RUN:
            return ""
        case Object.NETWORK:
            return _why_no_edit(model, keys)
        case Object.MOVED_RATE:
            none = "No new length of the run has moved the learning rate, so there is none to keep."
            return "" if model.rate_to_keep is not None else none
        case Object.TRAINING:
            return _why_no_training(model, keys)
    if not PANELS[action.acts_on] & stage.shown:
        return _where(action, stage, keys)
    return _why_no_edit(model, keys) if action.group == "Change" else ""


def _where(action: Action, stage: Stage, keys: Mapping[str, str]) -> str:
    """In which views the selected unit, weight or sample is to be seen."""
    assert action.acts_on is not None
    wanted = PANELS[action.acts_on]
    does = f"{keys[action.id]} ({action.label.lower()}) acts on the selected {_NAMES[action.acts_on]}"
    if stage.is_maximised and wanted & set(stage.panels_of(stage.tab)):
        return f"{does}, which the maximized panel hides: {keys['look.maximise']} shows all panels."
    views = [f"{tab.title} ({keys[f'view.{tab.id}']})" for tab in stage.tabs if wanted & set(stage.panels_of(tab))]
    if not views:
        return f"{does}; no view holds a panel that shows it: {keys['view.panels']} chooses panels."
    return f"{does}; open {listed(views, 'or')} to see it."


def _why_no_training(model: Model, keys: Mapping[str, str]) -> str:
    """Of keys that steer the training: there must be some."""
    restart, edit = keys["run.restart"], keys["change.edit"]
    if model.is_replay:
        return _read_only(model)
    if model.state == "finished" and not model.has_more_epochs:
        return f"Nothing is training: the run has finished. {restart} restarts it, {edit} edits settings, adds epochs."
    if model.state == "stopped":
        return f"Nothing is training: the run was stopped. {restart} restarts it."
    if model.state == "failed":
        return f"Nothing is training: the training process is gone. {restart} restarts it."
    return "" if model.started is not None else "Training has not begun yet."


def _why_no_edit(model: Model, keys: Mapping[str, str]) -> str:
    """Of keys that change weights: there must be a network of now, and it must be this run's."""
    if model.is_replay:
        return _read_only(model)
    if model.started is None or model.state in ("loading", "failed") or model.is_starting:
        return "There is no network to edit yet."
    if model.cursor is not None:
        back, now = keys["time.return"], keys["time.now"]
        return f"This is an earlier epoch: {back} takes the run back there, {now} returns to the present."
    return ""


def _read_only(model: Model) -> str:
    if model.status is not None and model.status.recording.startswith("read-only"):
        return "Another program trains this run; change it there."
    return f"This is a recording, nothing is training: nntui resume {model.run} trains on."
