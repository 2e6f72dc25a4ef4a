"""``nntui lr-range``: a learning-rate range test, as a plot and a table, or as JSON."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import TYPE_CHECKING

from nntui.cli import DONE
from nntui.commandline import BadInputError, plots
from nntui.commandline.arguments import shown
from nntui.commandline.interruption import interruption
from nntui.commandline.presets import read_experiment
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    import numpy as np

    from nntui.training.range_test import RangeTest, Suggestion


def run(values: argparse.Namespace) -> int:
    """Test a preset's learning rates from its initial weights."""
    with interruption() as interrupted:
        use_threads(values.threads)
        experiment = read_experiment(values)
        from nntui.data.errors import DataError
        from nntui.experiment import InvalidValue
        from nntui.training.range_test import range_test

        try:
            found = range_test(
                experiment, low=values.low, high=values.high, steps=values.steps,
                progress=lambda share: interrupted.check(),
            )  # fmt: skip
        except (DataError, InvalidValue) as error:
            raise BadInputError(str(error)) from None
        interrupted.check()
    if values.json:
        print(json.dumps({"preset": experiment.name, **found.to_dict()}, allow_nan=False))
        return DONE
    print(f"{shown(experiment.name)}: {experiment.optimizer.name}, {len(found.rates)} steps at rising learning rates")
    print(_plot(found))
    print(_table(found, plots.width()))
    return DONE


def _plot(found: RangeTest) -> str:
    """The curve, with the limit and the first suggestion marked."""
    import numpy as np

    from nntui.charts import Mark, Series

    marks = [Mark(found.suggestions[0].learning_rate, "suggested", "mark")]
    if found.limit is not None:
        marks.append(Mark(found.limit, "too high", "warning"))
    smooth = np.where(np.isfinite(found.smooth), found.smooth, np.nan)
    series = [Series("loss of the probe set", "train", found.rates, smooth)]
    return plots.plot(series, log_x=True, y_range=_y_range(smooth), x_label="learning rate", marks=marks)


def _y_range(smooth: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float] | None:
    """From the minimum to a little above where the curve began: how far it shoots up in the end says nothing."""
    import numpy as np

    finite = smooth[np.isfinite(smooth)]
    if not finite.size:
        return None
    low, high = float(finite.min()), 1.5 * float(finite[: max(1, len(finite) // 4)].max())
    return (min(0.0, low), high) if high > low else None


def _table(found: RangeTest, width: int) -> str:
    """Every suggestion with its rate, how it was found, what takes it over, and when it misleads."""
    lines = []
    for index, suggestion in enumerate(found.suggestions):
        first = index < 2  # ours; the others are better known
        lines.append(f"{'suggested' if first else 'to compare'}: {_rate(suggestion)}")
        details = [suggestion.rule, f"caution: {suggestion.caution}"]
        if first:
            details.insert(1, " ".join(f"--set {name}={_value(value)}" for name, value in suggestion.settings.items()))
        for text in details:
            glued = text.replace("--set ", "--set\u00a0")  # stays with what it sets
            wrapped = textwrap.wrap(
                glued, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False,
                break_long_words=False,
            )  # fmt: skip
            lines += [line.replace("\u00a0", " ") for line in wrapped]
    return "\n".join(lines)


def _rate(suggestion: Suggestion) -> str:
    peak = suggestion.settings.get("schedule.peak")
    rate = f"{suggestion.learning_rate:.3g}"
    return f"constant {rate}" if peak is None else f"cyclic from {rate} to {float(peak):.3g}"


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"
