"""Schedules that rise as well as fall."""

from __future__ import annotations

import numpy as np

from nntui.nn.schedules.base import Rates, Schedule


class CosineRestarts(Schedule):
    """Cosine decay, begun again and again: r (end + (1 - end) (1 + cos(pi u/p)) / 2), u steps into a period of p steps.

    The first period has ``period`` optimizer steps, each next one ``multiplier`` times as many; with period 0 three
    periods fill the run. Loshchilov & Hutter 2017, eq. 5; as torch's CosineAnnealingWarmRestarts.
    """

    name = "cosine_restarts"

    def _rates(self, t: Rates) -> Rates:
        end, multiplier = self._number("end_factor"), self._number("multiplier")
        first = self._steps("period", 1.0 / (1 + multiplier + multiplier**2))
        if multiplier == 1:
            into = np.mod(t, first) / first
        else:
            starts = [0.0]
            while starts[-1] <= t.max(initial=0.0):
                starts.append(starts[-1] * multiplier + first)
            bounds = np.array(starts)
            number = np.searchsorted(bounds, t, side="right") - 1
            into = (t - bounds[number]) / (bounds[number + 1] - bounds[number])
        return self.learning_rate * (end + (1.0 - end) * 0.5 * (1.0 + np.cos(np.pi * into)))


class Cyclic(Schedule):
    """r + (peak - r) max(0, 1 - x) a, with c = floor(1 + t / (2 s)) and x = |t/s - 2 c + 1|.

    r is the lowest rate, ``peak`` the highest (0: four times r), s = step_size half a cycle in optimizer steps (0: a
    tenth of the run). a = 1 (triangular), 1 / 2^(c - 1) (triangular2) or gamma^t (exp_range). Smith, arXiv
    1506.01186, section 3. Only the height above r shrinks, as in Smith's own layers and torch's CyclicLR.
    """

    name = "cyclic"

    def _rates(self, t: Rates) -> Rates:
        base, s = self.learning_rate, self._steps("step_size", 0.1)
        peak = self._number("peak") or 4.0 * base
        cycle = np.floor(1.0 + t / (2.0 * s))
        x = np.abs(t / s - 2.0 * cycle + 1.0)
        height = (peak - base) * np.maximum(0.0, 1.0 - x)
        mode = self.options["mode"]
        if mode == "triangular2":
            height *= 0.5 ** (cycle - 1.0)
        elif mode == "exp_range":
            height *= self._number("gamma") ** t
        return base + height


class OneCycle(Schedule):
    """One rise from r start to r and one long fall to r end, each along half a cosine wave or a straight line.

    The rise takes the share ``rise`` of the run and reaches r at step rise T - 1, the end at step T - 1. start =
    start_factor, end = end_factor; r is the highest rate. Smith & Topin, arXiv 1708.07120; as torch's OneCycleLR.
    """

    name = "one_cycle"

    def _rates(self, t: Rates) -> Rates:
        last = self.total_steps - 1.0
        top = min(max(self._number("rise") * self.total_steps - 1.0, 0.0), last)
        up = np.minimum(t / top, 1.0) if top else np.ones_like(t)
        down = np.clip((t - top) / (last - top), 0.0, 1.0) if last > top else np.zeros_like(t)
        if self.options["anneal"] == "cosine":
            up, down = 0.5 * (1.0 - np.cos(np.pi * up)), 0.5 * (1.0 - np.cos(np.pi * down))
        start, end = self._number("start_factor"), self._number("end_factor")
        return self.learning_rate * np.where(t <= top, start + (1.0 - start) * up, 1.0 + (end - 1.0) * down)
