"""What is wrong with the run, in a line or two: which rule is shown, for how long, and in what words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nntui.training.commands import Command, Redraw, Set, from_json
from nntui.training.diagnosis.catalogue import RULES
from nntui.training.events import Diagnosed
from nntui.tui.widgets.text import Part, clipped, joined, length, number, whole, wrapped

AT_LEAST = 3.0  # seconds that a rule is shown once it was
_SERIOUS = ("not_finite", "gradient_ascent")
_ORDER = {name: place for place, name in enumerate(RULES)}


def first(diagnoses: Mapping[str, Diagnosed]) -> Diagnosed | None:
    """The one to show: of several, the one whose rule comes first."""
    return min(diagnoses.values(), key=lambda each: _ORDER.get(each.rule, len(_ORDER)), default=None)


class Shown:
    """Which diagnosis is on the screen: the first that holds, but each for three seconds at least."""

    def __init__(self) -> None:
        self.diagnosed: Diagnosed | None = None
        self._since = 0.0

    def look(self, diagnoses: Mapping[str, Diagnosed], now: float) -> float | None:
        """Take in what holds at the time ``now``, in seconds; in how many to look again, or None if nothing waits."""
        wanted = first(diagnoses)
        here = self.diagnosed
        if wanted is here:
            return None
        left = AT_LEAST - (now - self._since)
        if here is not None and left > 0 and not (wanted is not None and wanted.rule == here.rule):
            return left
        if here is None or wanted is None or wanted.rule != here.rule:
            self._since = now
        self.diagnosed = wanted
        return None

    def forget(self) -> None:
        """Another run: what was said of the last is not true of it."""
        self.diagnosed = None


def rows_needed(diagnosed: Diagnosed, width: int, keys: Mapping[str, str]) -> int:
    """One, or two where the sentence and the keys have no room side by side."""
    return len(words(diagnosed, width, "!", keys))


def words(diagnosed: Diagnosed, width: int, sign: str, keys: Mapping[str, str]) -> list[list[Part]]:
    """What is wrong, what to try, and the keys: in one row as much as ``width`` can hold, or the sentence in two."""
    role = "error" if diagnosed.rule in _SERIOUS else "warning"
    remedy, evidence = keys["change.remedy"], keys["time.return"]
    message = dated(diagnosed)
    said: list[Part] = [(f" {sign} ", role), (message, role)]
    advice: list[Part] = [(diagnosed.remedy, "text")] if diagnosed.remedy else []
    long = f"{remedy} does it · {evidence} why" if diagnosed.commands else f"{evidence} why"
    short = f"{remedy} the remedy · {evidence} why" if diagnosed.commands else f"{evidence} why"
    for groups in ((said, advice, [(long, "muted")]), (said, [(short, "muted")])):
        parts = joined([group for group in groups if group])
        if length(parts) <= width:
            return [_spread(parts, width)]
    first_line, *rest = wrapped(message, width - 4) or [""]  # nothing has room in so few columns
    tail = ("  " + short, "muted")
    second = clipped(" ".join(rest), max(width - 3 - length([tail]), 0))
    return [
        [(f" {sign} {first_line}", role)],
        _spread([("   ", "text"), (second, role), tail], width),
    ]


def dated(diagnosed: Diagnosed) -> str:
    """The message with the epoch that its numbers are of: the run may have gone on since."""
    return f"Epoch {whole(diagnosed.epoch)}: {diagnosed.message}"


def _spread(parts: list[Part], width: int) -> list[Part]:
    """The last part at the right edge."""
    gap = max(width - length(parts), 0)
    return [*parts[:-1], (" " * gap, "text"), parts[-1]]


# ---- the evidence

_MEANINGS = {
    "quantity": "what is no number",
    "maximise": "loss.maximise",
    "loss": "loss on at most 256 training samples",
    "uphill_share": "steps that went uphill",
    "rise": "rise of the loss over the window",
    "units": "units in the layer",
    "difference": "largest difference between two units' weights",
    "size": "size of the weights (root mean square)",
    "layers": "hidden layers",
    "straight_r2": "R² of a straight plane through the logits",
    "ratio": "widest input ÷ narrowest",
    "optimizer": "optimizer",
    "flat_share": "saturated outputs",
    "stuck_share": "units saturated for more than 99% of the samples",
    "flat_share_at_start": "saturated outputs at the start",
    "activation": "activation",
    "gradient_first_to_last": "gradient of the first hidden layer ÷ the last",
    "gradient_factor_a_layer": "factor a layer, going back",
    "signal_last_to_first": "spread of the outputs, last ÷ first",
    "dead": "dead units",
    "samples": "training samples they were judged on",
    "dead_share": "share of dead units",
    "dead_share_at_start": "share of dead units at the start",
    "surely_wrong_share": "outputs that are sure of the wrong answer",
    "guessing": "loss of guessing",
    "times": "loss ÷ that of guessing",
    "best": "best loss so far",
    "jump_share": "recent looks far above the best",
    "update_ratio": "update ÷ weights, median (1e-3 is usual)",
    "schedule": "schedule",
    "alpha": "alpha, median: -1 short of the valley floor, 0 at it, 1 past it",
    "test_loss": "loss on at most 2,048 test samples",
    "best_test_loss": "best of these",
    "validation_loss": "loss on at most 2,048 validation samples",
    "best_validation_loss": "best of these",
    "best_at_step": "at step",
    "train_loss": "loss on at most 256 training samples",
}
_UNSAID = ("blame", "far_off", "maximise")


def evidence(diagnosed: Diagnosed) -> list[tuple[str, str]]:
    """(number, what it is) of all that the rule was judged by."""
    return [
        (_shown(name, value), _MEANINGS.get(name, name.replace("_", " ")))
        for name, value in diagnosed.evidence.items()
        if value is not None and name not in _UNSAID
    ]


def _shown(name: str, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0%}" if "_share" in name else number(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def commands(diagnosed: Diagnosed) -> list[Command]:
    """The remedy as commands."""
    return [from_json(record) for record in diagnosed.commands]


def in_words(command: Command) -> str:
    """A command of a remedy, as a person says it."""
    if isinstance(command, Set):
        value = str(command.value).lower() if isinstance(command.value, bool) else command.value
        return f"set {command.name} to {value}"
    if isinstance(command, Redraw):
        where = "all weights" if command.layer is None else f"the weights of layer {command.layer + 1}"
        if command.dead:
            where = "the dead units' weights"
        return f"draw {where} anew"
    return type(command).__name__.lower()
