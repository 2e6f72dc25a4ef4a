"""Every learning-rate schedule by name.

In the formulas r is the learning rate of the experiment, t the optimizer step counted from 0, T the steps of the run.
"""

from nntui.nn.registry.entry import Entry, Option

_STEPS = "optimizer steps"
_LONGEST = 1e9


def _steps(name: str, meaning: str, *, low: int = 0) -> Option:
    return Option(name, 0, meaning, kind="int", low=low, high=_LONGEST, unit=_STEPS)


def _factor(default: float) -> Option:
    return Option(
        "factor",
        default,
        "What one stage of the decay leaves of the rate: 0.5 halves it.",
        low=0.0,
        high=1.0,
        low_open=True,
    )


def _end(default: float = 0.0) -> Option:
    return Option("end_factor", default, "The lowest rate, as a share of the learning rate.", low=0.0, high=1.0)


def _start(default: float) -> Option:
    return Option(
        "start_factor", default, "The rate of the first step, as a share of the learning rate.", low=0.0, high=1.0
    )


_DECAY_STEPS = _steps("decay_steps", "How long the decay takes; 0 for the whole run.")

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "constant", "The same rate at every step", "r", "Robbins & Monro 1951 (why to lower it)", "schedules:Constant"
    ),
    Entry(
        "time_decay",
        "Falls fast at first, then slower and slower",
        "r / (1 + decay t)",
        "Bottou 2012, Stochastic Gradient Descent Tricks, section 5.2",
        "schedules:TimeDecay",
        (Option("decay", 0.01, "How fast it falls: the rate is halved after 1/decay steps.", low=0.0, high=1000.0),),
        traits={"also": ("inverse_time",)},
    ),
    Entry(
        "step_decay",
        "Drops by a factor at even distances",
        "r factor^floor(t / drop_every)",
        "Stanford CS231n, notes on neural networks 3; as torch StepLR",
        "schedules:StepDecay",
        (_factor(0.5), _steps("drop_every", "How long the rate stays between two drops; 0 for a fifth of the run.")),
        traits={"also": ("step",)},
    ),
    Entry(
        "multi_step",
        "Drops by a factor at chosen steps",
        "r factor^(number of milestones m <= t)",
        "He, Zhang, Ren & Sun 2016, section 4.2; as torch MultiStepLR",
        "schedules:MultiStep",
        (
            _factor(0.1),
            Option(
                "milestones",
                (),
                "The steps at which the rate drops; none given: at half and at three quarters of the run.",
                kind="ints",
                low=0,
                high=_LONGEST,
                unit=_STEPS,
            ),
        ),
    ),
    Entry(
        "exponential_decay",
        "Loses the same share at every step",
        "r factor^(t / decay_steps)",
        "Stanford CS231n, notes on neural networks 3; as torch ExponentialLR",
        "schedules:ExponentialDecay",
        (_factor(0.01), _DECAY_STEPS),
        traits={"also": ("exponential",)},
    ),
    Entry(
        "polynomial_decay",
        "Falls along a power of the way that is left",
        "r (end_factor + (1 - end_factor) (1 - t / decay_steps)^power)",
        "torch PolynomialLR",
        "schedules:PolynomialDecay",
        (
            Option("power", 2.0, "1 is a straight line, more falls sooner.", low=0.0, high=100.0, low_open=True),
            _end(),
            _DECAY_STEPS,
        ),
        traits={"also": ("polynomial",)},
    ),
    Entry(
        "linear",
        "A straight line from one rate to another",
        "r (start_factor + (end_factor - start_factor) t / decay_steps)",
        "torch LinearLR",
        "schedules:Linear",
        (_start(1.0), _end(), _DECAY_STEPS),
    ),
    Entry(
        "cosine_decay",
        "Slow at first, fast in the middle, slow at the end: half a cosine wave",
        "r (end_factor + (1 - end_factor) (1 + cos(pi t / decay_steps)) / 2)",
        "Loshchilov & Hutter 2017, eq. 5; as torch CosineAnnealingLR",
        "schedules:CosineDecay",
        (_end(), _DECAY_STEPS),
        traits={"also": ("cosine", "cosine_annealing")},
    ),
    Entry(
        "cosine_restarts",
        "Cosine decay that jumps back up and begins again, each time for longer",
        "r (end_factor + (1 - end_factor) (1 + cos(pi u / p)) / 2), u steps into a period of p",
        "Loshchilov & Hutter 2017, eq. 5; as torch CosineAnnealingWarmRestarts",
        "schedules:CosineRestarts",
        (
            _steps("period", "Length of the first period; 0: three periods fill the run."),
            Option("multiplier", 2, "How many times as long each period is as the one before.", "int", 1, 100),
            _end(),
        ),
        traits={"also": ("sgdr", "warm_restarts")},
    ),
    Entry(
        "cyclic",
        "Rises and falls between a base, the learning rate, and a peak, over and over",
        "r + (peak - r) max(0, 1 - x) a, c = floor(1 + t / (2 step_size)), x = |t / step_size - 2 c + 1|;"
        " a = 1 (triangular), 1 / 2^(c - 1) (triangular2), gamma^t (exp_range)",
        "Smith, arXiv 1506.01186, section 3; as torch CyclicLR",
        "schedules:Cyclic",
        (
            Option("peak", 0.0, "The highest rate; 0 for four times the learning rate.", low=0.0, high=1e6),
            _steps("step_size", "Half a cycle, from the base to the peak; 0 for a tenth of the run."),
            Option(
                "mode",
                "triangular",
                "Whether the peaks stay (triangular), halve with every cycle (triangular2) or fade (exp_range).",
                kind="choice",
                choices=("triangular", "triangular2", "exp_range"),
            ),
            Option("gamma", 0.999, "What a step leaves of the height in exp_range.", low=0.0, high=1.0, low_open=True),
        ),
        traits={"also": ("clr", "cyclical", "triangular")},
    ),
    Entry(
        "one_cycle",
        "One rise to the learning rate and one long fall far below where it began",
        "from r start_factor to r until t = rise T - 1, then to r end_factor at t = T - 1; half cosine waves or lines",
        "Smith & Topin, arXiv 1708.07120; as torch OneCycleLR",
        "schedules:OneCycle",
        (
            Option("rise", 0.3, "The share of the run that the rise takes.", low=0.0, high=1.0),
            _start(0.04),
            _end(4e-6),
            Option(
                "anneal",
                "cosine",
                "The shape of rise and fall.",
                kind="choice",
                choices=("cosine", "linear"),
            ),
        ),
        traits={"also": ("1cycle", "onecycle")},
    ),
    Entry(
        "inverse_sqrt",
        "Falls with the root of the time",
        "r / sqrt(1 + t / timescale)",
        "Vaswani et al. 2017, eq. 3",
        "schedules:InverseSqrt",
        (_steps("timescale", "After how many steps the fall sets in; 0 for a hundredth of the run."),),
        traits={"also": ("noam",)},
    ),
    Entry(
        "reduce_on_plateau",
        "Drops when the loss has stopped falling; when that will be, nobody knows",
        "r factor^(number of plateaus so far), at least r end_factor",
        "torch ReduceLROnPlateau",
        "schedules:ReduceOnPlateau",
        (
            _factor(0.1),
            Option("patience", 10, "Epochs without a lower loss that are forgiven.", "int", 0, 1e6, unit="epochs"),
            Option(
                "threshold",
                1e-4,
                "The share by which a loss must be below the lowest so far to count as lower.",
                low=0.0,
                high=1.0,
            ),
            Option("cooldown", 0, "Epochs after a drop that are not counted.", "int", 0, 1e6, unit="epochs"),
            _end(),
        ),
        {"future": ("unknown",), "also": ("plateau",)},
    ),
)
