"""Concept pages: each idea of a first course in about 150 words, with its formula, its source and where to see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nntui.files import SETTINGS, read_file


@dataclass(frozen=True, slots=True)
class Concept:
    """What is known of a page without reading it.

    Attributes:
        title: its heading.
        preset: shows it.
        view: the view to look at: overview, layers, neurons, predictions or gradients.
        rules: diagnoses that it explains.
        panels: panels of the dashboard that show it.
    """

    title: str
    preset: str
    view: str
    rules: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()


CONCEPTS: Mapping[str, Concept] = {
    "neuron": Concept("What a neuron is", "one-neuron", "neurons", (), ("neuron", "neuron-curve", "diagram")),
    "training": Concept("Training tunes the weights", "xor", "overview", ("not_learning",),
                        ("weights", "weights-over-time", "surface")),
    "non-linearity": Concept("Why an activation must bend", "linear-collapse", "predictions", ("linear_collapse",),
                             ("decision-map",)),
    "features": Concept("Each neuron learns a feature", "what-a-neuron-learns", "neurons", (), ("neuron-map",)),
    "dead-neurons": Concept("Neurons that die", "dying-relu-one-layer", "neurons", ("dead_units",), ("units",)),
    "saturation": Concept("Saturation", "saturated-tanh", "overview", ("saturated",), ("activations",)),
    "learning-rate": Concept(
        "The learning rate", "learning-rate", "overview", ("learning_rate_high", "learning_rate_low", "not_finite"),
        ("learning-rate", "update-ratio"),
    ),
    "schedules": Concept("A learning rate that falls", "schedules", "overview"),
    "adaptive-rates": Concept("Learning rates that adapt", "adaptive-rates", "overview", ("input_scale",)),
    "cyclical-rates": Concept("Cyclical rates and the range test", "cyclical", "overview"),
    "initialization": Concept(
        "How weights begin", "he-or-xavier", "layers", ("exploding_gradient",), ("activation-spread",)
    ),
    "symmetry": Concept("Neurons that stay copies", "zero-init", "neurons", ("clones",)),
    "randomness": Concept("Training is random", "lucky-seed", "runs", (), ("comparison",)),
    "loss": Concept("The loss", "loss-at-start", "overview", ("initial_loss", "gradient_ascent"),
                    ("loss", "sample-losses")),
    "loss-and-output": Concept(
        "The loss belongs to the output", "squared-or-cross-entropy", "gradients", ("squared_error_on_sigmoid",)
    ),
    "chain-rule": Concept("Backpropagation is the chain rule", "chain-rule", "gradients", (),
                          ("chain", "chain-bars", "nudge")),
    "vanishing-gradient": Concept(
        "Gradients that vanish", "vanishing-gradient", "layers", ("vanishing_gradient",), ("gradient-flow", "gradients")
    ),
    "overfitting": Concept("Fitting is not learning", "overfitting", "overview", ("overfitting",), ("accuracy",)),
    "validation": Concept("Validation and test", "overfitting", "overview"),
}  # fmt: skip


def page(name: str) -> str:
    """The page in Markdown.

    Raises:
        KeyError: there is no such page.
    """
    if name not in CONCEPTS:
        raise KeyError(name)
    return read_file(Path(__file__).parent / f"{name}.md", SETTINGS).decode()


def concept_of_rule(rule: str) -> str:
    """The page that explains a diagnosis; empty where none does."""
    return next((name for name, concept in CONCEPTS.items() if rule in concept.rules), "")


def concept_of_panel(panel: str) -> str:
    """The page that explains what a panel shows; empty where none does."""
    return next((name for name, concept in CONCEPTS.items() if panel in concept.panels), "")
