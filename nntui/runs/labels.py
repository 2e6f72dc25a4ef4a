"""What a change is called in few words, ``lr 0.1 → 0.03``: as the marks of the dashboard's charts have it."""

from __future__ import annotations

from nntui.experiment import InvalidValue, Value
from nntui.experiment.build import build_schedule
from nntui.training.events import Changed, Edited
from nntui.training.session import Session

_SCALE, _RATE = "schedule.scale", "optimizer.learning_rate"
_SPEAKS_FOR_ITSELF = ("optimizer.name", "schedule.name", "network.activation")
_NAMES = {"training.batch_size": "batch", "loss.name": "loss"}


def is_change(event: object) -> bool:
    """Whether something was changed that is a matter of the run itself, not only of how fast it is shown."""
    return isinstance(event, Edited) or (isinstance(event, Changed) and event.name != "training.pace")


def label_of(event: Changed | Edited, session: Session) -> str:
    """What happened and when, by epochs ended; ``session``: just after it."""
    words = event.what if isinstance(event, Edited) else _words(event, session)
    return f"{words} at {event.epoch:,}"


def _words(change: Changed, session: Session) -> str:
    if change.name in (_SCALE, _RATE):
        before, now = _rate_before(change, session), f"{session.learning_rate:.3g}"
        return f"lr {now}" if before is None else f"lr {before:.3g} → {now}"
    old, new = _shown(change.old), _shown(change.new)
    section, _, label = change.name.partition(".")
    if label.startswith("layers."):
        number, _, field = label.removeprefix("layers.").partition(".")
        what = "" if field == "activation" else f"{field} ".replace("_", " ")
        return f"hidden {number} {what}{old} → {new}"
    if change.name in _SPEAKS_FOR_ITSELF:
        return f"{old} → {new}"
    name = _NAMES.get(change.name, label if section != "loss" else f"loss {label}").replace("_", " ")
    return f"{name} {old} → {new}"


def _rate_before(change: Changed, session: Session) -> float | None:
    """The learning rate that the next step would have had without the change; None where that cannot be told."""
    old, new = change.old, change.new
    if change.name == _SCALE and isinstance(old, int | float) and isinstance(new, int | float) and new:
        return session.learning_rate * old / new
    try:
        before = session.experiment.with_value(change.name, old, live=True)
        return float(build_schedule(before, session.total_steps)(session.step)) * before.schedule.scale
    except InvalidValue:
        return None


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
