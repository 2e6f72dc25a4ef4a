"""The whole state of a run as plain values and arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from nntui.experiment import Experiment
from nntui.experiment.build import Prepared, streams
from nntui.training import changes
from nntui.training.divergence import Keeper
from nntui.training.loop import Loop

VERSION = 1

Asked = tuple[Literal["batch", "epoch"], int] | None
State = Literal["running", "paused", "finished", "stopped", "diverged"]
_STATES = ("running", "paused", "finished", "stopped", "diverged")


@dataclass(frozen=True)
class Contents:
    """A checked state: the experiment as it began and as it is, and the rest."""

    origin: Experiment
    experiment: Experiment
    state: State
    asked: Asked
    loop: Mapping[str, Any]
    keeper: Mapping[str, Any] | None


def pack(origin: Experiment, loop: Loop, keeper: Keeper, state: State, asked: Asked) -> dict[str, Any]:
    """Words, numbers, None, lists, dictionaries and arrays only; the arrays are nobody else's."""
    return {
        "version": VERSION,
        "origin": origin.to_dict(),
        "experiment": loop.experiment.to_dict(),
        "state": state,
        "asked": None if asked is None else list(asked),
        "loop": _copied(loop.state()),
        "keeper": keeper.state(),
    }


def unpack(packed: Mapping[str, Any]) -> Contents:
    """The contents of what `pack` gave.

    Raises:
        ValueError: something is missing, or of another version.
    """
    if packed.get("version") != VERSION:
        raise ValueError(f"a state of version {packed.get('version')!r}; this program reads version {VERSION}")
    missing = [name for name in ("origin", "experiment", "state", "loop") if name not in packed]
    if missing:
        raise ValueError(f"the state lacks {', '.join(missing)}")
    if packed["state"] not in _STATES:
        raise ValueError(f"there is no state {packed['state']!r}")
    asked = packed.get("asked")
    return Contents(
        Experiment.from_dict(packed["origin"]),
        Experiment.from_dict(packed["experiment"]),
        packed["state"],
        None if asked is None else cast(Asked, (str(asked[0]), int(asked[1]))),
        packed["loop"],
        packed.get("keeper"),
    )


def rebuild(contents: Contents, prepared: Prepared) -> tuple[Loop, Keeper]:
    """A loop that goes on from there, and what it would go back to.

    Raises:
        ValueError: the state does not fit its experiment.
    """
    loop = Loop(contents.origin, prepared, streams(contents.origin.training.seed))
    changes.apply(loop, contents.experiment)
    try:
        parameters = np.asarray(contents.loop["parameters"])
        if (parameters.shape, parameters.dtype) != (loop.start.shape, loop.start.dtype):
            raise ValueError("the parameters do not fit the network of this experiment")
        loop.restore(contents.loop)
        keeper = Keeper(loop)
        if contents.keeper is not None:
            keeper.restore(contents.keeper)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the state is not complete: {error}") from None
    return loop, keeper


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return value
