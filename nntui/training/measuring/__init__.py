"""How each of `nntui.training.insights` is measured: one module a record, each with ``measure(context)``.

Nothing here touches training or its generators.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nntui.training.commands import Watch

if TYPE_CHECKING:
    from nntui.nn.arrays import Array, IntArray
    from nntui.training.session import Session


@dataclass(frozen=True)
class Context:
    """What a measurement is made from.

    Attributes:
        session: to be looked at, not written to.
        inputs: (n, inputs) the probe set, rows of the training part.
        rows: (n,) which rows these are.
        chosen: with the layer, unit, weight and sample that the person looks at; they may lie beyond what there is.
        kept: what a measurement keeps from one time to the next, by its own names; empty with each new run.
        once: nobody asks again before something changes: what is usually done bit by bit is to be done now.
        unfinished: names of the quantities that need more time; None where nobody would ask for them again.
    """

    session: Session
    inputs: Array
    rows: IntArray
    chosen: Watch
    kept: dict[str, Any]
    once: bool = False
    unfinished: set[str] | None = None


def place_of(context: Context, sample: int) -> str:
    """Where a row of the training set is found: ``row 812`` of the data set, or ``line 813`` of the user's file."""
    split = context.session.prepared.split
    dataset = split.dataset
    return f"{dataset.numbered_by} {dataset.number_of(int(split.train_index[sample])):,}"


def measure(name: str, context: Context) -> Any:
    """The record of this quantity as things are now; None where it does not apply to the network or the data."""
    return import_module(f"{__name__}.{name}").measure(context)
