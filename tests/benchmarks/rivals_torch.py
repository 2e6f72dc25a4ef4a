"""PyTorch, as its users write it with its fastest options, and tuned by hand over flat buffers."""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np

from tests.benchmarks.workload import BETA1, BETA2, EPSILON, MOMENTUM, Epoch, Problem


def _tensors(torch: Any, problem: Problem) -> tuple[Any, Any]:
    """Inputs, and the targets in the form PyTorch's loss likes best."""
    torch.set_num_threads(1)
    targets = problem.targets if problem.workload.binary else problem.labels
    return torch.from_numpy(problem.inputs.copy()), torch.from_numpy(targets.copy())


def eager(problem: Problem) -> Epoch:
    """``nn.Sequential`` and ``torch.optim``; of its fused, foreach and plain optimizers the fastest here."""
    variants = [_eager(problem, options) for options in ({"fused": True}, {"foreach": True}, {"foreach": False})]
    times = []
    for epoch in variants:
        epoch()
        start = process_time()
        for _ in range(max(1, 200 // problem.workload.steps)):
            epoch()
        times.append(process_time() - start)
    return variants[int(np.argmin(times))]


def _eager(problem: Problem, options: dict[str, bool]) -> Epoch:
    import torch

    workload = problem.workload
    x, y = _tensors(torch, problem)
    modules: list[Any] = []
    for weights in problem.weights:
        linear = torch.nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights.T.copy()))
            linear.bias.zero_()
        modules += [linear, {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[workload.activation]()]
    net = torch.nn.Sequential(*modules[:-1])
    if problem.optimizer == "sgd":
        optimizer = torch.optim.SGD(net.parameters(), lr=problem.rate, momentum=MOMENTUM, **options)
    else:
        optimizer = torch.optim.Adam(net.parameters(), lr=problem.rate, betas=(BETA1, BETA2), eps=EPSILON, **options)
    functional = torch.nn.functional
    criterion = functional.binary_cross_entropy_with_logits if workload.binary else functional.cross_entropy

    def epoch() -> tuple[float, float]:
        order = torch.randperm(workload.samples)
        shuffled, wanted = x[order], y[order]
        outputs = []
        for inputs, targets in zip(shuffled.split(workload.batch), wanted.split(workload.batch), strict=True):
            z = net(inputs)
            optimizer.zero_grad(set_to_none=True)
            criterion(z, targets).backward()
            optimizer.step()
            outputs.append(z.detach())
        with torch.inference_mode():
            z = torch.cat(outputs)
            hits = (z > 0) == (wanted > 0.5) if workload.binary else z.argmax(1) == wanted
            return float(criterion(z, wanted)), float(hits.float().mean())

    return epoch


def by_hand(problem: Problem) -> Epoch:
    """One flat vector of parameters, gradients and state; every result written in place; the backward pass by hand."""
    import torch

    workload, dot = problem.workload, torch.mm
    functional = torch.nn.functional
    x, y = _tensors(torch, problem)
    one_hot = torch.from_numpy(problem.targets.copy())
    w, g = (
        torch.zeros(sum((i + 1) * o for i, o in zip(workload.sizes, workload.sizes[1:], strict=False))) for _ in "wg"
    )
    layers, at = [], 0
    for weights in problem.weights:
        (rows, columns), count = weights.shape, weights.size
        end = at + count
        matrix, slope = w[at:end].view(rows, columns), g[at:end].view(rows, columns)
        matrix.copy_(torch.from_numpy(weights))
        layers.append((matrix, w[end : end + columns], slope, g[end : end + columns]))
        at = end + columns
    sums = [torch.empty(workload.batch, size) for size in workload.sizes[1:]]
    deltas = [torch.empty(workload.batch, size) for size in workload.sizes[1:]]
    update = _update(torch, problem, w, g)
    back = torch.ops.aten.tanh_backward.grad_input
    if workload.activation == "relu":
        threshold = torch.ops.aten.threshold_backward.grad_input

        def back(delta: Any, a: Any, *, grad_input: Any) -> None:
            threshold(delta, a, 0, grad_input=grad_input)

    squash = torch.Tensor.tanh_ if workload.activation == "tanh" else torch.Tensor.relu_
    last = len(layers) - 1
    kept = torch.empty(workload.samples, workload.sizes[-1])

    def step(inputs: Any, targets: Any, z: Any) -> None:
        a = inputs
        for index, (matrix, bias, _, _) in enumerate(layers):
            out = sums[index] if index < last else z
            torch.addmm(bias, a, matrix, out=out)
            a = squash(out) if index < last else out
        delta = deltas[last]
        if workload.binary:
            torch.sigmoid(z, out=delta)
        else:
            torch.softmax(z, 1, out=delta)
        delta.sub_(targets).mul_(1.0 / workload.batch)
        for index in range(last, -1, -1):
            matrix, _, slope, bias_slope = layers[index]
            below = sums[index - 1] if index else inputs
            dot(below.t(), delta, out=slope)
            torch.sum(delta, 0, out=bias_slope)
            if index:
                lower = deltas[index - 1]
                dot(delta, matrix.t(), out=lower)
                back(lower, below, grad_input=lower)
                delta = lower
        update()

    criterion = functional.binary_cross_entropy_with_logits if workload.binary else functional.cross_entropy

    def epoch() -> tuple[float, float]:
        order = torch.randperm(workload.samples)
        shuffled, wanted, labels = x[order], one_hot[order], y[order]
        batch = workload.batch
        for inputs, targets, z in zip(shuffled.split(batch), wanted.split(batch), kept.split(batch), strict=True):
            step(inputs, targets, z)
        hits = (kept > 0) == (labels > 0.5) if workload.binary else kept.argmax(1) == labels
        return float(criterion(kept, labels)), float(hits.float().mean())

    whole: Epoch = torch.inference_mode()(epoch)
    return whole


def _update(torch: Any, problem: Problem, w: Any, g: Any) -> Any:
    """A step of the optimizer over flat vectors, in as few calls as PyTorch allows."""
    rate = problem.rate
    m, s, root = (torch.zeros_like(w) for _ in range(3))
    if problem.optimizer == "sgd":

        def momentum() -> None:
            m.mul_(MOMENTUM).add_(g)
            w.add_(m, alpha=-rate)

        return momentum
    steps = 0

    def adam() -> None:
        nonlocal steps
        steps += 1
        m.lerp_(g, 1.0 - BETA1)
        s.mul_(BETA2).addcmul_(g, g, value=1.0 - BETA2)
        correction = (1.0 - BETA2**steps) ** 0.5
        torch.sqrt(s, out=root).add_(EPSILON * correction)
        w.addcdiv_(m, root, value=-rate * correction / (1.0 - BETA1**steps))

    return adam
