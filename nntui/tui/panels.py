"""Every panel of the dashboard, once: what it is called, what draws it, when, and from which measurements.

A panel's drawing module, below ``nntui.tui.drawings``, has ``draw(request) -> Drawing`` and may have

- ``move(model, dx, dy)``: the arrow keys, where ``arrows`` is ``"select"``: changes ``model.chosen``;
- ``click(request, x, y)``: the mouse, ``x`` and ``y`` inside the frame: as ``move``, to what lies there; where it
  returns a text, that is the dotted name of a hyperparameter to edit, or empty for nothing;
- ``facts(model)``: label → value for the panel's explanation.

All of it in the event loop; of ``move`` and ``click`` the caller has measured and draws anew what is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Literal

from nntui.tui.model import Model, Topic
from nntui.tui.suited import is_classes, is_flat, is_regression, is_two_classes


def always(_: Model) -> bool:
    """The panel suits every run."""
    return True


@dataclass(frozen=True)
class Spec:
    """What a panel is.

    Attributes:
        id: its place in the views and its key in the explanations.
        title: in the frame.
        drawing: module below ``nntui.tui.drawings``; imported when the panel is first shown.
        topics: the news it is drawn for.
        needs: measurements it draws from; nobody measures them while it is not on the screen.
        library: module that takes long to import, and comes after all that is seen was drawn; the drawing does without
            it until then.
        applies: whether it has anything to say about this run; else the view gives its room to the others.
        arrows: what the arrow keys do while it has the focus: move the time cursor, or select something in it.
    """

    id: str
    title: str
    drawing: str
    topics: frozenset[Topic]
    needs: frozenset[str] = field(default_factory=frozenset)
    library: str = ""
    applies: Callable[[Model], bool] = always
    arrows: Literal["time", "select"] = "time"

    @property
    def module_name(self) -> str:
        return f"nntui.tui.drawings.{self.drawing}"

    @property
    def module(self) -> ModuleType:
        """The drawing module; imports it where nobody has."""
        return import_module(self.module_name)


def _topics(*names: Topic) -> frozenset[Topic]:
    return frozenset(("run", *names))


OVERVIEW = (
    Spec("loss", "Loss", "loss", _topics("rows", "settings", "status", "view", "time", "branches")),
    Spec("accuracy", "Accuracy", "accuracy", _topics("rows", "settings", "view", "time", "branches")),
    Spec("learning-rate", "Learning rate", "learning_rate", _topics("status", "settings", "time", "view"),
         library="textual_plotext"),
    Spec("weights", "Weights", "weights", _topics("snapshot", "time"), frozenset(("weights",))),
    Spec("activations", "Activations", "activations", _topics("snapshot", "time"), frozenset(("activations",))),
    Spec("hyperparameters", "Hyperparameters", "hyperparameters", _topics("settings", "status", "asked", "time")),
)  # fmt: skip

_TRENDS = frozenset(("trends",))
_LAYERS_NEWS = _topics("snapshot", "time", "settings", "view")
LAYERS: tuple[Spec, ...] = (
    Spec("weights-over-time", "Weights over epochs", "layers_weights", _LAYERS_NEWS, _TRENDS),
    Spec("gradients", "Gradients", "layers_gradients", _LAYERS_NEWS, _TRENDS),
    Spec("update-ratio", "Update ÷ weight", "layers_ratio", _LAYERS_NEWS, _TRENDS),
    Spec("gradient-flow", "Gradient flow", "layers_flow", _LAYERS_NEWS, _TRENDS),
    Spec("activation-spread", "Activation mean and spread", "layers_spread", _LAYERS_NEWS, _TRENDS),
)

_NEURONS_NEWS = _topics("snapshot", "time", "chosen")
NEURONS = (
    Spec("diagram", "Network", "neurons_diagram", _NEURONS_NEWS, frozenset(("network",)), arrows="select"),
    Spec("units", "Units", "neurons_units", _NEURONS_NEWS, frozenset(("network",)), arrows="select"),
    Spec("neuron", "One unit", "neurons_neuron", _NEURONS_NEWS, frozenset(("neuron",)), arrows="select"),
    Spec("neuron-curve", "Activation curve", "neurons_curve", _NEURONS_NEWS, frozenset(("neuron",)),
         arrows="select"),
    Spec("neuron-map", "What it looks for", "neurons_map", _NEURONS_NEWS, frozenset(("neuron_map",)),
         arrows="select"),
)  # fmt: skip

PREDICTIONS = (
    Spec("decision-map", "Decision map", "decision_map", _topics("snapshot", "time", "chosen"),
         frozenset(("decision_map",)), applies=is_flat),
    Spec("fit", "Predicted against true", "fit", _topics("snapshot", "time"), frozenset(("fit",)),
         applies=is_regression),
    Spec("confusion", "Confusion", "confusion", _topics("snapshot", "time"), frozenset(("confusion",)),
         applies=is_classes),
    Spec("mistakes", "Worst mistakes", "mistakes", _topics("snapshot", "time"), frozenset(("mistakes",))),
    Spec("roc", "ROC", "roc", _topics("snapshot", "time"), frozenset(("roc",)), applies=is_two_classes),
    Spec("sample-losses", "Loss by sample", "sample_losses", _topics("snapshot", "time"),
         frozenset(("sample_losses",))),
)  # fmt: skip

GRADIENTS = (
    Spec("chain", "Chain rule", "chain", _topics("snapshot", "time", "chosen"), frozenset(("chain",)),
         arrows="select"),
    Spec("chain-bars", "∂L/∂z on its way back", "chain_bars", _topics("snapshot", "time", "chosen"),
         frozenset(("chain",)), arrows="select"),
    Spec("nudge", "Nudge and next step", "nudge", _topics("snapshot", "time", "chosen"), frozenset(("nudge",)),
         arrows="select"),
    Spec("surface", "Loss surface", "surface", _topics("snapshot", "time"), frozenset(("surface",))),
)  # fmt: skip

_RUNS_NEWS = _topics("branches", "chosen", "state")
RUNS: tuple[Spec, ...] = (
    Spec("run-list", "Runs", "run_list", _RUNS_NEWS, arrows="select"),
    Spec("comparison", "Comparison", "comparison", _topics("branches", "chosen", "view"), arrows="select"),
    Spec("branches", "Branches", "branches", _RUNS_NEWS, arrows="select"),
)

SPECS: tuple[Spec, ...] = (*OVERVIEW, *LAYERS, *NEURONS, *PREDICTIONS, *GRADIENTS, *RUNS)
BY_ID = {spec.id: spec for spec in SPECS}
