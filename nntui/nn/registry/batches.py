"""Ways to put the rows of an epoch into batches, by name.

The trait ``setting`` names the setting that switches it on. In the formulas C is the number of classes.
"""

from nntui.nn.registry.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "shuffled", "Every row once an epoch, in an order drawn anew for each.",
        "batch k is the rows at places k b … (k + 1) b - 1 of a random permutation, b the batch size",
        "Bengio 2012, Practical Recommendations for Gradient-Based Training of Deep Architectures, section 3.1.1",
        traits={"setting": ("training.shuffle",)},
    ),
    Entry(
        "balanced", "Every batch holds all classes equally often, as near as whole rows allow, however rare they are.",
        "rounds of one row of each class, in random order; each class goes through its rows shuffled, again and again",
        "Shen, Lin & Huang 2016, Relay Backpropagation, class-aware sampling",
        traits={"setting": ("training.balanced",)},
    ),
)  # fmt: skip
