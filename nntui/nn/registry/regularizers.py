"""What keeps a network from fitting too closely or jumping too far, by name.

The trait ``setting`` names the hyperparameter that switches it on; 0 is off. In the formulas w are the weights, g the
gradient, r the learning rate.
"""

from collections.abc import Mapping

from nntui.nn.registry.entry import Entry


def _setting(name: str) -> Mapping[str, tuple[str, ...]]:
    return {"setting": (name,)}


_TARGET = "regularization:Regularization"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "l1", "Pulls every weight toward 0 with the same force, so that many end near 0 and few carry the rest.",
        "loss + l1 Σ|w|; g + l1 sign(w)", "Tibshirani 1996 (the lasso)", _TARGET,
        traits=_setting("regularization.l1"),
    ),
    Entry(
        "l2", "Pulls every weight toward 0 in proportion to its size; smaller weights make smoother functions.",
        "loss + l2/2 Σw²; g + l2 w", "Goodfellow, Bengio & Courville 2016, Deep Learning, section 7.1.1", _TARGET,
        traits=_setting("regularization.l2"),
    ),
    Entry(
        "weight_decay", "Decoupled weight decay: in adamw and lion, weights and biases shrink apart from the gradient.",
        "w = w (1 - r weight_decay)", "Loshchilov & Hutter 2019; as torch.optim.AdamW", "optimizers:AdamW",
        traits=_setting("optimizer.weight_decay"),
    ),
    Entry(
        "dropout", "Leaves out random units at every step, so that none can rely on another; off when it is tested.",
        "a = a m / (1 - p), m = 0 with probability p, else 1 (inverted: nothing to scale when it is tested)",
        "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014; inverted as torch.nn.Dropout",
        "step:StepRecorder", traits=_setting("network.dropout"),
    ),
    Entry(
        "input_noise", "Moves every input a little at every step: a penalty on steep slopes.",
        "x + input_noise ε, ε ~ N(0, 1)", "Bishop 1995, Training with noise is equivalent to Tikhonov regularization",
        _TARGET, traits=_setting("regularization.input_noise"),
    ),
    Entry(
        "clip_value", "Cuts every component of the gradient to a largest size; its direction may turn.",
        "g = max(-c, min(c, g))", "as torch.nn.utils.clip_grad_value_", _TARGET,
        traits=_setting("regularization.clip_value"),
    ),
    Entry(
        "clip_norm", "Shortens a gradient that is too long, all layers together; its direction stays.",
        "g = g min(1, c / ‖g‖)", "Pascanu, Mikolov & Bengio 2013, algorithm 1", _TARGET,
        traits=_setting("regularization.clip_norm"),
    ),
    Entry(
        "max_norm", "Keeps the weights into each unit within a ball: longer ones are shortened after every step.",
        "w = w min(1, c / ‖w‖) for each unit's incoming weights", "Srivastava et al. 2014, section 5.1", _TARGET,
        traits=_setting("regularization.max_norm"),
    ),
    Entry(
        "early_stopping", "Ends the run when the validation loss stops falling, and puts the best weights back.",
        "stop after `patience` epochs in a row without a new lowest validation (or test) loss",
        "Prechelt 1998, Early Stopping - But When?", "stopping:EarlyStopping", traits=_setting("training.patience"),
    ),
)  # fmt: skip
