"""How several seeds of one experiment are told of: progress on standard error, a table and a band, or JSON."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nntui.commandline import plots
from nntui.commandline.arguments import shown
from nntui.commandline.reports import duration
from nntui.commandline.seed_outcome import Outcome
from nntui.escaping import write_raw
from nntui.experiment import Experiment
from nntui.runs.comparing import Result, band, quartiles, record_of

PERIOD = 0.1  # seconds between two states of the line that tells how far it is
JSON_PERIOD = 0.1  # seconds that events may wait in the buffer
_HEADINGS = ("SEED", "EPOCHS", "FINAL LOSS", "BEST LOSS", "AT", "FINAL {0}", "{0} AT BEST", "SECONDS", "STATE", "RUN")
_QUARTILES = ("25%", "median", "75%")
_NO_COLUMNS = ("steps", "best_epoch", "decided_by", "restored_epoch")


class SeedReport:
    """Told everything; shows what suits where it is read."""

    def __init__(self, experiment: Experiment, group: str, outcomes: Mapping[int, Outcome], *, json: bool) -> None:
        """group: under which the runs are recorded; empty where they are not."""
        self._experiment, self._group, self._outcomes, self._json = experiment, group, outcomes, json
        self._task, self._ended = "classification", 0
        self._live = sys.stderr is not None and sys.stderr.isatty()
        self._begun = self._shown_at = self._flushed_at = time.monotonic()

    def event(self, seed: int, event: dict[str, Any]) -> None:
        """What a process told."""
        if event["event"] == "run_started":
            self._task = event["task"]
        if self._json:
            sys.stdout.write(json.dumps({**event, "seed": seed}, allow_nan=False) + "\n")
            if event["event"] != "epoch_ended" or time.monotonic() - self._flushed_at > JSON_PERIOD:
                sys.stdout.flush()
                self._flushed_at = time.monotonic()

    def remarks(self, seed: int, lines: Sequence[str]) -> None:
        """What a process wrote to standard error."""
        self._above([f"seed {seed}: {line.removeprefix('nntui: ')}" for line in lines])

    def one_ended(self, outcome: Outcome) -> None:
        """A process is gone."""
        self._ended += 1
        if outcome.state == "failed" and not outcome.begun:
            return  # told at the end, in one line where it is the same for all
        if outcome.state == "failed":
            self._above([f"seed {outcome.seed}: failed: {outcome.message}"])
        elif not self._json:
            result = outcome.result()
            words = f"{outcome.state.replace('_', ' ')} after epoch {result.epochs:,}{_restored(result)}"
            best = "best validation loss" if result.decided_by == "validation" else "best"
            loss = f"test loss {plots.figure(result.final_loss)}, {best} {plots.figure(result.best_loss)}"
            self._above([f"seed {outcome.seed}: {words}: {loss}  ({self._ended:,} of {len(self._outcomes):,})"])

    def progress(self) -> None:
        """Called now and then."""
        now = time.monotonic()
        if not self._live or now - self._shown_at < PERIOD:
            return
        self._shown_at = now
        outcomes = self._outcomes.values()
        epochs = self._experiment.training.epochs
        running = [each.course.last[0] / epochs for each in outcomes if each.state == "running" and each.course.last]
        share = (self._ended + sum(running)) / len(self._outcomes)
        left = f", {duration((now - self._begun) * (1 - share) / share)} left" if share > 0 else ""
        states = "  ".join(f"{each.seed}: {_epoch(each):,}" for each in outcomes if each.state == "running")
        text = f"{self._ended:,} of {len(self._outcomes):,} seeds ended, {share:.0%}{left}  epochs of seeds {states}"
        columns = shutil.get_terminal_size().columns - 3
        write_raw(sys.stderr, f"\r{text[:columns]}\x1b[K")
        sys.stderr.flush()

    def ended(self) -> None:
        """All that there will be is there."""
        self._above(self._could_not_begin())
        begun = [outcome for outcome in self._outcomes.values() if outcome.begun]
        results = {outcome.seed: outcome.result() for outcome in begun}
        if self._json:
            self._write_summary(results)
        elif begun:
            count = f"{len(self._outcomes):,} seed{'s' if len(self._outcomes) > 1 else ''}"
            recorded = f", recorded as {self._recorded}" if self._recorded else ""
            print(f"{shown(self._experiment.name)}: {count}{recorded}")
            print(self._table(begun, results))
            if any(result.epochs for result in results.values()):
                print(_plot(begun))
                if self._decided_by(results) == "validation":
                    print("best: by the validation loss; loss and score at the end are those of the test set")

                if any(result.restored_epoch for result in results.values()):
                    print("final: of the weights at the end, which are those of the best epoch where it was restored")

    def _decided_by(self, results: Mapping[int, Result]) -> str:
        return "validation" if any(result.decided_by == "validation" for result in results.values()) else "test"

    @property
    def _recorded(self) -> str:
        """The group, if a run of it is recorded."""
        return self._group if any(outcome.run for outcome in self._outcomes.values()) else ""

    def _could_not_begin(self) -> list[str]:
        outcomes = [each for each in self._outcomes.values() if each.state == "failed" and not each.begun]
        if any(each.begun for each in self._outcomes.values()):
            return [f"seed {each.seed}: {each.message}" for each in outcomes]
        return list(dict.fromkeys(each.message for each in outcomes))

    def _above(self, lines: Sequence[str]) -> None:
        """Lines above the one that tells how far it is."""
        if sys.stderr is None:
            return
        if self._live:
            write_raw(sys.stderr, "\r\x1b[K")
        for line in lines:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()
        self._shown_at = 0.0

    def _table(self, outcomes: Sequence[Outcome], results: Mapping[int, Result]) -> str:
        name = "ACC." if self._task == "classification" else "R²"
        rows = [tuple(heading.format(name) for heading in _HEADINGS)]
        rows += [
            (
                str(outcome.seed),
                *self._cells(results[outcome.seed]),
                outcome.state.replace("_", " ") + _restored(results[outcome.seed]),
                outcome.run,
            )
            for outcome in outcomes
        ]
        found = {name: quartiles(values) for name, values in _columns(results).items()}
        for index, title in enumerate(_QUARTILES):
            at = {name: three[index] if three else None for name, three in found.items()}
            cells = (f"{at['epochs'] or 0:,.0f}", *map(plots.figure, (at["final_loss"], at["best_loss"])), "")
            scores = (plots.score(at[name], self._task) for name in ("final_score", "best_score"))
            rows.append((title, *cells, *scores, _seconds(at["seconds"]), "", ""))
        return plots.table(rows, right=range(1, 8), spare=(9, 7, 4))

    def _cells(self, result: Result) -> tuple[str, ...]:
        return (
            f"{result.epochs:,}",
            plots.figure(result.final_loss),
            plots.figure(result.best_loss),
            "-" if result.best_epoch is None else f"{result.best_epoch:,}",
            plots.score(result.final_score, self._task),
            plots.score(result.best_score, self._task),
            _seconds(result.seconds),
        )

    def _write_summary(self, results: Mapping[int, Result]) -> None:
        seeds = [
            {
                "seed": seed, "run": outcome.run or None, "state": outcome.state,
                **(record_of(asdict(results[seed]), self._task) if seed in results else {}),
            }
            for seed, outcome in self._outcomes.items()
        ]  # fmt: skip
        found = {name: quartiles(values) for name, values in _columns(results).items()}
        shares = record_of({**found, "decided_by": self._decided_by(results)}, self._task)
        del shares["decided_by"]
        record = {"event": "seeds_ended", "group": self._recorded or None, "seeds": seeds, "quartiles": shares}
        print(json.dumps(record, allow_nan=False))


def _plot(outcomes: Sequence[Outcome]) -> str:
    """The band of the test losses."""
    from nntui.charts import Series

    found = band([outcome.course.rows() for outcome in outcomes])
    label = f"median of {len(outcomes):,} seeds, and the quartiles"
    series = [Series(label, "test", found.x, found.median, low=found.q25, high=found.q75)]
    return plots.plot(series, x_label="epoch", **plots.loss_axis(series))


def _columns(results: Mapping[int, Result]) -> dict[str, list[float | None]]:
    names = [name for name in Result.__slots__ if name not in _NO_COLUMNS]
    return {name: [getattr(result, name) for result in results.values()] for name in names}


def _restored(result: Result) -> str:
    return f", epoch {result.restored_epoch:,} restored" if result.restored_epoch else ""


def _epoch(outcome: Outcome) -> int:
    return int(outcome.course.last[0]) if outcome.course.last else 0


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
