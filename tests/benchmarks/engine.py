"""How fast training steps are, beside what else one could train such networks with.

    python -m tests.benchmarks.engine [--quick] [--rows 2-8-8-1 digits] [--rivals eager scan] [--blas-kernel auto]

All rivals train the same networks from the same weights on the same data in float32, shuffled anew each epoch, with
the loss and accuracy of the epoch measured. They take turns in one process, pinned to one core, one thread each. A
ratio is the median over the rounds of the rival's process CPU time divided by ours in the same round. Rivals that are
not installed are left out with a word. NumPy's BLAS takes the kernels that the environment asks for, or those of
``--blas-kernel``: they decide what a matrix product costs, ours and the bare ones alike, but not PyTorch's or JAX's.

A second table says what measuring costs: all that the dashboard can show of a network's inside, at 10 times a second.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median
from time import process_time
from typing import Any

KERNEL = "OPENBLAS_CORETYPE"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

# name -> (what it is called in the table, module below tests.benchmarks, function, what must be installed)
RIVALS = {
    "products": ("matrix products", "rivals_numpy", "products", "numpy"),
    "sklearn": ("scikit-learn", "rivals_numpy", "scikit_learn", "sklearn"),
    "eager": ("PyTorch eager", "rivals_torch", "eager", "torch"),
    "hand": ("PyTorch by hand", "rivals_torch", "by_hand", "torch"),
    "jit": ("JAX jit", "rivals_jax", "jit", "jax"),
    "scan": ("JAX scan", "rivals_jax", "scan", "jax"),
}

DISTRIBUTIONS = {"jax": "jax", "sklearn": "scikit-learn"}


def pin(kernel: str | None = None) -> None:
    """One core and one thread for all that is imported from here on.

    Args:
        kernel: what OpenBLAS chooses its kernels by, ``auto`` for the processor it finds; None leaves that as it is.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    if kernel == "auto":
        os.environ.pop(KERNEL, None)
    elif kernel is not None:
        os.environ[KERNEL] = kernel
    os.environ["XLA_FLAGS"] = XLA
    os.environ["JAX_PLATFORMS"] = "cpu"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Runner:
    """A rival at one problem: repeats epochs until they take long enough to be measured."""

    def __init__(self, epoch: Callable[[], tuple[float, float]], steps: int, seconds: float) -> None:
        self.epoch, self.steps = epoch, steps * getattr(epoch, "epochs", 1)
        epoch()  # whatever is compiled is compiled here
        start = process_time()
        self.metrics = epoch()
        self.repeats = max(1, round(seconds / max(process_time() - start, 1e-6)))

    def measure(self) -> float:
        """Microseconds of process CPU time a step."""
        start = process_time()
        for _ in range(self.repeats):
            self.metrics = self.epoch()
        return (process_time() - start) / self.repeats / self.steps * 1e6


def load(name: str) -> Callable[..., Callable[[], tuple[float, float]]]:
    """The function that makes a rival's epoch."""
    from importlib import import_module

    _, module, function, _ = RIVALS[name]
    found: Callable[..., Callable[[], tuple[float, float]]] = getattr(
        import_module(f"tests.benchmarks.{module}"), function
    )
    return found


def run_row(problem: object, steps: int, rivals: list[str], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Microseconds a step, by rival (``nntui`` among them) and round; they take turns within a round."""
    from tests.benchmarks.rivals_numpy import nntui

    runners = {"nntui": Runner(nntui(problem), steps, seconds)}  # type: ignore[arg-type]
    runners |= {name: Runner(load(name)(problem), steps, seconds) for name in rivals}
    times: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            times[name].append(runner.measure())
    return times


def summary(times: dict[str, list[float]]) -> list[str]:
    """A row of the table: our time, then each rival's time over ours (of the products ours over theirs)."""
    ours = times["nntui"]
    cells = [f"{median(ours):.4g}"]
    for name, theirs in times.items():
        if name != "nntui":
            ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
            cells.append(f"{median(1.0 / r for r in ratios):.2f}" if name == "products" else f"{median(ratios):.3g}")
    return cells


def machine(rivals: list[str]) -> list[str]:
    """What it was measured on, and with."""
    import numpy as np

    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    core = f"core {max(os.sched_getaffinity(0))}" if hasattr(os, "sched_getaffinity") else "one core"
    blas: Any = np.show_config(mode="dicts")
    blas = blas["Build Dependencies"]["blas"]
    asked = f"{KERNEL}={os.environ[KERNEL]}" if KERNEL in os.environ else "its own choice"
    told = [
        f"{model}, {core} of {os.cpu_count()}; {platform.system()}, Python {platform.python_version()}",
        f"NumPy {np.__version__}, BLAS {blas.get('name')} {blas.get('version')}, kernels: {asked}",
    ]
    needed = dict.fromkeys(RIVALS[name][3] for name in rivals)
    if "torch" in needed:
        import torch

        torch.set_num_threads(1)
        told.append(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread")
    told += [f"{package} {version(package)}" for name, package in DISTRIBUTIONS.items() if name in needed]
    return told


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="*", default=[], help="parts of row names, such as 2-8-8-1 or 'batch 32'")
    parser.add_argument("--optimizers", nargs="*", default=["sgd", "adam"], choices=["sgd", "adam"])
    parser.add_argument("--rivals", nargs="*", default=list(RIVALS), choices=list(RIVALS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.15, help="CPU time of one measurement")
    parser.add_argument("--blas-kernel", help="OPENBLAS_CORETYPE, such as Haswell; auto: what OpenBLAS itself chooses")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.05 s")
    return parser.parse_args()


def main() -> int:
    """Measure and print the table."""
    options = arguments()
    pin(options.blas_kernel)
    if options.quick:
        options.rounds, options.seconds = 3, 0.05
    rivals = []
    for name in options.rivals:
        if find_spec(RIVALS[name][3]):
            rivals.append(name)
        else:
            print(f"{RIVALS[name][0]} is left out: {RIVALS[name][3]} is not installed", file=sys.stderr)
    from tests.benchmarks.measuring import cost_of_measuring
    from tests.benchmarks.workload import WORKLOADS, make_problem

    print(*machine(rivals), f"one core, one thread each, float32, median of {options.rounds} rounds\n", sep="\n")
    heads = ["nntui ÷ matrix products" if name == "products" else f"{RIVALS[name][0]} ÷ nntui" for name in rivals]
    print("| network | optimizer | nntui, µs a step | " + " | ".join(heads) + " |")
    print("|---|---|---|" + "---|" * len(rivals))
    chosen = [row for row in WORKLOADS if not options.rows or any(part in row.name for part in options.rows)]
    for workload in chosen:
        for optimizer in options.optimizers:
            problem = make_problem(workload, optimizer)
            times = run_row(problem, workload.steps, rivals, options.rounds, options.seconds)
            title = {"sgd": "SGD with momentum", "adam": "Adam"}[optimizer]
            print("| " + " | ".join([workload.name, title, *summary(times)]) + " |", flush=True)
    print("\n| network | all measurements, µs | at 10 a second, % | as the child process does, % |\n|---|---|---|---|")
    for workload in chosen:
        print(f"| {workload.name} | {' | '.join(cost_of_measuring(make_problem(workload, 'sgd'), options.rounds))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
