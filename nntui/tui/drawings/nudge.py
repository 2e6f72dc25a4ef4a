"""How well a nudge of the weight meets its gradient, for every size of nudge; and what the next step does to it."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.scatter import Dots, scatter
from nntui.training.insights.nudge import NextUpdate, Nudge
from nntui.tui.drawings.pieces import said_with_room, text_row
from nntui.tui.drawings.predictions import nothing, record, too_large
from nntui.tui.drawings.selecting import move
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, length, number, whole

__all__ = ["draw", "move"]

_TOO_LARGE = "the network is too large to try the next step on a copy"
_LEAST = 1e-16  # the smallest relative error there is in double precision


def draw(request: Request) -> Drawing:
    """The curve above, the step below."""
    found: Nudge | None = record(request.model, "nudge")
    if found is None:
        return nothing(request, too_large(request.model))
    width, height = request.size
    words = _update(found.update, width) if found.update is not None else [[(_TOO_LARGE, "muted")]]
    shown = words[: max(height - 4, 1)] if height >= 5 else words[-1:] if words else []
    below = [text_row(parts, width, request.look) for parts in shown]
    title, best = "Nudge and next step", _best(found)
    said = said_with_room(width, title, best, best.partition(" at ")[0])
    return Drawing([*_curve(found, request, height - len(below)), *below], title, said)


def _curve(found: Nudge, request: Request, height: int) -> list[Strip]:
    size = (request.size[0], height)
    if not found.gradient and not found.quotient.any():
        return message("the gradient is 0, and no nudge changes the loss", size, request.look)
    error = np.maximum(found.error, _LEAST)
    return scatter(
        [Dots("relative difference", "train", found.h, error, line=True)], size, request.look,
        log_x=True, log_y=True, x_label="nudge h",
    )  # fmt: skip


def _best(found: Nudge) -> str:
    if not np.isfinite(found.error).any() or not (found.gradient or found.quotient.any()):
        return ""
    at = int(np.nanargmin(found.error))
    return f"best {found.error[at]:.0e} at h = {found.h[at]:.0e}".replace("e-0", "e-")


def _update(step: NextUpdate, width: int) -> list[list[Part]]:
    """Lines, the last one the most telling."""
    n = _number
    name, rate, batch = step.optimizer, n(step.learning_rate), f"batch of {step.batch}"
    head = f"Next step {whole(step.step)}"
    rates = f"rate {rate}", f"rate {number(step.learning_rate, 2)}"
    forms = [
        f"  {name}, {rates[0]}, {batch}",
        *(f"  {name}, {said}" for said in rates),
        *(f"  {said}" for said in rates),
    ]
    first: list[Part] = [(head, "title")]
    first += [(said, "text") for said in forms if cell_len(head + said) <= width][:1]
    parts: list[Part] = [(f"gradient of the batch {n(step.gradient)}", "text")]
    for name, value in (("l1", step.penalty_l1), ("l2", step.penalty_l2)):
        if value:
            parts.append((f" {'+' if value > 0 else '−'} {name} {n(abs(value))}", "warning"))
    whole_gradient = step.gradient + step.penalty_l1 + step.penalty_l2
    if abs(step.clipped - whole_gradient) > 1e-6 * abs(whole_gradient):
        parts.append((f" → clipped {n(step.clipped)}", "warning"))
    if step.maximised:
        parts.append(("  turned around: the loss is maximised", "muted"))
    change = step.after - step.before
    last: list[Part] = [
        ("w ", "muted"), (f"{number(step.before, 6)} → {number(step.after, 6)}", "now"), (f"  ({change:+.3g})", "text"),
    ]  # fmt: skip
    plain = f"  rate × gradient {0.0 - step.learning_rate * step.clipped:+.3g}"
    if step.frozen:
        last.append(("  its layer is frozen", "warning"))
    elif length(last) + len(plain) <= width:
        last.append((plain, "muted"))
    if step.weight_decay:
        last.append((f"  decay {n(step.weight_decay)}", "warning"))
    return [first, parts, last]


def _number(value: float) -> str:
    return number(value, 4).replace("e-0", "e-")


def facts(model: Model) -> dict[str, str]:
    """The best nudge, and the next step part by part."""
    found: Nudge | None = record(model, "nudge")
    if found is None:
        return {}
    told = {"gradient": _number(found.gradient), "nudges": _best(found)}
    if found.update is not None:
        step = found.update
        told |= {
            "gradient of the batch": _number(step.gradient),
            "l1, l2": f"{_number(step.penalty_l1)}, {_number(step.penalty_l2)}",
            "after clipping": _number(step.clipped),
            "weight": f"{number(step.before, 6)} → {number(step.after, 6)}",
        }
    return told
