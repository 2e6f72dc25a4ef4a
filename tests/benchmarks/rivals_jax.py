"""JAX: one compiled step called from Python, and a whole epoch compiled with ``lax.scan``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.workload import BETA1, BETA2, EPSILON, MOMENTUM, Epoch, Problem


def jit(problem: Problem) -> Epoch:
    """``jax.jit`` of a step, over batches of one shuffled copy an epoch."""
    import jax

    step, carry, x, y = _parts(problem)
    compiled = jax.jit(step, donate_argnums=0)
    workload = problem.workload
    rng = np.random.default_rng(1)
    shuffle = jax.jit(lambda x, y, order: (_batches(problem, x[order]), _batches(problem, y[order])))
    split = jax.jit(lambda xs, ys: [(xs[i], ys[i]) for i in range(workload.steps)])
    metrics = jax.jit(lambda z, y: _metrics(problem, z, y))
    state = [carry]

    def epoch() -> tuple[float, float]:
        xs, ys = shuffle(x, y, rng.permutation(workload.samples))
        outputs = []
        for batch in split(xs, ys):
            state[0], z = compiled(state[0], batch)
            outputs.append(z)
        loss, accuracy = metrics(jax.numpy.stack(outputs), ys)
        return float(loss), float(accuracy)

    return epoch


def scan(problem: Problem) -> Epoch:
    """``jax.jit`` of an epoch, ``lax.scan`` over its batches."""
    import jax

    step, carry, x, y = _parts(problem)

    def whole(carry: Any, x: Any, y: Any, order: Any) -> Any:
        xs, ys = _batches(problem, x[order]), _batches(problem, y[order])
        carry, z = jax.lax.scan(step, carry, (xs, ys))
        return carry, _metrics(problem, z, ys)

    compiled = jax.jit(whole, donate_argnums=0)
    rng = np.random.default_rng(1)
    state = [carry]

    def epoch() -> tuple[float, float]:
        state[0], (loss, accuracy) = compiled(state[0], x, y, rng.permutation(problem.workload.samples))
        return float(loss), float(accuracy)

    return epoch


def _batches(problem: Problem, array: Any) -> Any:
    return array.reshape(problem.workload.steps, problem.workload.batch, -1)


def _metrics(problem: Problem, z: Any, y: Any) -> tuple[Any, Any]:
    jnp = _numpy()
    if problem.workload.binary:
        return _loss(problem, z, y), ((z > 0) == (y > 0.5)).mean()
    return _loss(problem, z, y), (jnp.argmax(z, -1) == jnp.argmax(y, -1)).mean()


def _numpy() -> Any:
    import jax.numpy

    return jax.numpy


def _loss(problem: Problem, z: Any, y: Any) -> Any:
    import jax

    if problem.workload.binary:
        return (jax.nn.softplus(z) - y * z).mean()
    return -(y * jax.nn.log_softmax(z)).sum(-1).mean()


def _parts(problem: Problem) -> tuple[Any, Any, Any, Any]:
    """The step (carry, batch) -> (carry, outputs), its first carry, and the data."""
    import jax

    jnp = _numpy()
    activation = {"tanh": jnp.tanh, "relu": jax.nn.relu}[problem.workload.activation]
    rate = problem.rate

    def forward(parameters: Any, x: Any) -> Any:
        for weights, bias in parameters[:-1]:
            x = activation(x @ weights + bias)
        return x @ parameters[-1][0] + parameters[-1][1]

    def value(parameters: Any, x: Any, y: Any) -> Any:
        z = forward(parameters, x)
        return _loss(problem, z, y), z

    slope = jax.grad(value, has_aux=True)
    tree = jax.tree.map

    def momentum(carry: Any, batch: Any) -> Any:
        w, v = carry
        g, z = slope(w, *batch)
        v = tree(lambda v, g: MOMENTUM * v + g, v, g)
        return (tree(lambda w, v: w - rate * v, w, v), v), z

    def adam(carry: Any, batch: Any) -> Any:
        w, m, s, t = carry
        g, z = slope(w, *batch)
        t = t + 1.0
        m = tree(lambda m, g: BETA1 * m + (1.0 - BETA1) * g, m, g)
        s = tree(lambda s, g: BETA2 * s + (1.0 - BETA2) * g * g, s, g)
        root = jnp.sqrt(1.0 - BETA2**t)
        scaled, epsilon = rate * root / (1.0 - BETA1**t), EPSILON * root
        w = tree(lambda w, m, s: w - scaled * m / (jnp.sqrt(s) + epsilon), w, m, s)
        return (w, m, s, t), z

    w = [(jnp.asarray(weights), jnp.zeros(weights.shape[1], jnp.float32)) for weights in problem.weights]
    zeros: Callable[[], Any] = lambda: tree(jnp.zeros_like, w)  # noqa: E731
    x, y = jnp.asarray(problem.inputs), jnp.asarray(problem.targets)
    if problem.optimizer == "sgd":
        return momentum, (w, zeros()), x, y
    return adam, (w, zeros(), zeros(), jnp.float32(0.0)), x, y
