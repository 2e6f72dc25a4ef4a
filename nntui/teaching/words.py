"""What a condition can speak of. A layer is named as on the screen: ``hidden 1``, ``output``."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.experiment.table import PARAMETERS
from nntui.teaching.conditions import Word
from nntui.training.diagnosis.catalogue import RULES

CURVES = (
    "train_loss", "validation_loss", "test_loss", "train_accuracy", "validation_accuracy", "test_accuracy",
    "learning_rate",
)  # fmt: skip
EDITS: Mapping[str, tuple[str, ...]] = {
    "silenced": ("silenced ",), "revived": ("revived ",), "redrawn": ("drew ", "revived "), "set": ("unit ",),
}  # fmt: skip
"""How the words of `nntui.training.events.Edited` begin, by what a condition calls it."""
VIEWS = ("overview", "layers", "neurons", "predictions", "gradients", "runs")
_SETTINGS = tuple(PARAMETERS)
_PARTS = tuple(dict.fromkeys(name.partition(".")[0] for name in PARAMETERS))

WORDS: Mapping[str, Word] = {
    # the run
    "epoch": Word("number", "epochs ended"),
    "step": Word("number", "optimizer steps done"),
    "epochs_trained": Word("number", "whole epochs trained since this step of the lesson began"),
    "steps_trained": Word("number", "optimizer steps done since this step of the lesson began"),
    "seconds": Word("number", "seconds since this step of the lesson began"),
    "state": Word("text", "loading, running, paused, finished, stopped, diverged or failed"),
    # the curves
    "train_loss": Word("number", "training loss of the last epoch"),
    "validation_loss": Word("number", "validation loss of the last epoch"),
    "test_loss": Word("number", "test loss of the last epoch"),
    "train_accuracy": Word("number", "share of training samples classified rightly (R² where the task is regression)"),
    "validation_accuracy": Word("number", "accuracy (or R²) on the validation samples"),
    "test_accuracy": Word("number", "accuracy (or R²) on the test samples"),
    "guessing_loss": Word("number", "loss of the best constant answer, for the loss in force"),
    "learning_rate": Word("number", "learning rate of the next step"),
    "start_loss": Word("number", "training loss before the first optimizer step"),
    "lowest": Word(
        "number", "lowest value so far of a curve, since the last change of the loss: train_loss, test_loss …",
        ("text",), among=CURVES,
    ),
    "highest": Word("number", "highest value so far of a curve, likewise", ("text",), among=CURVES),
    # the layers; without a name, the largest of all hidden layers
    "dead_share": Word("number", "share of a layer's units that are dead", ("text",), 1),
    "saturated_share": Word("number", "share of a layer's outputs on the flat part of its activation", ("text",), 1),
    "weight_std": Word("number", "standard deviation of a layer's weights", ("text",), 1),
    "activation_std": Word("number", "standard deviation of a layer's outputs", ("text",), 1),
    "gradient_norm": Word("number", "L2 norm of a layer's gradient", ("text",), 1),
    "update_ratio": Word("number", "size of a layer's last update ÷ size of its weights", ("text",), 1),
    # the settings
    "setting": Word("number", "the value of a hyperparameter that is a number", ("text",), among=_SETTINGS),
    "hidden_units": Word("number", "units in all hidden layers together"),
    "choice": Word("text", "the value of a hyperparameter that is a name", ("text",), among=_SETTINGS),
    "changed": Word(
        "yes-or-no", "whether a hyperparameter (or one whose name begins so, or any) was changed in this step",
        ("text",), 1, among=(*_PARTS, *_SETTINGS)),
    "changes": Word("number", "changes made since the lesson began; a burst of one key is one"),
    "restarted": Word("yes-or-no", "whether the run was started again in this step"),
    "reseeded": Word("yes-or-no", "whether the run was restarted with another seed in this step"),
    "range_tested": Word("yes-or-no", "whether the learning-rate range test was run in this step"),
    "edited": Word(
        "yes-or-no", "whether weights were edited in this step: silenced, revived, redrawn, set, or any of these",
        ("text",), 1, among=tuple(EDITS)),
    "rewound": Word("yes-or-no", "whether the run went back in time in this step"),
    # the tutor
    "diagnosed": Word("yes-or-no", "whether a diagnosis (or any) is shown now", ("text",), 1, among=tuple(RULES)),
    "noticed": Word("yes-or-no", "whether a diagnosis was shown at any time in this lesson", ("text",),
                    among=tuple(RULES)),
    # the screen
    "seen": Word("yes-or-no", "whether a view was looked at in this step: overview, layers, neurons …", ("text",),
                 among=VIEWS),
    "explained": Word("yes-or-no", "whether the explanation of a panel (or any) was opened in this step", ("text",), 1),
}  # fmt: skip
