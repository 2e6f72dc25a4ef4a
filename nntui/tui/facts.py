"""The numbers of this moment, in words, for the explanation of a panel."""

from __future__ import annotations

from nntui.experiment import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, Entry
from nntui.tui.model import SCALE, Model
from nntui.tui.widgets.text import compact, number, whole


def facts(panel: str, model: Model) -> dict[str, str]:
    """What the panel shows right now, as label and value."""
    if model.history is None or model.started is None:
        return {}
    last = model.history.last
    result: dict[str, str] = {}
    if panel == "loss":
        result["training loss"] = number(last("train_loss"))
        if model.decided_by == "validation":
            result["validation loss"] = number(last("validation_loss"))
        result["test loss"] = number(last("test_loss"))
        result["loss of guessing"] = number(model.guessing_loss)
    elif panel == "accuracy":
        result["on training data"] = number(last("train_score"))
        if model.decided_by == "validation":
            result["on validation data"] = number(last("validation_score"))
        result["on test data"] = number(last("test_score"))
    elif panel == "learning-rate" and model.status is not None:
        result["in force"] = number(model.status.learning_rate)
        result["scale"] = number(model.number(SCALE))
        result["step"] = whole(model.status.step)
    elif panel == "status" and model.status is not None:
        result["epochs a second"] = compact(model.status.epochs_per_second)
        result["samples a second"] = compact(model.status.samples_per_second)
    elif panel == "hyperparameters":
        result["weights and biases"] = whole(model.started.parameters)
        result["layers"] = " – ".join(map(str, model.started.layer_sizes))
    return result | _layers(panel, model)


def _layers(panel: str, model: Model) -> dict[str, str]:
    if model.shown_snapshot is None:
        return {}
    if panel == "weights":
        return {
            layer.layer: f"mean {number(layer.mean, 3)}, standard deviation {number(layer.std, 3)}"
            for layer in model.shown_snapshot.weights
        }
    if panel == "activations":
        return {
            layer.layer: f"{layer.activation}, saturated {_share(layer.saturated)}, dead units {_share(layer.dead)}"
            for layer in model.shown_snapshot.activations
        }
    return {}


def _share(share: float) -> str:
    return f"{share:.0%}" if share == share else "n/a"


def parts(panel: str, model: Model) -> list[tuple[str, Entry]]:
    """The registered things that the panel depends on now, with their role in words."""
    experiment = model.experiment
    if panel == "loss":
        return _found(("loss", LOSSES.get(str(experiment.value("loss.name")))))
    if panel == "learning-rate":
        return _found(
            ("schedule", SCHEDULES.get(experiment.schedule.name)),
            ("optimizer", OPTIMIZERS.get(experiment.optimizer.name)),
        )
    if panel == "activations" and model.shown_snapshot is not None:
        names = dict.fromkeys(layer.activation for layer in model.shown_snapshot.activations)
        return _found(*(("activation", ACTIVATIONS.get(name)) for name in names))
    return []


def _found(*pairs: tuple[str, Entry | None]) -> list[tuple[str, Entry]]:
    return [(role, entry) for role, entry in pairs if entry is not None]
