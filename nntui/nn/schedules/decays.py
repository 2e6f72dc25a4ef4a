"""Schedules that only sink."""

from __future__ import annotations

import numpy as np

from nntui.nn.schedules.base import Rates, Schedule


class TimeDecay(Schedule):
    """r / (1 + decay t): falls fast, then slower and slower. Robbins & Monro 1951; Bottou 2012, section 5.2."""

    name = "time_decay"

    def _rates(self, t: Rates) -> Rates:
        return self.learning_rate / (1.0 + self._number("decay") * t)


class StepDecay(Schedule):
    """r factor^floor(t / drop_every). drop_every: optimizer steps, 0 for a fifth of the run. As torch's StepLR."""

    name = "step_decay"

    def _rates(self, t: Rates) -> Rates:
        return self.learning_rate * self._number("factor") ** np.floor(t / self._steps("drop_every", 0.2))


class MultiStep(Schedule):
    """r factor^(milestones m with m <= t). milestones: optimizer steps, none for T/2 and 3T/4. As torch's MultiStepLR.

    The default are the places where He et al. 2016, section 4.2, drop the rate.
    """

    name = "multi_step"

    def _rates(self, t: Rates) -> Rates:
        given = self.options["milestones"] or (round(0.5 * self.total_steps), round(0.75 * self.total_steps))
        passed = np.searchsorted(np.sort(np.asarray(given, np.float64)), t, side="right")
        return self.learning_rate * self._number("factor") ** passed.astype(np.float64)


class ExponentialDecay(Schedule):
    """r factor^(t / decay_steps). decay_steps: optimizer steps, 0 for the whole run.

    With decay_steps = 1 this is torch's ExponentialLR with gamma = factor.
    """

    name = "exponential_decay"

    def _rates(self, t: Rates) -> Rates:
        return self.learning_rate * self._number("factor") ** (t / self._steps("decay_steps"))


class PolynomialDecay(Schedule):
    """r (end + (1 - end) (1 - t/n)^power), then r end; end = end_factor, n = decay_steps, 0 for the whole run.

    With end = 0 as torch's PolynomialLR.
    """

    name = "polynomial_decay"

    def _rates(self, t: Rates) -> Rates:
        end = self._number("end_factor")
        left = 1.0 - np.minimum(t / self._steps("decay_steps"), 1.0)
        return self.learning_rate * (end + (1.0 - end) * left ** self._number("power"))


class Linear(Schedule):
    """r (start + (end - start) t/n), then r end; n = decay_steps, 0 for the whole run. As torch's LinearLR."""

    name = "linear"

    def _rates(self, t: Rates) -> Rates:
        start, end = self._number("start_factor"), self._number("end_factor")
        return self.learning_rate * (start + (end - start) * np.minimum(t / self._steps("decay_steps"), 1.0))


class CosineDecay(Schedule):
    """r (end + (1 - end) (1 + cos(pi t/n)) / 2), then r end; end = end_factor, n = decay_steps, 0 for the whole run.

    Loshchilov & Hutter 2017, eq. 5 without restarts; up to t = n as torch's CosineAnnealingLR.
    """

    name = "cosine_decay"

    def _rates(self, t: Rates) -> Rates:
        end = self._number("end_factor")
        passed = np.minimum(t / self._steps("decay_steps"), 1.0)
        return self.learning_rate * (end + (1.0 - end) * 0.5 * (1.0 + np.cos(np.pi * passed)))


class InverseSqrt(Schedule):
    """r / sqrt(1 + t/k), k = timescale in optimizer steps, 0 for a hundredth of the run.

    Vaswani et al. 2017, eq. 3: after a warm-up of k steps this is their r sqrt(k) / sqrt(step).
    """

    name = "inverse_sqrt"

    def _rates(self, t: Rates) -> Rates:
        return self.learning_rate / np.sqrt(1.0 + t / self._steps("timescale", 0.01))
