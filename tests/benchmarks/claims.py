"""What the texts for learners say beside what 20 seeds give: ``python -m tests.benchmarks.claims [SOURCE...]``.

For every figure in a preset, lesson, challenge or concept page that is a measurement: the quotation, the bound it
states, the lowest, median and highest value, and with how many seeds it holds. Takes about ten minutes; ``--seeds N``
takes others.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable

from tests.claims import MEASURES
from tests.claims.said import Said

SEEDS = 20


def measured(source: str, seeds: Iterable[int]) -> list[list[Said]]:
    """For every quotation of a source what each seed gave."""
    runs = [list(MEASURES[source](seed)) for seed in seeds]
    return [list(each) for each in zip(*runs, strict=True)]


def holds(said: list[Said]) -> bool:
    """Whether as many of the seeds keep to the bound as the text says."""
    low, high = said[0].share
    return low <= sum(each.holds for each in said) / len(said) <= high


def line(said: list[Said]) -> str:
    """A row of the table."""
    values = [each.value for each in said if each.value is not None]
    low, middle, high = min(values), statistics.median(values), max(values)
    wanted, kept = said[0].share, f"{sum(each.holds for each in said)}/{len(said)}"
    share = "" if wanted == (1, 1) else f" ({wanted[0]:.0%} to {wanted[1]:.0%} of them)"
    verdict = "ok" if holds(said) else "WRONG"
    numbers = f"{low:>9.4g} {middle:>9.4g} {high:>9.4g}"
    return f"  {said[0].quote[:58]:<58} {said[0].bound!s:>14} {numbers} {kept:>6} {verdict}{share}"


def main() -> int:
    """Print the table; 1 where a text is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", nargs="*", help="a part of the name of a text; without any, all")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    values = parser.parse_args()
    wrong = 0
    print(f"  {'the text says':<58} {'which is':>14} {'lowest':>9} {'median':>9} {'highest':>9} {'holds':>6}")
    for source in MEASURES:
        if values.sources and not any(part in source for part in values.sources):
            continue
        print(source, flush=True)
        for said in measured(source, range(values.seeds)):
            if said[0].value is not None:
                wrong += not holds(said)
                print(line(said), flush=True)
    print(f"{wrong} wrong" if wrong else "all hold")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
