"""Which panels suit which run: known from its first facts, before anything is measured."""

from __future__ import annotations

from nntui.tui.model import Model

FLAT_INPUTS = (1, 2)


def is_classes(model: Model) -> bool:
    """Whether the run predicts classes."""
    return model.started is not None and model.started.task == "classification"


def is_regression(model: Model) -> bool:
    """Whether the run predicts numbers."""
    return model.started is not None and model.started.task == "regression"


def is_two_classes(model: Model) -> bool:
    """Whether there are just two classes, as far as the size of the output tells."""
    return is_classes(model) and model.started is not None and model.started.layer_sizes[-1] <= 2


def is_flat(model: Model) -> bool:
    """Whether all that the network knows of a sample is one or two numbers."""
    if model.started is None or (model.started.layer_sizes[-1] > 1 and is_regression(model)):
        return False
    return bool(model.experiment.data.features) or model.started.layer_sizes[0] in FLAT_INPUTS
