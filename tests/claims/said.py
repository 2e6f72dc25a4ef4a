"""What a text says, beside what is measured: a quotation, a value per seed, and the bound that the text states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a value must lie, ends included."""

    low: float = -INFINITE
    high: float = INFINITE

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        if self.low == -INFINITE:
            return f"≤ {self.high:.4g}"
        return f"≥ {self.low:.4g}" if self.high == INFINITE else f"{self.low:.4g} to {self.high:.4g}"


def below(high: float) -> Bound:
    return Bound(high=high)


def above(low: float) -> Bound:
    return Bound(low=low)


def near(value: float, by: float = 0.0) -> Bound:
    return Bound(value - by, value + by)


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation whose figures are vouched for.

    Attributes:
        quote: verbatim, with the figures in it.
        value: as measured with one seed; None: nothing to measure (a number in a sentence that claims nothing).
        bound: what the text says of it.
        share: of the seeds, how many must keep to the bound: at least, at most.
    """

    quote: str
    value: float | None = None
    bound: Bound = Bound()
    share: tuple[float, float] = (1.0, 1.0)

    @property
    def depends_on_luck(self) -> bool:
        """Whether the text says itself that not every seed does so."""
        return self.share != (1.0, 1.0)

    @property
    def holds(self) -> bool:
        """Whether this seed keeps to the bound."""
        return self.value is None or self.value in self.bound


Measure = Callable[[int], Iterator[Said]]
MEASURES: dict[str, Measure] = {}
"""What vouches for each source, given a seed."""


def of(*sources: str) -> Callable[[Measure], Measure]:
    """Register a generator for the texts of these sources."""

    def register(measure: Measure) -> Measure:
        for source in sources:
            MEASURES[source] = measure
        return measure

    return register


def fact(quote: str, holds: bool) -> Said:
    """A figure that is counted or computed, not measured: the same with every seed."""
    return Said(quote, float(holds), near(1.0))


def words(*quotes: str) -> Iterator[Said]:
    """Figures in sentences that claim nothing about a run."""
    return (Said(quote) for quote in quotes)
