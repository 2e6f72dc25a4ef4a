"""nntui itself, the bare matrix products of the same shapes, and scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np

from nntui.nn.layer import LayerSpec
from nntui.nn.network import Network
from nntui.nn.registry import LOSSES, OPTIMIZERS
from nntui.nn.regularization import Regularization
from nntui.nn.trainer import Trainer
from tests.benchmarks.workload import BETA1, BETA2, EPSILON, MOMENTUM, Epoch, Floats, Problem


def nntui(problem: Problem) -> Epoch:
    """Our trainer as a session drives it: shuffling, steps, the metrics of the epoch."""
    return make_trainer(problem)[2]


def make_trainer(problem: Problem) -> tuple[Trainer, Network, Epoch]:
    """The trainer, its network, and what makes it train an epoch."""
    workload = problem.workload
    output, loss = ("sigmoid", "binary_cross_entropy") if workload.binary else ("softmax", "categorical_cross_entropy")
    hidden = [LayerSpec(size, workload.activation) for size in workload.sizes[1:-1]]
    network = Network(workload.sizes[0], hidden, LayerSpec(workload.sizes[-1], output), np.float32)
    for layer, weights in zip(network.layers, problem.weights, strict=True):
        layer.weights[...] = weights
    optimizer = OPTIMIZERS["momentum" if problem.optimizer == "sgd" else "adam"].load()()
    optimizer.bind(network.parameters, network.gradient)
    rng = np.random.default_rng(1)
    trainer = Trainer(
        network, LOSSES[loss].load()(output), optimizer, Regularization(),
        problem.inputs, problem.targets, workload.batch, rng, rng,
    )  # fmt: skip
    rates = np.full(workload.steps, problem.rate)

    def epoch() -> tuple[float, float]:
        trainer.begin_epoch(rng.permutation(workload.samples))
        trainer.run(0, workload.steps, rates)
        return trainer.epoch_metrics()

    return trainer, network, epoch


def products(problem: Problem) -> Epoch:
    """The matrix products alone, ``np.dot(out=)``: forward, weight gradients, and deltas but those of the inputs."""
    batch = problem.workload.batch
    layers: list[tuple[Floats, Floats, Floats, Floats, Floats, Floats]] = []
    for weights in problem.weights:
        fan_in, fan_out = weights.shape
        x, z, delta = (np.full((batch, size), 0.01, np.float32) for size in (fan_in, fan_out, fan_out))
        layers.append((weights.copy(), x, z, delta, np.empty_like(weights), np.empty_like(x)))

    def epoch() -> tuple[float, float]:
        dot = np.dot
        for _ in range(problem.workload.steps):
            for weights, x, z, _, _, _ in layers:
                dot(x, weights, out=z)
            for weights, x, _, delta, gradient, below in layers:
                dot(x.T, delta, out=gradient)
                if weights is not layers[0][0]:
                    dot(delta, weights.T, out=below)
        return 0.0, 0.0

    return epoch


def scikit_learn(problem: Problem, epochs: int = 5) -> Epoch:
    """``MLPClassifier.fit``, which measures its loss alone. One call trains several epochs, to share out its start."""
    from sklearn.neural_network import MLPClassifier

    workload = problem.workload
    solver = {"solver": "sgd", "momentum": MOMENTUM, "nesterovs_momentum": False}
    if problem.optimizer == "adam":
        solver = {"solver": "adam", "beta_1": BETA1, "beta_2": BETA2, "epsilon": EPSILON}
    model = MLPClassifier(
        workload.sizes[1:-1], activation=workload.activation, alpha=0.0, batch_size=workload.batch,
        learning_rate_init=problem.rate, max_iter=epochs, tol=0.0, n_iter_no_change=10**9, **solver,
    )  # fmt: skip

    def epoch() -> tuple[float, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(problem.inputs, problem.labels)
        return float(model.loss_), float("nan")

    epoch.epochs = epochs  # type: ignore[attr-defined]
    return epoch
