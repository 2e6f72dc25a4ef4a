"""Ways to read the curve of a learning-rate range test, by name: the suggested ones first, the better known to compare.

L(r) is the running median of the loss of a fixed probe set after the step at rate r, the rates rising evenly on a
logarithmic scale. The trait ``misleads`` says when not to trust a rule.
"""

from nntui.nn.registry.entry import Entry

_MEASURED = "measured over eight problems with ten seeds each, see nntui/training/range_test.py"
_OURS = (
    "too low where the classes can be parted without an error; three to four times too high for regression on smooth"
    " curves with momentum"
)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "third", "a third of the rate where the loss has risen to 1.5 times its minimum",
        "r = R / 3, R the lowest rate after the minimum with L(R) > 1.5 min L", _MEASURED,
        traits={"misleads": (_OURS,)},
    ),
    Entry(
        "half_as_peak", "half of that rate as the peak of cycles, a quarter of the peak as their base",
        "peak = R / 2, base = R / 8, R as of third", f"{_MEASURED}; the cycles after Smith 2017, section 3.3",
        traits={"misleads": (_OURS,)},
    ),
    Entry(
        "steepest", "where the loss falls fastest",
        "r = argmin of dL / d log r before the minimum", "fastai, Learner.lr_find, steep",
        traits={"misleads": (
            "says where learning begins, not how fast it can go: usually far too low, and at random where the loss is"
            " noisy",
        )},
    ),
    Entry(
        "tenth", "a tenth of the rate of the minimum",
        "r = argmin L / 10", "fastai, Learner.lr_find, minimum",
        traits={"misleads": ("usually too low; right where the loss turns sharply",)},
    ),
    Entry(
        "valley", "the valley: half way along the longest descent",
        "r in the middle of the longest falling subsequence of L, taken as unbroken",
        "fastai, Learner.lr_find, valley",
        traits={"misleads": (
            "made for the noisy loss of batches; nearly always far too low, ten times in the middle",
        )},
    ),
)  # fmt: skip
