"""Measures `nntui.training.insights.surface`, a few places at a time.

A slice is worked out from coarse to fine, and kept until the weights have moved far from where it was centered; until a
new one has its coarse picture, the old one is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nntui.experiment.build import build_network
from nntui.nn.arrays import Array
from nntui.nn.evaluate import Evaluator
from nntui.nn.network import Network
from nntui.training.insights.chain import MOST_PARAMETERS
from nntui.training.insights.surface import Plane, Surface
from nntui.training.measuring import Context
from nntui.training.measuring.path import Path, note_path
from nntui.training.session import Session

SIDE = 25  # places along an axis
STRIDES = (4, 2, 1)  # of them every fourth first
_COARSE = len(range(0, SIDE, STRIDES[0])) ** 2
FAR = 0.3  # of the slice's reach: how far the weights go before it is centered anew
_TOO_LARGE = "the network is too large to look around in"
_SEED = 1712_09913
_WORK = 8_000_000  # parameters × rows × places of one measurement
_WORK_AT_REST = 40_000_000  # the same of one slice while nothing is trained: 20 ms, as other panels wait for it
_WORK_AT_ONCE = 500_000_000  # the same where nobody asks again: a quarter of a second
_MOST_PLACES = 48
_ROUNDING = 1e-6  # a second direction that is so much smaller is made of rounding
_MARGIN = 0.3  # of the extent of the path, on every side

Numbers = npt.NDArray[np.float64]


@dataclass(eq=False)
class Slice:
    """One slice under way.

    Attributes:
        center: (P,) weights at (0, 0).
        directions: (2, P).
        low, high: ends of the axes.
        step: at which the weights were at the center.
        loss: at the center.
        values: (SIDE, SIDE), row 0 the lowest y.
        order: places still to be worked out, the next one last.
    """

    center: Array
    directions: Array
    low: Numbers
    high: Numbers
    step: int
    loss: float
    values: Array = field(default_factory=lambda: np.full((SIDE, SIDE), np.nan, np.float32))
    order: list[tuple[int, int]] = field(default_factory=lambda: _coarse_to_fine(SIDE, STRIDES)[::-1])
    seen: dict[int, Numbers] = field(default_factory=dict)  # where places of the path are, by their numbers

    def __post_init__(self) -> None:
        self.products: Numbers = (self.directions @ self.directions.T).astype(np.float64)

    @property
    def has_picture(self) -> bool:
        """Whether all of the coarsest places are known."""
        return SIDE * SIDE - len(self.order) >= _COARSE

    def shadow(self, away: Array) -> Numbers:
        """(2,) coordinates of the place in the plane that is nearest to one ``away`` from the center, (P,)."""
        return np.asarray(np.linalg.pinv(self.products) @ (self.directions @ away).astype(np.float64))

    def off(self, away: Array, at: Numbers) -> float:
        """Distance of that place from the plane."""
        return float(np.linalg.norm(away - at.astype(away.dtype) @ self.directions))

    def along(self, path: Path) -> Numbers:
        """(k, 2) coordinates of the places of a path; each is worked out once."""
        for number, place in zip(path.numbers, path.places, strict=True):
            if number not in self.seen:
                self.seen[number] = self.shadow(place - self.center)
        self.seen = {number: self.seen[number] for number in path.numbers}
        return np.array(list(self.seen.values())).reshape(-1, 2)


@dataclass(eq=False)
class Surveyor:
    """What is kept from one measurement to the next."""

    made_for: object
    network: Network
    evaluator: Evaluator
    random: list[Slice] = field(default_factory=list)  # the one shown and the one under way, or just one
    path: list[Slice] = field(default_factory=list)
    turn: int = 0


def measure(context: Context) -> Surface:
    """One piece of work on the slice whose turn it is."""
    session = context.session
    if len(session.network.parameters) > MOST_PARAMETERS:
        return Surface(None, None, _TOO_LARGE, _TOO_LARGE, len(context.rows), len(session.network.parameters), 0)
    path = note_path(context)
    surveyor = _surveyor(context)
    parameters = session.network.parameters
    why = _begin(surveyor, session, path)
    slices = [kind[-1] for kind in (surveyor.random, surveyor.path) if kind and kind[-1].order]
    cost = len(parameters) * len(context.rows)
    if context.once:  # nothing is slowed down
        places = max(_WORK_AT_ONCE // cost, _COARSE) if context.unfinished is None else max(_WORK_AT_REST // cost, 1)
        for slice_ in slices:
            _work(surveyor, slice_, places)
        if context.unfinished is not None and any(slice_.order for slice_ in slices):
            context.unfinished.add("surface")
    elif slices:
        surveyor.turn += 1
        _work(surveyor, slices[surveyor.turn % len(slices)], min(max(_WORK // cost, 1), _MOST_PLACES))
    for kind in (surveyor.random, surveyor.path):
        if len(kind) > 1 and kind[-1].has_picture:
            del kind[0]
    return Surface(
        random=_plane(surveyor.random, path, parameters),
        path=_plane(surveyor.path, path, parameters),
        why_not="" if surveyor.random else why,
        why_no_path="" if surveyor.path else why,
        samples=len(context.rows),
        parameters=len(parameters),
        points=len(path.places),
    )


def _surveyor(context: Context) -> Surveyor:
    """As it was, unless the network or its loss are others now."""
    session = context.session
    made_for = session.experiment.network, session.experiment.loss
    kept: Surveyor | None = context.kept.get("surveyor")
    if kept is None or kept.made_for != made_for:
        network = build_network(session.experiment, session.prepared)
        targets = session.prepared.train_y[context.rows]
        kept = Surveyor(made_for, network, Evaluator(network, session.loss, context.inputs, targets))
        context.kept["surveyor"] = kept
    return kept


def _begin(surveyor: Surveyor, session: Session, path: Path) -> str:
    """Center slices anew where that is due; says why there is none along the path."""
    parameters = session.network.parameters
    if not np.isfinite(parameters.dot(parameters)):
        return "the weights are not finite"
    why = _reason(path)
    if _is_due(surveyor.random, parameters):
        directions = random_directions(session.network)
        surveyor.random.append(_slice(surveyor, session, directions, np.full(2, -1.0), np.full(2, 1.0)))
    if not why and _is_due(surveyor.path, parameters):
        found = main_directions(np.stack([*path.places, parameters]), parameters)
        if found is None:
            return "the weights have hardly moved yet"
        at = np.array([*((place - parameters) @ found.T for place in path.places), (0.0, 0.0)])
        low, high = at.min(axis=0), at.max(axis=0)
        room = np.maximum((high - low) * _MARGIN, 0.25 * float((high - low).max()))
        surveyor.path.append(_slice(surveyor, session, found.astype(parameters.dtype), low - room, high + room))
    return why


def _reason(path: Path) -> str:
    if not path.is_kept:
        return "the network is too large to keep its path"
    return "the path is too short yet" if len(path.places) < 3 else ""


def _is_due(kind: list[Slice], parameters: Array) -> bool:
    """Whether a new slice is to be begun: the newest has a picture, and the weights are far from its center."""
    if not kind:
        return True
    if len(kind) > 1 or not kind[-1].has_picture:
        return False
    newest = kind[-1]
    away = parameters - newest.center
    at = newest.shadow(away)
    reach = (newest.high - newest.low) / 2
    size = float((reach * np.sqrt(np.diag(newest.products))).max())
    return bool((np.abs(at) > FAR * 2 * reach).any() or newest.off(away, at) > FAR * size)


def _slice(surveyor: Surveyor, session: Session, directions: Array, low: Numbers, high: Numbers) -> Slice:
    center = session.network.parameters.copy()
    np.copyto(surveyor.network.parameters, center)
    return Slice(center, directions, low, high, session.step, surveyor.evaluator.run()[0])


def _work(surveyor: Surveyor, slice_: Slice, places: int) -> None:
    """Work out the next so many places."""
    xs, ys = (np.linspace(low, high, SIDE) for low, high in zip(slice_.low, slice_.high, strict=True))
    weights = surveyor.network.parameters
    for _ in range(min(places, len(slice_.order))):
        row, column = slice_.order.pop()
        np.multiply(slice_.directions[0], xs[column], out=weights)
        weights += slice_.directions[1] * weights.dtype.type(ys[row])
        weights += slice_.center
        loss = surveyor.evaluator.run()[0]
        slice_.values[row, column] = np.inf if np.isnan(loss) else loss


def _coarse_to_fine(side: int, strides: tuple[int, ...]) -> list[tuple[int, int]]:
    """Every place once, those of the coarsest grid first."""
    order: dict[tuple[int, int], None] = {}
    for stride in strides:
        order |= dict.fromkeys((row, column) for row in range(0, side, stride) for column in range(0, side, stride))
    return list(order)


def random_directions(network: Network) -> Array:
    """(2, P): normal draws, every unit's scaled to the length of its incoming weights; 0 for biases.

    d_ij ← d_ij / ‖d_ij‖ · ‖θ_ij‖ with the filter j of layer i, which in a dense layer is what comes into one unit; Li,
    Xu, Taylor, Studer & Goldstein 2018, section 4, and their program, which leaves biases where they are. The draws
    are the same at every call, so that one slice resembles the next.
    """
    rng = np.random.default_rng(_SEED)
    directions: Array = np.zeros((2, len(network.parameters)), network.dtype)
    for direction in directions:
        for layer in network.layers:
            drawn = rng.standard_normal(layer.weights.shape)
            lengths = np.linalg.norm(layer.weights.astype(np.float64), axis=0)
            drawn *= lengths / np.maximum(np.linalg.norm(drawn, axis=0), 1e-10)
            direction[layer.slice].reshape(layer.matrix.shape)[:-1] = drawn
    return directions


def main_directions(places: Array, now: Array) -> Numbers | None:
    """(2, P) of length 1: the two main directions of the places, (n, P), as seen from now; None where they are one.

    Principal components of θ_t - θ_now, not centered otherwise; Li et al. 2018, section 7.2.
    """
    away = places - now
    squares, mixes = np.linalg.eigh((away @ away.T).astype(np.float64))
    largest, second = squares[-1], squares[-2]
    if not second > _ROUNDING * largest:
        return None
    return np.stack([mixes[:, at].astype(away.dtype) @ away / np.sqrt(squares[at]) for at in (-1, -2)]).astype(
        np.float64
    )


def _plane(kind: list[Slice], path: Path, parameters: Array) -> Plane | None:
    if not kind:
        return None
    shown = kind[0]
    away = parameters - shown.center
    here = shown.shadow(away)
    at = np.vstack((shown.along(path), here))
    gone = path.places[0] - parameters if path.places else away
    distance = float(np.linalg.norm(gone))
    off = shown.off(gone, shown.shadow(gone))
    length = float(np.linalg.norm(parameters))
    return Plane(
        values=shown.values[::-1].copy(),
        done=1.0 - len(shown.order) / (SIDE * SIDE),
        low=(float(shown.low[0]), float(shown.low[1])),
        high=(float(shown.high[0]), float(shown.high[1])),
        center_step=shown.step,
        center_loss=shown.loss,
        path_x=at[:, 0].astype(np.float32),
        path_y=at[:, 1].astype(np.float32),
        here=(float(here[0]), float(here[1])),
        seen=1.0 - (off / distance) ** 2 if distance > 0 else float("nan"),
        away=shown.off(away, here) / length if length > 0 else float("nan"),
    )
