"""The facts of a run before its first step: what is trained on what, and how good the untrained network is."""

from __future__ import annotations

import math

from nntui.experiment import Experiment
from nntui.experiment.build import Prepared
from nntui.nn.evaluate import evaluate
from nntui.training.events import RunStarted
from nntui.training.loop import Loop


def beginning(experiment: Experiment, loop: Loop, prepared: Prepared) -> RunStarted:
    """Of a loop that has not trained yet."""
    network = loop.network
    train_loss, train_score = evaluate(network, loop.loss, prepared.train_x, prepared.train_y)
    test_loss, test_score = loop.evaluator.run()
    validation_loss, validation_score = loop.validator.run() if loop.validator is not None else (math.nan, math.nan)
    return RunStarted(
        experiment=experiment.to_dict(),
        seed=experiment.training.seed,
        layer_sizes=(network.inputs, *(layer.size for layer in network.layers)),
        parameters=len(loop.start),
        task=prepared.task,
        train_samples=len(prepared.train_x),
        test_samples=len(prepared.test_x),
        steps_per_epoch=loop.steps_per_epoch,
        guessing_loss=prepared.guessing_loss,
        train_loss=train_loss,
        test_loss=test_loss,
        train_score=train_score,
        test_score=test_score,
        validation_samples=len(prepared.validation_x),
        validation_loss=validation_loss,
        validation_score=validation_score,
    )
