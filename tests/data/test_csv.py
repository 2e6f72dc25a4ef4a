"""The user's own tables: recognised whatever their form, and every unusable cell named with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.data.dataset import Dataset
from nntui.data.errors import DataError
from nntui.data.loading import load

RNG = np.random.default_rng(0)


def read(folder: Path, text: str | bytes, **options: Any) -> Dataset:
    file = folder / "table.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load("csv", RNG, path=str(file), **options)


def faults(folder: Path, text: str | bytes, **options: Any) -> tuple[str, ...]:
    with pytest.raises(DataError) as caught:
        read(folder, text, **options)
    return tuple(fault.replace(f"{folder / 'table.csv'}", "table.csv") for fault in caught.value.faults)


FLOWERS = "length,width,kind\n1.5,2,b\n2.5,3,a\n3.5,5,b\n"


def test_header_names_columns_and_text_target_is_a_class(tmp_path: Path) -> None:
    data = read(tmp_path, FLOWERS)
    assert data.task == "classification"
    assert data.feature_names == ("length", "width")
    assert data.class_names == ("a", "b")
    assert data.labels is not None
    assert data.labels.tolist() == [1, 0, 1]
    assert data.inputs.tolist() == [[1.5, 2], [2.5, 3], [3.5, 5]]


@pytest.mark.parametrize(
    "text",
    [
        FLOWERS.replace(",", ";"),
        FLOWERS.replace(",", "\t"),
        FLOWERS.replace(",", "|"),
        FLOWERS.replace(",", " "),
        FLOWERS.replace(",", ", "),
        FLOWERS.replace("\n", "\r\n"),
        FLOWERS.replace("\n", "\n\n"),
        FLOWERS.replace(",", ";").replace(".", ","),
        FLOWERS.replace(",", "\t").replace(".", ","),
        "\ufeff" + FLOWERS,
        FLOWERS.replace("1.5", '"1.5"').replace("kind", '"kind"'),
        FLOWERS.encode("utf-16"),
        FLOWERS.rstrip("\n"),
        'length,width,kind\n"1,5",2,b\n"2,5",3,a\n"3,5",5,b\n',
        FLOWERS.replace("\n", ",\n"),
    ],
)
def test_form_of_the_file_is_recognised(tmp_path: Path, text: str | bytes) -> None:
    expected = read(tmp_path, FLOWERS)
    found = read(tmp_path, text)
    assert found.inputs.tolist() == expected.inputs.tolist()
    assert found.class_names == expected.class_names
    assert found.feature_names == expected.feature_names


def test_three_decimals_after_a_comma_are_no_thousands(tmp_path: Path) -> None:
    text = "alpha;beta;kind\n1,288;-0,765;yes\n0,066;1,449;no\n-1,092;0,031;yes\n"
    data = read(tmp_path, text)
    assert data.feature_names == ("alpha", "beta")
    assert data.inputs.tolist() == [[1.288, -0.765], [0.066, 1.449], [-1.092, 0.031]]
    assert 'decimal = "comma"' in faults(tmp_path, "1,250;yes\n2,500;no\n")[0]


def test_without_header_columns_are_numbered(tmp_path: Path) -> None:
    data = read(tmp_path, "1,2.25\n2,3.5\n3,4.75\n")
    assert data.task == "regression"
    assert data.feature_names == ("column 1",)
    assert data.target_names == ("column 2",)


@pytest.mark.parametrize(("target", "name"), [("width", "width"), ("2", "width"), ("-3", "length"), ("WIDTH", "width")])
def test_target_by_name_or_position(tmp_path: Path, target: str, name: str) -> None:
    text = "length,width,height\n1.5,2.5,0\n2.5,3.5,1\n3.5,5.5,0\n"
    data = read(tmp_path, text, target=target)
    assert data.target_names == (name,)
    assert name not in data.feature_names


def test_unknown_target_names_the_nearest(tmp_path: Path) -> None:
    assert "did you mean 'width'" in faults(tmp_path, FLOWERS, target="widht")[0]
    assert faults(tmp_path, FLOWERS, target="4") == ("table.csv: no column 4; there are 3",)


def test_few_whole_numbers_are_classes_in_their_order(tmp_path: Path) -> None:
    rows = "\n".join(f"{i / 7:.3f},{(2, 10, -1)[i % 3]}" for i in range(30))
    data = read(tmp_path, rows)
    assert data.class_names == ("-1", "2", "10")
    assert read(tmp_path, rows, task="regression").task == "regression"


def test_many_different_numbers_are_a_regression(tmp_path: Path) -> None:
    rows = "\n".join(f"{i / 7:.3f},{i}" for i in range(30))
    assert read(tmp_path, rows).task == "regression"


def test_numbers_that_are_equal_are_one_class(tmp_path: Path) -> None:
    data = read(tmp_path, "a,b\n0.5,1\n1.5,1.0\n2.5,0\n3.5,00\n", task="classification")
    assert data.class_names == ("0", "1")


def test_every_missing_value_is_reported_with_its_place(tmp_path: Path) -> None:
    assert faults(tmp_path, "x,y,kind\n1,,a\n?,2,b\n3,4,\n5,six,a\n") == (
        "table.csv:2:2: missing value (column 'y')",
        "table.csv:3:1: missing value '?' (column 'x')",
        "table.csv:4:3: missing value (column 'kind')",
        "table.csv:5:2: 'six' is not a number (column 'y')",
    )


def test_place_is_right_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    text = 'x,kind\n1,"two\nlines"\n2,b\nbad,b\n'
    assert faults(tmp_path, text) == ("table.csv:5:1: 'bad' is not a number (column 'x')",)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    found = faults(tmp_path, "x,y\n" + "".join(f",{i}.5\n" for i in range(500)))
    assert len(found) == 21
    assert found[-1] == "… and 480 more of the kind"


@pytest.mark.parametrize("word", ["nan", "inf", "1e999", "1_000", "0x10", "1,234"])
def test_what_is_no_plain_finite_number_is_refused(tmp_path: Path, word: str) -> None:
    text = f"x;y\n1.5;2\n{word};3\n2.5;4\n"
    assert faults(tmp_path, text)[0].startswith("table.csv:3:1: ")


def test_ragged_rows_are_reported(tmp_path: Path) -> None:
    assert faults(tmp_path, "x,y\n1,2\n1,2,3\n4\n5,6\n") == (
        "table.csv:3: 3 fields; the first line has 2",
        "table.csv:4: 1 fields; the first line has 2",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("  \n\n", "the file is empty"),
        ("x,y\n", "0 rows of data"),
        ("x,y\n1,2\n", "1 row of data"),
        ("x\n1\n2\n", "only one column"),
        ("x,x,y\n1,2,3\n4,5,6\n", "column name 'x' is there twice"),
        ('x,y\n1,"2\n3,4\n', "a quote is opened here and never closed"),
        (b"\x00\x01\x02\x03", "is not a text file"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert message in faults(tmp_path, text)[0]


def test_folder_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        load("csv", RNG, path=str(tmp_path))
    with pytest.raises(DataError, match="no such file"):
        load("csv", RNG, path=str(tmp_path / "none.csv"))


def test_windows_text_is_read(tmp_path: Path) -> None:
    data = read(tmp_path, "größe,art\n1,süß\n2,herb\n3,herb\n".encode("cp1252"))
    assert data.feature_names == ("größe",)
    assert data.class_names == ("herb", "süß")


def test_options_overrule_what_would_be_guessed(tmp_path: Path) -> None:
    text = "1,5;2,5\n2,5;3,5\n3,5;4,5\n"
    assert read(tmp_path, text).target_names == ("column 2",)
    assert read(tmp_path, text, header="yes").target_names == ("2,5",)
    assert "decimals follow a point here" in faults(tmp_path, text, decimal="point")[0]
    assert "'5;2' is not a number" in faults(tmp_path, text, delimiter="comma")[0]


def test_progress_is_told_on_long_files(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("x,y\n" + "1.5,2.5\n2.5,3.25\n" * 25_000)
    told: list[tuple[str, float | None]] = []
    load("csv", RNG, path=str(file), progress=lambda what, share: told.append((what, share)))
    shares = [share for what, share in told if share is not None and "long.csv" in what]
    assert shares == sorted(shares)
    assert len(shares) >= 2
    assert all(0 < share <= 1 for share in shares)
    assert ("reading the numbers of x", 0.5) in told
