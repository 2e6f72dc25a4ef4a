"""What was changed in the run and when, in few and plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nntui.experiment import Value
from nntui.training.events import Changed, Edited, are_one_change
from nntui.tui.branches import Ghost
from nntui.tui.model import SCALE, Model
from nntui.tui.stretches import Stretch

UNFELT = frozenset(("training.pace", "training.epochs", "training.patience"))
"""Changes that leave every step as it would have been."""

_SPEAKS_FOR_ITSELF = ("optimizer.name", "schedule.name", "network.activation")
_NAMES = {"training.batch_size": "batch", "loss.name": "loss"}


@dataclass(frozen=True, slots=True)
class Told:
    """A change: ``short`` for a mark in a chart, ``full`` for a list."""

    name: str
    epoch: float
    short: str
    full: str


def told(model: Model) -> list[Told]:
    """The changes that training felt, oldest first; those of one group are one.

    What was changed after the end of a run is felt only once it trains on.
    """
    end = model.steps_done if model.state in ("finished", "stopped") else None
    version = (model.settings_version, len(model.changes), end)
    felt = [change for change in model.changes if end is None or change.step < end]
    return model.kept("changes told", version, lambda: tell(felt, model.stretches))


def tell(changes: Sequence[Changed | Edited], stretches: Sequence[Stretch]) -> list[Told]:
    """The same of any run: its changes, and the stretches before, between and after them."""
    felt = [
        Part(change, before, after)
        for change, (before, after) in zip(changes, pairwise(stretches), strict=False)
        if isinstance(change, Edited) or change.name not in UNFELT
    ]
    return [in_words(parts) for parts in _grouped(felt)]


@dataclass(frozen=True, slots=True)
class Part:
    """A change, or one of several that count as one, between the stretches before and after it."""

    change: Changed | Edited
    before: Stretch
    after: Stretch


def last_change(model: Model) -> Told | None:
    """What an undo takes back; None where nothing was changed but the pace."""
    parts: list[Part] = []
    for change, (after, before) in zip(reversed(model.changes), pairwise(reversed(model.stretches)), strict=False):
        if isinstance(change, Changed) and change.name == "training.pace":
            continue
        if parts and not are_one_change(change, parts[0].change):
            break
        parts.insert(0, Part(change, before, after))
    return in_words(parts) if parts else None


def in_words(parts: Sequence[Part]) -> Told:
    """One change; of a burst, each setting from its first value to its last, where and when the burst began."""
    merged: dict[str, list[Part]] = {}
    for index, part in enumerate(parts):
        name = part.change.name if isinstance(part.change, Changed) else f"edit {index}"
        merged.setdefault(name, []).append(part)
    texts = [_in_words(several) for several in merged.values()]
    name = next(iter(merged)) if len(merged) == 1 else ""
    return Told(
        "" if name.startswith("edit ") else name,
        parts[0].after.epoch,
        ", ".join(short for short, _ in texts),
        ", ".join(full for _, full in texts),
    )


def _in_words(parts: Sequence[Part]) -> tuple[str, str]:
    """For a mark and for a list; ``parts`` are edits, or changes of one setting."""
    first, last = parts[0].change, parts[-1].change
    if not (isinstance(first, Changed) and isinstance(last, Changed)):
        said = ", ".join(part.change.what for part in parts if isinstance(part.change, Edited))
        return said, said
    short, full = _words(replace(last, old=first.old), parts[0].before, parts[-1].after)
    if len(parts) > 1 and first.name == SCALE and isinstance(first.old, float | int) and first.old:
        short = f"lr ×{float(last.new) / first.old:.3g}" if isinstance(last.new, float | int) else short
    return short, full


def _grouped(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Those that count as one change together."""
    group: list[Part] = []
    for part in parts:
        if group and not are_one_change(group[-1].change, part.change):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def ghost_names(model: Model) -> list[str]:
    """What sets each ghost apart: what was changed first in it or, where nothing was, in the run that left it.

    ``lr 0.1 → 0.03 at 40`` of the first kind, ``without lr 0.1 → 0.03 at 40`` of the second.
    """
    return [_ghost_name(ghost, told(model)) for ghost in model.ghosts.all]


def _ghost_name(ghost: Ghost, live: Sequence[Told]) -> str:
    for words, changes in (("", tell(ghost.changes, ghost.stretches)), ("without ", live)):
        after = [change for change in changes if change.epoch >= ghost.fork]
        if after:
            return f"{words}{_first_words(after)} at {int(after[0].epoch):,}"
    return "as it went on"


def _first_words(changes: Sequence[Told]) -> str:
    """The first change; what was moved several times at one place counts from its first value to its last."""
    first = last = changes[0]
    for change in changes[1:]:
        if change.name != first.name or change.epoch != first.epoch:
            break
        last = change
    return f"{first.full.partition(' → ')[0]} → {last.full.rpartition(' → ')[2]}" if last is not first else first.full


def _words(change: Changed, before: Stretch, after: Stretch) -> tuple[str, str]:
    old, new = shown_value(change.old), shown_value(change.new)
    section, _, label = change.name.partition(".")
    if change.name in (SCALE, "optimizer.learning_rate"):
        rate = f"{rate_at(after, change.step):.3g}"
        return f"lr {rate}", f"lr {rate_at(before, change.step):.3g} → {rate}"
    if label.startswith("layers."):
        number, _, field = label.removeprefix("layers.").partition(".")
        where = f"hidden {number}"
        what = "" if field == "activation" else f"{field} ".replace("_", " ")
        return f"{where} {what}{new}", f"{where} {what}{old} → {new}"
    if change.name in _SPEAKS_FOR_ITSELF:
        return new, f"{old} → {new}"
    name = _NAMES.get(change.name, label if section != "loss" else f"loss {label}").replace("_", " ")
    return f"{name} {new}", f"{name} {old} → {new}"


def rate_at(stretch: Stretch, step: int) -> float:
    """The learning rate of a step by the settings of a stretch."""
    from nntui.experiment.build import build_schedule

    schedule = build_schedule(stretch.experiment, stretch.total_steps)
    return float(schedule(step)) * stretch.experiment.schedule.scale


def shown_value(value: Value) -> str:
    """A hyperparameter's value in few characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
