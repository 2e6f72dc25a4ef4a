"""Data sets drawn by formula. Every one takes its generator; the same generator state draws the same points."""

from __future__ import annotations

import numpy as np

from nntui.data.dataset import Dataset, Floats, Labels, Progress, classified, measured

Generator = np.random.Generator


def _turns(samples: int, classes: int) -> Labels:
    """(samples,) labels 0, 1, …, classes - 1, 0, …: class sizes differ by one at most."""
    return np.arange(samples, dtype=np.int64) % classes


def _jitter(rng: Generator, points: Floats, noise: float) -> Floats:
    jittered: Floats = points + noise * rng.standard_normal(points.shape)
    return jittered


def _square(rng: Generator, samples: int) -> Floats:
    """(samples, 2) even over -1 … 1 in both directions."""
    return rng.uniform(-1.0, 1.0, (samples, 2))


def spirals(
    rng: Generator, progress: Progress | None = None, *, samples: int, classes: int, turns: float, noise: float
) -> Dataset:
    """One arm a class: radius r even over 0.05 … 1, angle 2π (turns r + class / classes), then noise on both inputs."""
    labels = _turns(samples, classes)
    radius = rng.uniform(0.05, 1.0, samples)
    angle = 2 * np.pi * (turns * radius + labels / classes)
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    return classified("spirals", _jitter(rng, points, noise), labels)


def moons(rng: Generator, progress: Progress | None = None, *, samples: int, noise: float) -> Dataset:
    """Upper half circle of radius 1 around (0, 0), lower one around (1, 0.5), angles even, then noise."""
    labels = _turns(samples, 2)
    angle = rng.uniform(0.0, np.pi, samples)
    lower = labels == 1
    points = np.column_stack(
        (
            np.where(lower, 1 - np.cos(angle), np.cos(angle)),
            np.where(lower, 0.5 - np.sin(angle), np.sin(angle)),
        )
    )
    return classified("moons", _jitter(rng, points, noise), labels, ("upper", "lower"))


def circles(rng: Generator, progress: Progress | None = None, *, samples: int, noise: float) -> Dataset:
    """Circles of radius 1 and 1/2 around (0, 0), angles even, then noise."""
    labels = _turns(samples, 2)
    angle = rng.uniform(0.0, 2 * np.pi, samples)
    radius = np.where(labels == 1, 0.5, 1.0)
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    return classified("circles", _jitter(rng, points, noise), labels, ("outer", "inner"))


def xor(rng: Generator, progress: Progress | None = None, *, samples: int, noise: float) -> Dataset:
    """Points even over the square -1 … 1; "different" where the inputs' signs differ; then noise on the inputs."""
    labels = _turns(samples, 2)
    points = np.abs(_square(rng, samples))
    side = rng.choice((-1.0, 1.0), samples)
    points[:, 0] *= side
    points[:, 1] *= np.where(labels == 1, -side, side)
    return classified("xor", _jitter(rng, points, noise), labels, ("same", "different"))


def gaussians(
    rng: Generator, progress: Progress | None = None, *, samples: int, classes: int, noise: float
) -> Dataset:
    """Normal clouds of deviation ``noise`` around centres evenly spaced on the unit circle."""
    labels = _turns(samples, classes)
    angle = 2 * np.pi * labels / classes
    points = np.column_stack((np.cos(angle), np.sin(angle)))
    return classified("gaussians", _jitter(rng, points, noise), labels)


def plane(rng: Generator, progress: Progress | None = None, *, samples: int, noise: float) -> Dataset:
    """y = x1 - x2 / 2 + 1/4 + noise over the square -1 … 1."""
    points = _square(rng, samples)
    targets = points[:, 0] - 0.5 * points[:, 1] + 0.25
    return measured("plane", points, targets + noise * rng.standard_normal(samples))


def waves(rng: Generator, progress: Progress | None = None, *, samples: int, waves: float, noise: float) -> Dataset:
    """y = sin(π waves x1) cos(π waves x2) + noise over the square -1 … 1."""
    points = _square(rng, samples)
    targets = np.sin(np.pi * waves * points[:, 0]) * np.cos(np.pi * waves * points[:, 1])
    return measured("waves", points, targets + noise * rng.standard_normal(samples))


def uneven_scales(
    rng: Generator, progress: Progress | None = None, *, samples: int, ratio: float, noise: float
) -> Dataset:
    """y = x1 + ratio x2 + noise, x1 of deviation 1 and x2 of deviation 1 / ratio: both matter the same."""
    points = rng.standard_normal((samples, 2)) / (1.0, ratio)
    targets = points[:, 0] + ratio * points[:, 1]
    return measured("uneven_scales", points, targets + noise * rng.standard_normal(samples))
