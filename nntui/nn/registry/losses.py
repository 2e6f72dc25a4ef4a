"""Every loss by name.

Traits: ``outputs`` are the output activations it takes, the one it belongs to first; ``unsuitable`` are those among
them that a course warns of; ``targets`` are the kinds of targets: ``real`` numbers, ``binary`` 0 and 1, one-hot
``classes``.
"""

from collections.abc import Mapping

from nntui.nn.registry.entry import Entry, Option

_ANY_OUTPUT: Mapping[str, tuple[str, ...]] = {
    "outputs": ("identity", "sigmoid", "softmax"),
    "unsuitable": ("sigmoid", "softmax"),
    "targets": ("real", "binary", "classes"),
}

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "mean_squared_error",
        "Square of the error, for numbers; on a sigmoid or softmax its gradient fades where the output is worst.",
        "L = mean of (a - y)²", "Gauss 1809; as PyTorch's MSELoss", "losses:MeanSquaredError",
        traits={**_ANY_OUTPUT, "also": ("mse", "l2_loss")},
    ),
    Entry(
        "mean_absolute_error", "Size of the error; for numbers with outliers.",
        "L = mean of |a - y|", "As PyTorch's L1Loss", "losses:MeanAbsoluteError",
        traits={**_ANY_OUTPUT, "also": ("mae", "l1_loss")},
    ),
    Entry(
        "huber", "Squared error where small, absolute error where large; for numbers with outliers.",
        "L = mean of e²/2 for |e| ≤ delta, else delta·(|e| - delta/2); e = a - y",
        "Huber 1964; as PyTorch's HuberLoss", "losses:Huber",
        (
            Option(
                "delta", 1.0, "Size of the error up to which it is squared.", low=0.0, high=1e6, low_open=True,
                unit="target units",
            ),
        ),
        {**_ANY_OUTPUT, "also": ("smooth_l1",)},
    ),
    Entry(
        "binary_cross_entropy", "Surprise at the true answer of a yes-or-no question; from the logit.",
        "L = -(y·ln a + (1 - y)·ln(1 - a)); a = σ(z)", "Good 1952; as PyTorch's BCEWithLogitsLoss",
        "losses:BinaryCrossEntropy",
        traits={"outputs": ("sigmoid",), "unsuitable": (), "targets": ("binary",), "also": ("bce", "log_loss")},
    ),
    Entry(
        "categorical_cross_entropy", "Surprise at the true class among several; from the logits.",
        "L = -Σ y·ln a; a = softmax(z)", "Bridle 1990; label smoothing: Szegedy et al. 2016 (arXiv 1512.00567)",
        "losses:CategoricalCrossEntropy",
        (
            Option(
                "label_smoothing", 0.0, "Share of each target that is spread over all classes.",
                low=0.0, high=1.0, high_open=True,
            ),
        ),
        {"outputs": ("softmax",), "unsuitable": (), "targets": ("classes",), "also": ("cross_entropy", "cce")},
    ),
    Entry(
        "hinge", "Zero once the right answer leads by a margin of 1; as in support vector machines.",
        "L = max(0, 1 - t·z), t = ±1; of classes: max(0, 1 + max over j≠y of z_j - z_y)",
        "Cortes & Vapnik 1995; Crammer & Singer 2001", "losses:Hinge",
        traits={"outputs": ("identity",), "unsuitable": (), "targets": ("binary", "classes")},
    ),
)  # fmt: skip
