"""How well a name fits what was typed: exact names first, then beginnings, then parts, then what was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from nntui.experiment import Parameter

Item = TypeVar("Item")

FIRST = (
    "optimizer.learning_rate", "network.hidden", "network.activation", "training.batch_size", "optimizer.name",
    "training.epochs", "schedule.name", "regularization.l2", "network.dropout", "loss.name",
)  # fmt: skip
"""The hyperparameters that learners change first."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "data.name": ("data", "dataset"),
    "data.test_share": ("test_size",),
    "loss.maximise": ("maximize",),
    "loss.name": ("loss", "criterion", "objective", "cost"),
    "network.activation": ("nonlinearity", "transfer_function"),
    "network.dropout": ("drop_rate",),
    "network.hidden": ("layers", "units", "neurons", "width", "depth", "architecture", "hidden_layers",
                       "add_layers", "more_layers", "more_units", "more_neurons"),
    "network.initializer": ("weights", "kernel_initializer"),
    "optimizer.learning_rate": ("lr", "rate", "eta", "step_size"),
    "optimizer.name": ("optimizer", "solver"),
    "optimizer.weight_decay": ("wd",),
    "regularization.clip_norm": ("gradient_clipping", "grad_clip"),
    "regularization.l1": ("lasso",),
    "regularization.l2": ("ridge",),
    "schedule.name": ("schedule", "scheduler", "decay"),
    "schedule.scale": ("rate_scale", "lr_scale"),
    "training.batch_size": ("bs", "minibatch"),
    "training.epochs": ("iterations", "max_iter", "passes", "more_epochs", "longer"),
    "training.pace": ("speed",),
    "training.patience": ("early_stopping",),
    "training.precision": ("dtype",),
    "training.seed": ("random_state",),
}
"""What a hyperparameter is called elsewhere."""


ACTION_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "change.edit": ("settings", "hyperparameters", "options", "configure"),
    "change.evidence": ("why", "reason"),
    "change.presets": ("examples", "open preset"),
    "change.range_test": ("range test", "rate finder"),
    "change.save": ("export",),
    "change.undo": ("revert", "back"),
    "data.open": ("csv", "parquet", "import", "load data", "table"),
    "learn.open": ("course", "lessons", "challenges", "concepts", "tutorial", "next lesson"),
    "look.zoom_in": ("zoom in",),
    "look.zoom_out": ("zoom out",),
    "program.help": ("glossary", "keys", "shortcuts"),
    "program.quit": ("exit", "close", "leave"),
    "program.screenshot": ("screenshot", "picture", "export", "save screen"),
    "program.tour": ("introduction", "welcome"),
    "run.faster": ("speed up",),
    "run.pause": ("stop", "start", "play", "continue", "resume", "train", "run"),
    "run.restart": ("reset", "start over", "rerun"),
    "run.slower": ("slow down",),
    "time.best": ("best weights",),
    "view.predictions": ("confusion matrix", "decision boundary", "mistakes"),
    "view.gradients": ("backpropagation", "chain rule", "loss surface"),
}
"""What an action is called elsewhere, by its id."""

QUESTIONS = frozenset(("what", "is", "are", "does", "how", "do", "i", "to", "the", "a", "an", "can"))
"""Words of a question that say nothing of what it is about."""


def asked_about(query: str) -> str:
    """What a question such as "what is loss" is about; a line that is none stays as it is."""
    words = query.lower().split()
    if not words or words[0] not in QUESTIONS:
        return query.strip()
    return " ".join(word.strip("?") for word in words if word not in QUESTIONS) or query.strip()


def fit(name: str, query: str) -> int | None:
    """0 the same, 1 begins with it, 2 a word of it begins with it, 3 has it in it; None: none of these."""
    name, query = _plain(name), _plain(query)
    if name == query:
        return 0
    if name.startswith(query):
        return 1
    if f" {query}" in f" {name}":
        return 2
    return 3 if query in name else None


def _plain(text: str) -> str:
    for sign in "._-":
        text = text.replace(sign, " ")
    return " ".join(text.lower().split())


def ranked(
    items: Iterable[Item], query: str, names: Callable[[Item], Sequence[str]], *, guess: bool = True
) -> list[Item]:
    """The items that fit, best first, those that fit alike in their order.

    Args:
        names: what an item is called; the best of its names counts.
        guess: whether to give what was probably meant where nothing fits.
    """
    known = [(item, names(item)) for item in items]
    if not _plain(query):
        return [item for item, _ in known]
    found = [(min(fits), item) for item, called in known if (fits := _fits(called, query))]
    if found or not guess:
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]
    words = {_plain(name): item for item, called in reversed(known) for name in called}
    return [words[name] for name in get_close_matches(_plain(query), list(words), n=3, cutoff=0.7)]


def _fits(names: Sequence[str], query: str) -> list[int]:
    return [found for name in names if (found := fit(name, query)) is not None]


def hyperparameters(rows: Iterable[Parameter], query: str) -> list[Parameter]:
    """Those that a name, or a part of one, may mean, best first; then those whose meaning has the words."""
    rows, words = in_order(rows), query.lower().split()
    meant = [row for row in rows if all(word in _words(row) for word in words)]
    found = ranked(rows, query, called)
    if meant and not any(_fits(called(row), query) for row in found):
        found = []  # names that are merely alike
    return [*found, *(row for row in meant if row not in found)]


def called(row: Parameter) -> tuple[str, ...]:
    """What a hyperparameter is called, here and elsewhere; the sign before its full name keeps the section from naming
    it alone."""
    return (row.label, *SYNONYMS.get(row.name, ()), f"~ {row.name}")


def _words(row: Parameter) -> str:
    return f"{row.name} {row.meaning} {' '.join(row.choices)}".lower()


def in_order(rows: Iterable[Parameter]) -> list[Parameter]:
    """What learners change first, then section by section, in each what holds for all layers first."""
    return sorted(rows, key=_place)


def _place(row: Parameter) -> tuple[int, int, bool]:
    first = FIRST.index(row.name) if row.name in FIRST else len(FIRST)
    return first, SECTIONS.index(row.section), row.name.startswith("network.layers.")


SECTIONS = ("optimizer", "schedule", "training", "network", "regularization", "loss", "data")
