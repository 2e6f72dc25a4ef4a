"""Every data set by name: the only list."""

from __future__ import annotations

from nntui.data.entry import DataOption, DatasetEntry, by_name

_DRAWN = "drawn anew from the seed"
_FREE = "no rights: made by formula"


def _samples(default: int) -> DataOption:
    return DataOption("samples", default, "How many points are drawn, training and test together.", "int", 8, 1_000_000)


def _noise(default: float) -> DataOption:
    meaning = "Standard deviation of the noise: on both inputs of a classifier's points, on the target of a regression."
    return DataOption("noise", default, meaning, "float", 0.0, 10.0)


def _classes(default: int) -> DataOption:
    return DataOption("classes", default, "How many classes there are.", "int", 2, 20)


_TURNS = DataOption("turns", 1.0, "How far each arm winds around the centre.", "float", 0.0, 10.0, unit="full turns")
_WAVES = DataOption("waves", 1.0, "How many waves fit between -1 and 1.", "float", 0.0, 20.0, low_open=True)
_RATIO = DataOption(
    "ratio", 100.0, "How many times wider the first input spreads than the second.", "float", 1.0, 1e6
)

_PATH = DataOption("path", "", "The file; in a preset, relative to the preset's folder.", "text")
_TARGET = DataOption(
    "target", "", "The column to predict: its name, or its position from 1 (-1: the last); empty for the last.", "text"
)
_TASK = DataOption(
    "task",
    "auto",
    "Whether the target is a class or a number; auto: a class if it is text or a few whole numbers.",
    "choice",
    choices=("auto", "classification", "regression"),
)
_HEADER = DataOption(
    "header", "auto", "Whether the first line names the columns.", "choice", choices=("auto", "yes", "no")
)
_DELIMITER = DataOption(
    "delimiter",
    "auto",
    "What separates the fields.",
    "choice",
    choices=("auto", "comma", "semicolon", "tab", "pipe", "space"),
)
_DECIMAL = DataOption(
    "decimal", "auto", "What separates a number's decimals.", "choice", choices=("auto", "point", "comma")
)


def _drawn(name: str, meaning: str, features: int, classes: int | None, *options: DataOption) -> DatasetEntry:
    task = "regression" if classes == 0 else "classification"
    return DatasetEntry(name, meaning, task, _DRAWN, _FREE, f"synthetic:{name}", features, classes, None, options)  # type: ignore[arg-type]


def _shipped(
    name: str, meaning: str, source: str, licence: str, features: int, classes: int, rows: int
) -> DatasetEntry:
    task = "regression" if classes == 0 else "classification"
    return DatasetEntry(name, meaning, task, source, licence, f"bundled:{name}", features, classes, rows)  # type: ignore[arg-type]


_UCI = "CC BY 4.0"

DATASETS = by_name(
    (
        _drawn(
            "spirals",
            "Interleaved spiral arms in the plane, one a class: no straight line helps.",
            2,
            None,
            _samples(768),
            _classes(3),
            _TURNS,
            _noise(0.03),
        ),
        _drawn("moons", "Two half circles that reach into each other.", 2, 2, _samples(768), _noise(0.1)),
        _drawn("circles", "A ring around a disc's edge: two circles, one inside the other.", 2, 2,
               _samples(768), _noise(0.08)),
        _drawn("xor", "Two classes in opposite quarters of a square: no straight line helps.", 2, 2,
               _samples(768), _noise(0.0)),
        _drawn("gaussians", "Round clouds on a circle, one a class.", 2, None,
               _samples(768), _classes(3), _noise(0.25)),
        _drawn("plane", "A slanted plane over the square: straight lines suffice.", 2, 0, _samples(768), _noise(0.1)),
        _drawn("waves", "Waves in both directions over the square.", 2, 0, _samples(1024), _WAVES, _noise(0.05)),
        _drawn("uneven_scales", "A slanted plane whose inputs differ widely in scale.", 2, 0,
               _samples(768), _RATIO, _noise(0.1)),
        _shipped(
            "digits",
            "Handwritten digits, 1,797 images of 8×8 grey values.",
            "UCI Machine Learning Repository, Optical Recognition of Handwritten Digits (Alpaydin & Kaynak 1998), "
            "test part, as in scikit-learn",
            _UCI,
            64,
            10,
            1797,
        ),
        _shipped(
            "iris",
            "150 iris flowers of three species by four lengths.",
            "UCI Machine Learning Repository, Iris (Fisher 1936), as in scikit-learn",
            _UCI,
            4,
            3,
            150,
        ),
        _shipped(
            "wine",
            "178 wines of three growers by 13 chemical measures.",
            "UCI Machine Learning Repository, Wine (Aeberhard & Forina 1991), as in scikit-learn",
            _UCI,
            13,
            3,
            178,
        ),
        _shipped(
            "breast_cancer",
            "569 tumours, malignant or benign, by 30 measures of cell nuclei.",
            "UCI Machine Learning Repository, Breast Cancer Wisconsin (Diagnostic) (Wolberg, Mangasarian, Street & "
            "Street 1995), as in scikit-learn",
            _UCI,
            30,
            2,
            569,
        ),
        _shipped(
            "diabetes",
            "442 patients: the disease's progress after a year from ten measures.",
            "Efron, Hastie, Johnstone & Tibshirani 2004, Least Angle Regression, as in scikit-learn",
            "published by its authors for free use; no formal licence",
            10,
            0,
            442,
        ),
        DatasetEntry(
            "csv",
            "Your own file of comma-separated values (or semicolons, tabs, …).",
            None,
            "your file",
            "yours",
            "csv_file:csv",
            None,
            None,
            None,
            (_PATH, _TARGET, _TASK, _HEADER, _DELIMITER, _DECIMAL),
        ),
        DatasetEntry(
            "parquet",
            "Your own Parquet file; needs the extra nntui[parquet].",
            None,
            "your file",
            "yours",
            "parquet:parquet",
            None,
            None,
            None,
            (_PATH, _TARGET, _TASK),
        ),
    )
)

