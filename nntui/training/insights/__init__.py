"""What a closer look at the network finds: one record a module, measured by `nntui.training.measuring`.

A record is a frozen dataclass of numbers, words, arrays, tuples of these, and further such dataclasses; so it travels
from the training process to the screen without any code of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

KINDS: Mapping[str, str] = {
    "trends": "Trends",
    "network": "Network",
    "neuron": "Neuron",
    "neuron_map": "NeuronMap",
    "decision_map": "DecisionMap",
    "fit": "Fit",
    "confusion": "Confusion",
    "mistakes": "Mistakes",
    "roc": "Roc",
    "sample_losses": "SampleLosses",
    "chain": "Chain",
    "nudge": "Nudge",
    "surface": "Surface",
}
"""The name of the quantity and the class of its record, in the module of that name."""


def kind(name: str) -> type[Any]:
    """The class of the record of a quantity.

    Raises:
        KeyError: there is no such quantity.
    """
    found: type[Any] = getattr(import_module(f"{__name__}.{name}"), KINDS[name])
    return found
