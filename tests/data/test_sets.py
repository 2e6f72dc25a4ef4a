"""Data sets: what is in them, where their randomness comes from, and that shipped files are those that were shipped."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from nntui.data import bundled
from nntui.data.dataset import Dataset
from nntui.data.derived import DERIVED
from nntui.data.errors import DataError
from nntui.data.features import derive
from nntui.data.loading import load
from nntui.data.ordering import balanced_order, epoch_order
from nntui.data.registry import DATASETS
from nntui.data.splitting import split

DRAWN = [name for name, entry in DATASETS.items() if entry.target.startswith("synthetic:")]
SHIPPED = [name for name, entry in DATASETS.items() if entry.target.startswith("bundled:")]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", DRAWN)
def test_the_seed_decides_the_points(name: str) -> None:
    first, again, other = load(name, rng(3)), load(name, rng(3)), load(name, rng(4))
    assert np.array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("name", [*DRAWN, *SHIPPED])
def test_registry_tells_the_truth(name: str) -> None:
    entry, data = DATASETS[name], load(name, rng())
    assert data.task == entry.task
    assert data.inputs.shape[1] == entry.features == len(data.feature_names)
    assert np.isfinite(data.inputs).all()
    if entry.classes is not None:
        assert len(data.class_names) == entry.classes
    if entry.rows is not None:
        assert len(data) == entry.rows
    if data.labels is not None:
        assert set(data.labels.tolist()) == set(range(len(data.class_names)))
    assert entry.source
    assert entry.licence


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("samples", [8, 41, 300])
def test_as_many_points_as_asked_for_and_even_classes(name: str, samples: int) -> None:
    data = load(name, rng(), samples=samples)
    assert len(data) == samples
    if data.labels is not None:
        counts = np.bincount(data.labels)
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("classes", [2, 5, 20])
def test_number_of_classes(classes: int) -> None:
    for name in ("spirals", "gaussians"):
        assert len(load(name, rng(), classes=classes, samples=200).class_names) == classes


def test_points_lie_where_the_formula_says() -> None:
    spirals = load("spirals", rng(), noise=0.0, turns=2.0, classes=3)
    assert spirals.labels is not None
    radius = np.hypot(*spirals.inputs.T)
    angle = 2 * np.pi * (2.0 * radius + spirals.labels / 3)
    assert np.allclose(spirals.inputs[:, 0], radius * np.cos(angle))
    xor = load("xor", rng())
    assert np.array_equal(xor.labels == 1, xor.inputs[:, 0] * xor.inputs[:, 1] < 0)
    circles = load("circles", rng(), noise=0.0)
    assert np.allclose(np.hypot(*circles.inputs.T), np.where(circles.labels == 1, 0.5, 1.0))
    uneven = load("uneven_scales", rng(), samples=20_000, ratio=100.0)
    assert uneven.inputs.std(axis=0) == pytest.approx([1.0, 0.01], rel=0.03)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_those_that_were_shipped(name: str) -> None:
    content = files("nntui.data").joinpath(f"{name}.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == bundled.CHECKSUMS[name]


def test_a_damaged_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundled.CHECKSUMS, "iris", "0" * 64)
    with pytest.raises(DataError, match=r"iris\.npz: differs"):
        load("iris", rng())


def test_digits_are_images() -> None:
    digits = load("digits", rng())
    assert digits.image_shape == (8, 8)
    assert digits.inputs.min() == 0
    assert digits.inputs.max() == 16
    assert digits.class_names == tuple("0123456789")


def test_unknown_set_or_option() -> None:
    with pytest.raises(DataError, match="unknown data set"):
        load("spiral", rng())
    with pytest.raises(DataError, match="does not take turns"):
        load("moons", rng(), turns=2.0)


@pytest.mark.parametrize("name", ["digits", "iris", "spirals", "wine"])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_split_keeps_every_row_once_and_the_share_of_every_class(name: str, share: float) -> None:
    data = load(name, rng())
    parts = split(data, rng(1), share)
    assert sorted([*parts.train_index, *parts.test_index]) == list(range(len(data)))
    assert parts.train_labels is not None
    assert parts.test_labels is not None
    assert abs(len(parts.test_index) - share * len(data)) <= 1
    whole = np.bincount(parts.train_labels) + np.bincount(parts.test_labels, minlength=len(data.class_names))
    assert np.abs(np.bincount(parts.test_labels, minlength=len(whole)) - share * whole).max() <= 1


def test_split_is_decided_by_its_generator() -> None:
    data = load("moons", rng())
    assert np.array_equal(split(data, rng(1), 0.3).test_index, split(data, rng(1), 0.3).test_index)
    assert not np.array_equal(split(data, rng(1), 0.3).test_index, split(data, rng(2), 0.3).test_index)


def test_scaled_by_the_training_part() -> None:
    data = load("breast_cancer", rng())
    parts = split(data, rng(1), 0.25)
    assert np.allclose(parts.train_inputs.mean(axis=0), 0, atol=1e-9)
    assert np.allclose(parts.train_inputs.std(axis=0), 1)
    again = data.inputs[parts.test_index]
    assert np.allclose(parts.test_inputs * parts.std + parts.mean, again)
    raw = split(data, rng(1), 0.25, standardize=False)
    assert np.array_equal(raw.test_inputs, again)


def test_regression_targets_are_scaled_likewise() -> None:
    parts = split(load("diabetes", rng()), rng(1), 0.25)
    assert parts.train_targets is not None
    assert parts.train_targets.mean() == pytest.approx(0, abs=1e-9)
    assert parts.train_targets.std() == pytest.approx(1)
    assert 100 < parts.target_mean[0] < 200


@pytest.mark.parametrize("constant", [0.0, 3.3, 1e9])
def test_constant_column_becomes_zero(constant: float) -> None:
    inputs = np.column_stack((np.arange(10.0), np.full(10, constant)))
    data = Dataset("toy", inputs, np.arange(10) % 2, None, ("a", "b"), ("no", "yes"))
    parts = split(data, rng(), 0.2)
    assert np.abs(parts.train_inputs[:, 1]).max() < 1e-5
    assert np.abs(parts.test_inputs[:, 1]).max() < 1e-5


def test_one_class_only_is_refused() -> None:
    data = Dataset("toy", np.zeros((5, 2)), np.zeros(5, np.int64), None, ("a", "b"), ("only", "other"))
    with pytest.raises(DataError, match="every row is of class 'only'"):
        split(data, rng(), 0.2)


def test_class_with_one_row_is_refused() -> None:
    data = Dataset("toy", np.zeros((5, 2)), np.array([0, 0, 1, 0, 0]), None, ("a", "b"), ("many", "rare"))
    with pytest.raises(DataError, match="only one row of class 'rare'"):
        split(data, rng(), 0.2)


@pytest.mark.parametrize("share", [0.001, 0.999])
def test_both_parts_keep_rows(share: float) -> None:
    for name in ("iris", "diabetes"):
        parts = split(load(name, rng()), rng(), share)
        assert len(parts.test_index) >= 1
        assert len(parts.train_index) >= 1
        if parts.train_labels is not None:
            assert set(parts.train_labels.tolist()) == {0, 1, 2}


def test_derived_inputs() -> None:
    data = load("xor", rng())
    x1, x2 = data.inputs.T
    derived = derive(data, DERIVED)
    expected = (x1, x2, x1**2, x2**2, x1 * x2, np.sin(np.pi * x1), np.sin(np.pi * x2))
    assert np.allclose(derived.inputs, np.column_stack(expected))
    assert derived.feature_names == DERIVED
    assert derive(data, ()) is data
    with pytest.raises(DataError, match="two inputs"):
        derive(load("iris", rng()), ("x1^2",))


def test_epoch_goes_through_every_row_once() -> None:
    order = epoch_order(rng(), 50, shuffle=True)
    assert sorted(order) == list(range(50))
    assert order.tolist() != list(range(50))
    assert epoch_order(rng(), 50, shuffle=False).tolist() == list(range(50))


@pytest.mark.parametrize("seed", range(3))
def test_balanced_batches_have_all_classes_equally_often(seed: int) -> None:
    labels = np.array([0] * 90 + [1] * 7 + [2] * 3)
    order = balanced_order(rng(seed), labels)
    assert len(order) == 100
    for begin in range(0, 90, 9):
        assert np.bincount(labels[order[begin : begin + 9]], minlength=3).tolist() == [3, 3, 3]
    rare = order[labels[order] == 2]
    assert set(rare.tolist()) == {97, 98, 99}
    counts = np.bincount(rare, minlength=100)[97:]
    assert counts.max() - counts.min() <= 1
