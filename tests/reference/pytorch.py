"""Which PyTorch optimizer and schedule is which of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Options = dict[str, Any]


def optimizer(torch: Any, name: str, parameters: Sequence[Any], rate: float, options: Options) -> Any:
    """PyTorch's optimizer for a full set of our options."""
    o = dict(options)
    decay = {"weight_decay": o.pop("weight_decay")} if "weight_decay" in o else {}
    betas = {"betas": (o["beta1"], o["beta2"])} if "beta1" in o else {}
    epsilon = {"eps": o["epsilon"]} if "epsilon" in o else {}
    common = {"lr": rate, **decay, **betas, **epsilon}
    optim = torch.optim
    makers: dict[str, Callable[[], Any]] = {
        "sgd": lambda: optim.SGD(parameters, momentum=o["momentum"], nesterov=o["nesterov"], **common),
        "momentum": lambda: optim.SGD(parameters, momentum=o["momentum"], **common),
        "nesterov": lambda: optim.SGD(parameters, momentum=o["momentum"], nesterov=True, **common),
        "adagrad": lambda: optim.Adagrad(parameters, initial_accumulator_value=o["initial_accumulator"], **common),
        "rmsprop": lambda: optim.RMSprop(
            parameters, alpha=o["rho"], momentum=o["momentum"], centered=o["centered"], **common
        ),
        "adadelta": lambda: optim.Adadelta(parameters, rho=o["rho"], **common),
        "adam": lambda: optim.Adam(parameters, **common),
        "adamw": lambda: optim.AdamW(parameters, **common),
        "nadam": lambda: optim.NAdam(parameters, momentum_decay=o["momentum_decay"], **common),
        "amsgrad": lambda: optim.Adam(parameters, amsgrad=True, **common),
        "rprop": lambda: optim.Rprop(
            parameters, lr=rate, etas=(o["down"], o["up"]), step_sizes=(o["smallest"], o["largest"])
        ),
    }
    return makers[name]()


# PyTorch has no Lion.
OPTIMIZERS_SHARED: list[tuple[str, Options]] = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.8}),
    ("sgd", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    ("momentum", {}),
    ("momentum", {"weight_decay": 0.02}),
    ("nesterov", {}),
    ("adagrad", {}),
    ("adagrad", {"initial_accumulator": 0.1, "weight_decay": 0.01}),
    ("rmsprop", {}),
    ("rmsprop", {"momentum": 0.9, "centered": True, "rho": 0.9, "epsilon": 1e-3}),
    ("rmsprop", {"weight_decay": 0.01}),
    ("adadelta", {}),
    ("adadelta", {"rho": 0.5, "weight_decay": 0.01}),
    ("adam", {}),
    ("adam", {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3, "weight_decay": 0.01}),
    ("adamw", {}),
    ("adamw", {"weight_decay": 0.5}),
    ("nadam", {}),
    ("nadam", {"momentum_decay": 0.1, "weight_decay": 0.01}),
    ("amsgrad", {}),
    ("amsgrad", {"beta2": 0.5, "weight_decay": 0.01}),
    ("rprop", {}),
    ("rprop", {"up": 1.5, "down": 0.3, "smallest": 1e-4, "largest": 0.05}),
]


def schedule(torch: Any, name: str, optimizer: Any, total: int, o: Options) -> Any:
    """PyTorch's scheduler, stepped once a step, for a full set of our options; the base rate is the optimizer's."""
    schedulers = torch.optim.lr_scheduler
    base = optimizer.param_groups[0]["lr"]
    makers: dict[str, Callable[[], Any]] = {
        "constant": lambda: schedulers.ConstantLR(optimizer, factor=1.0),
        "time_decay": lambda: schedulers.LambdaLR(optimizer, lambda t: 1.0 / (1.0 + o["decay"] * t)),
        "step_decay": lambda: schedulers.StepLR(optimizer, o["drop_every"], o["factor"]),
        "multi_step": lambda: schedulers.MultiStepLR(optimizer, list(o["milestones"]), o["factor"]),
        "exponential_decay": lambda: schedulers.ExponentialLR(optimizer, o["factor"] ** (1.0 / o["decay_steps"])),
        "polynomial_decay": lambda: schedulers.PolynomialLR(optimizer, o["decay_steps"], o["power"]),
        "linear": lambda: schedulers.LinearLR(optimizer, o["start_factor"], o["end_factor"], o["decay_steps"]),
        "cosine_decay": lambda: schedulers.CosineAnnealingLR(optimizer, o["decay_steps"], base * o["end_factor"]),
        "cosine_restarts": lambda: schedulers.CosineAnnealingWarmRestarts(
            optimizer, o["period"], o["multiplier"], base * o["end_factor"]
        ),
        "cyclic": lambda: schedulers.CyclicLR(
            optimizer, base, o["peak"], o["step_size"], mode=o["mode"], gamma=o["gamma"], cycle_momentum=False
        ),
        "one_cycle": lambda: schedulers.OneCycleLR(
            optimizer,
            base,
            total,
            pct_start=o["rise"],
            anneal_strategy={"cosine": "cos", "linear": "linear"}[o["anneal"]],
            cycle_momentum=False,
            div_factor=1.0 / o["start_factor"],
            final_div_factor=o["start_factor"] / o["end_factor"],
        ),
        "reduce_on_plateau": lambda: schedulers.ReduceLROnPlateau(
            optimizer,
            factor=o["factor"],
            patience=o["patience"],
            threshold=o["threshold"],
            cooldown=o["cooldown"],
            min_lr=base * o["end_factor"],
        ),
    }
    return makers[name]()


# PyTorch has no inverse_sqrt; its time_decay is written as a LambdaLR.
SCHEDULES_SHARED: list[tuple[str, Options]] = [
    ("constant", {}),
    ("time_decay", {"decay": 0.05}),
    ("step_decay", {"drop_every": 30, "factor": 0.3}),
    ("multi_step", {"milestones": (20, 90, 91), "factor": 0.5}),
    ("exponential_decay", {"factor": 0.98, "decay_steps": 1}),
    ("exponential_decay", {"factor": 0.05, "decay_steps": 120}),
    ("polynomial_decay", {"decay_steps": 150, "power": 2.5}),
    ("linear", {"start_factor": 0.2, "end_factor": 0.7, "decay_steps": 80}),
    ("cosine_decay", {"decay_steps": 200, "end_factor": 0.1}),
    ("cosine_restarts", {"period": 20, "multiplier": 2, "end_factor": 0.05}),
    ("cosine_restarts", {"period": 35, "multiplier": 1}),
    ("cyclic", {"peak": 0.04, "step_size": 15}),
    ("cyclic", {"peak": 0.04, "step_size": 15, "mode": "triangular2"}),
    ("cyclic", {"peak": 0.04, "step_size": 15, "mode": "exp_range", "gamma": 0.98}),
    ("one_cycle", {}),
    ("one_cycle", {"rise": 0.5, "start_factor": 0.1, "end_factor": 0.001, "anneal": "linear"}),
]
