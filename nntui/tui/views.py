"""The views behind the number keys: which panels each holds and how they share the screen.

A tiling is a row of columns; a column has its share of the width, and its panels, top to bottom, have their shares of
the height. A panel that does not apply to the run at hand leaves its room to its neighbors.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Column: TypeAlias = tuple[float, tuple[tuple[str, float], ...]]
"""Share of the width; (panel id, share of the height) of each panel."""
Tiling: TypeAlias = tuple[Column, ...]

WIDE = 160
TALL = 30


@dataclass(frozen=True, slots=True)
class Tab:
    """One view.

    Attributes:
        id: its name in the config file and in the actions, ``view_<number>`` being its key's.
        key: that shows it.
        title: on its tab.
        narrow: the tiling where the terminal is 80 to 159 columns wide.
        wide: from 160 on; empty: as ``narrow``.
        small: of fewer than 30 rows and not wide; empty: as ``narrow``. Every panel is at least 6 rows high and 26
            columns wide in 80×24.
    """

    id: str
    key: str
    title: str
    narrow: Tiling = ()
    wide: Tiling = ()
    small: Tiling = ()

    def tiling(self, width: int, height: int) -> Tiling:
        """The tiling for a terminal of this size."""
        if width >= WIDE and self.wide:
            return self.wide
        return self.small if height < TALL and width < WIDE and self.small else self.narrow

    @property
    def panels(self) -> tuple[str, ...]:
        """The ids of all its panels, of every tiling, in the order in which the focus goes through them."""
        tilings = (self.narrow, self.wide, self.small)
        return tuple(dict.fromkeys(name for tiling in tilings for _, column in tiling for name, _ in column))


OVERVIEW = Tab(
    "overview", "1", "Overview",
    narrow=(
        (1.0, (("loss", 8), ("accuracy", 6), ("learning-rate", 7))),
        (1.0, (("weights", 7), ("activations", 7), ("hyperparameters", 7))),
    ),
    wide=(
        (1.2, (("loss", 10), ("accuracy", 7), ("learning-rate", 7))),
        (1.2, (("weights", 11), ("activations", 13))),
        (0.8, (("hyperparameters", 1),)),
    ),
)  # fmt: skip

LAYERS = Tab(
    "layers", "2", "Layers",
    narrow=(
        (1.0, (("weights-over-time", 12), ("activation-spread", 10))),
        (1.0, (("gradients", 8), ("update-ratio", 7), ("gradient-flow", 7))),
    ),
    wide=(
        (1.0, (("weights-over-time", 1),)),
        (1.0, (("activation-spread", 12), ("gradient-flow", 8))),
        (1.0, (("gradients", 11), ("update-ratio", 9))),
    ),
)  # fmt: skip

NEURONS = Tab(
    "neurons", "3", "Neurons",
    narrow=(
        (1.15, (("diagram", 14), ("units", 8))),
        (1.0, (("neuron", 9), ("neuron-curve", 7), ("neuron-map", 8))),
    ),
    wide=(
        (1.3, (("diagram", 15), ("units", 7))),
        (0.9, (("neuron", 1),)),
        (0.9, (("neuron-curve", 8), ("neuron-map", 11))),
    ),
)  # fmt: skip

PREDICTIONS = Tab(
    "predictions", "4", "Predictions",
    narrow=(
        (1.0, (("decision-map", 12), ("fit", 12), ("confusion", 8))),
        (1.0, (("mistakes", 8), ("roc", 8), ("sample-losses", 7))),
    ),
    wide=(
        (1.2, (("decision-map", 12), ("fit", 12))),
        (1.0, (("confusion", 9), ("roc", 9))),
        (1.0, (("mistakes", 12), ("sample-losses", 8))),
    ),
    small=(
        (1.0, (("decision-map", 8), ("fit", 7), ("confusion", 6))),
        (1.0, (("mistakes", 7), ("roc", 7), ("sample-losses", 7))),
    ),
)  # fmt: skip

GRADIENTS = Tab(
    "gradients", "5", "Gradients",
    narrow=(
        (1.2, (("chain", 14), ("chain-bars", 7))),
        (1.0, (("surface", 12), ("nudge", 9))),
    ),
    wide=(
        (1.2, (("chain", 14), ("chain-bars", 8))),
        (1.3, (("surface", 1),)),
        (0.9, (("nudge", 1),)),
    ),
)  # fmt: skip

RUNS = Tab(
    "runs", "6", "Runs",
    narrow=(
        (1.0, (("run-list", 11), ("branches", 9))),
        (1.0, (("comparison", 1),)),
    ),
    wide=(
        (1.0, (("run-list", 12), ("branches", 10))),
        (1.3, (("comparison", 1),)),
    ),
)  # fmt: skip

VIEWS: tuple[Tab, ...] = (OVERVIEW, LAYERS, NEURONS, PREDICTIONS, GRADIENTS, RUNS)


def filled(views: tuple[Tab, ...] = VIEWS) -> tuple[Tab, ...]:
    """The views that have a panel."""
    return tuple(view for view in views if view.panels)


def holding(tiling: Tiling, own: Container[str], held: Sequence[str]) -> Tiling:
    """The tiling with the panels chosen for it and no others.

    Those that are not among the view's ``own`` go to the columns with the fewest panels.
    """
    names = [name for _, column in tiling for name, _ in column]
    columns = [(share, list(column)) for share, column in without(tiling, set(names) - set(held))]
    for name in held:
        if name not in names and name not in own:
            if not columns:
                columns.append((1.0, []))
            column = min(columns, key=lambda column: len(column[1]))[1]
            column.append((name, sum(rows for _, rows in column) / len(column) if column else 1.0))
    return tuple((share, tuple(column)) for share, column in columns) or tiling


def without(tiling: Tiling, absent: Container[str]) -> Tiling:
    """The tiling without these panels; a column that loses all of its own is gone too."""
    columns = ((share, tuple(item for item in column if item[0] not in absent)) for share, column in tiling)
    return tuple((share, column) for share, column in columns if column)
