"""What is exported opens in the programs it is for."""

from __future__ import annotations

import csv
import io
import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from nntui.cli import main
from nntui.experiment import Experiment
from nntui.nn.activations import Activation
from nntui.nn.program import Program
from nntui.nn.registry import ACTIVATIONS
from nntui.runs.errors import RunError
from nntui.runs.export import onnx, table, tensorboard
from nntui.runs.export.source import numpy_code, onnx_code, torch_code
from nntui.runs.export.weights import npz, safetensors
from nntui.runs.rewind import end_of, rewind
from nntui.runs.run import open_run
from nntui.training.commands import Set
from nntui.training.scalars import COLUMNS, INDEX
from nntui.training.session import Session
from tests.runs.recordings import recorded
from tests.training.runs import experiment

CELL = 12.2  # width of a cell in a picture


def reader(name: str) -> Any:
    """The module; where it is missing the test skips, or fails if NNTUI_REQUIRE_REFERENCE=1 demands it."""
    if find_spec(name.partition(".")[0]) is None:
        reason = f"{name} is not installed: pip install 'nntui[reference]'"
        if os.environ.get("NNTUI_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return import_module(name)


VARIANTS: tuple[dict[str, Any], ...] = (
    *({"network__activation": name} for name in sorted(ACTIVATIONS)),
    *({"network__activation": name, "training__precision": "float64"} for name in ("gelu", "tanh", "softplus")),
    {"network__activation": "leaky_relu", "network__slope": 0.3},
    {"network__activation": "elu", "network__alpha": 2.5},
    {"network__activation": "gelu", "network__approximation": "tanh"},
    {"data__features": ("x1", "x2^2", "x1*x2", "sin x1", "sin x2")},
    {"data__name": "waves", "data__features": ("sin x2", "x1^2")},
    {"data__name": "gaussians", "network__hidden": (4,)},
    {"data__name": "iris"},
    {"data__name": "diabetes"},
    {"data__name": "diabetes", "data__standardize": False, "optimizer__learning_rate": 1e-6},
    {"data__name": "wine", "network__dropout": 0.3},
    {"network__hidden": ()},
    {"loss__name": "hinge"},
    {"loss__name": "mean_squared_error", "network__output": "identity"},
    {"loss__name": "mean_squared_error", "network__output": "softmax"},
)
FORMATS = {"npz": (npz, numpy_code), "safetensors": (safetensors, torch_code), "onnx": (onnx.onnx, onnx_code)}
READERS = {"npz": ("numpy",), "safetensors": ("torch", "safetensors.torch"), "onnx": ("onnx", "onnxruntime")}


def of_data(name: str, **values: Any) -> Experiment:
    """A small network for a data set that is read, not drawn."""
    changes = {key.replace("__", "."): value for key, value in values.items()}
    return Experiment().with_values({"data.name": name, "network.hidden": (6, 5), "training.batch_size": 10, **changes})


def trained(values: dict[str, Any]) -> Session:
    name = values.get("data__name", "moons")
    given = {key: value for key, value in values.items() if key != "data__name"}
    read = name in ("iris", "diabetes", "wine")
    session = Session(of_data(name, **given) if read else experiment(**values))
    session.advance(100)
    return session


def raw_rows(session: Session) -> Any:
    """(test samples, columns) as they stand in the data set, with no scaling and nothing derived."""
    dataset = session.prepared.split.dataset
    columns = dataset.inputs if dataset.plane is None else dataset.plane
    return columns[session.prepared.split.test_index]


def answers(session: Session) -> tuple[Any, list[str]]:
    """What the session's network says of the test set: outputs in the data's own units, and names of classes."""
    outputs = session.network.forward(session.prepared.test_x)
    outputs = session.network.layers[-1].activation(outputs)
    parts, names = session.prepared.split, session.prepared.class_names
    if not names:
        return outputs * parts.target_std + parts.target_mean, []
    if outputs.shape[1] > 1:
        return outputs, [names[index] for index in outputs.argmax(axis=1)]
    boundary = 0.0 if session.experiment.loss.name == "hinge" else 0.5
    return outputs, [names[int(output > boundary)] for output in outputs[:, 0]]


def spread(session: Session, outputs: Any) -> float:
    """What an error of the outputs is measured by: how far they, or the targets, lie apart."""
    targets = session.prepared.split.target_std if session.prepared.task == "regression" else np.ones(1)
    return float(max(np.ptp(outputs), targets.max()))


def assert_file_and_code_suffice(session: Session, form: str, folder: Path) -> dict[str, Any]:
    """Run the printed code on raw rows; what it defined."""
    for module in READERS[form]:
        reader(module)
    write, code = FORMATS[form]
    path = folder / f"network.{form}"
    path.write_bytes(write(session, str(path)))
    names: dict[str, Any] = {}
    exec(code(session, str(path)), names)
    rows = raw_rows(session)
    found = names["network"](rows)
    found = found.detach().numpy() if form == "safetensors" else found
    expected, classes = answers(session)
    exact = session.network.dtype == np.float64 and form != "onnx"
    tolerance = 1e-6 if exact and session.experiment.network.activation != "gelu" else 2e-4
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * spread(session, expected))
    if classes:
        assert list(names["classes"](rows)) == classes
    return names


@pytest.mark.parametrize("values", VARIANTS, ids=str)
def test_npz_and_its_code_predict_from_raw_rows(tmp_path: Path, values: dict[str, Any]) -> None:
    session = trained(values)
    assert_file_and_code_suffice(session, "npz", tmp_path)


@pytest.mark.reference
@pytest.mark.parametrize("form", ["safetensors", "onnx"])
@pytest.mark.parametrize("values", VARIANTS, ids=str)
def test_other_formats_and_their_code_predict_from_raw_rows(tmp_path: Path, values: dict[str, Any], form: str) -> None:
    session = trained(values)
    assert_file_and_code_suffice(session, form, tmp_path)


ROWS = np.random.default_rng(8).normal(size=(90, 2))
ODD_NAMES = ('x"""y', "back\\slash", "{braces} %s")
ODD_CLASSES = np.array(['a"""', "b\\", "c'd", "naïve"])
TABLES: dict[str, tuple[tuple[str, ...], Any]] = {  # names of the columns, and the columns; the last is predicted
    "far inputs": (("time", "kind"), (1.7e9 + 300 * ROWS[:, 0], np.where(ROWS[:, 0] > 0, "late", "early"))),
    "far targets": (("time", "price"), (1.7e9 + 300 * ROWS[:, 0], 1e10 + ROWS[:, 0])),
    "vast numbers": (("a", "b"), (1e100 * ROWS[:, 0], 1e150 * ROWS[:, 0])),
    "tiny numbers": (("a", "b"), (1e-40 * ROWS[:, 0], 1e-45 * ROWS[:, 0])),
    "constant column": (("a", "b", "kind"), (np.full(90, 1e12 + 1), ROWS[:, 1], np.where(ROWS[:, 1] > 0, "p", "n"))),
    "constant target": (("a", "b"), (ROWS[:, 0], np.full(90, 3.5))),
    "one input": (("x", "y"), (ROWS[:, 0], np.sin(ROWS[:, 0]))),
    "odd names": (ODD_NAMES, (*ROWS.T, ODD_CLASSES[np.arange(90) % 4])),
    "many classes": (("u", "v", "kind"), (*ROWS.T, [f"k{index % 30}" for index in range(90)])),
}
SCALED: dict[str, Any] = {"network__dropout": 0.4}
UNSCALED: dict[str, Any] = {
    "training__precision": "float64", "data__standardize": False, "optimizer__learning_rate": 1e-9
}  # fmt: skip


def trained_on_table(folder: Path, name: str, options: dict[str, Any]) -> Session:
    names, columns = TABLES[name]
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *zip(*columns, strict=True)])
    session = Session(of_data("csv", data__path=str(path), data__target=names[-1], **options))
    session.advance(60)
    return session


@pytest.mark.parametrize(
    "form", ["npz", *(pytest.param(form, marks=pytest.mark.reference) for form in ("safetensors", "onnx"))]
)
@pytest.mark.parametrize(
    ("name", "options"), [*((name, SCALED) for name in TABLES), ("one input", UNSCALED), ("odd names", UNSCALED)]
)
def test_exported_network_predicts_from_rows_of_any_table(
    tmp_path: Path, name: str, form: str, options: dict[str, Any]
) -> None:
    assert_file_and_code_suffice(trained_on_table(tmp_path, name, options), form, tmp_path)


@pytest.mark.reference
@pytest.mark.parametrize("name", TABLES)
def test_onnx_takes_float32_where_it_holds_the_digits(tmp_path: Path, name: str) -> None:
    file = onnx.onnx(trained_on_table(tmp_path, name, SCALED), "x")
    reader("onnx").checker.check_model(file, full_check=True)
    model = reader("onnxruntime").InferenceSession(file, providers=["CPUExecutionProvider"])
    kinds = {"far inputs": "double", "far targets": "double", "vast numbers": "double", "tiny numbers": "double"}
    kinds["constant column"] = "double"
    assert model.get_inputs()[0].type == f"tensor({kinds.get(name, 'float')})"


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 2500])
def test_csv_streams_every_epoch_and_every_digit(count: int) -> None:
    rows = np.random.default_rng(count).normal(size=(count, len(COLUMNS)))
    rows[:, :2] = np.arange(2 * count).reshape(count, 2)
    rows[1::2, INDEX["test_loss"]] = np.inf
    parts = list(table.csv(rows, "regression"))
    lines = list(csv.reader(io.StringIO("".join(parts))))
    read = np.array([[float(cell or "inf") for cell in line] for line in lines[1:]]).reshape(count, len(lines[0]))
    names = [name.replace("r2", "score") for name in lines[0]]
    np.testing.assert_array_equal(read, rows[:, [INDEX[name] for name in names]])
    assert max(map(len, parts)) < 300_000


class Wavy(Activation):
    """An activation that no exporter has heard of: φ(z) = sin z + max(ln(1 + e^z), |z|) / 2."""

    name = "wavy"

    def forward(self, do: Program, z: Any, a: Any) -> None:
        bent, size = do.empty_like(z), do.empty_like(z)
        do.logaddexp(z, 0.0, out=bent)
        do.absolute(z, out=size)
        do.maximum(bent, size, out=bent)
        do.multiply(bent, 0.5, out=bent)
        do.sin(z, out=a)
        do.add(a, bent, out=a)


class Opaque(Wavy):
    """An activation that computes with something that only NumPy has."""

    name = "opaque"

    def forward(self, do: Program, z: Any, a: Any) -> None:
        do.call(np.copyto, a, z)


def with_activation(activation: Activation) -> Session:
    session = Session(of_data("iris"))
    for layer in session.network.layers[:-1]:
        layer.activation = activation
        layer.spec = replace(layer.spec, activation=activation.name)
    return session


@pytest.mark.parametrize(
    "form", ["npz", *(pytest.param(form, marks=pytest.mark.reference) for form in ("safetensors", "onnx"))]
)
def test_new_activation_is_exported_from_its_formula(tmp_path: Path, form: str) -> None:
    assert_file_and_code_suffice(with_activation(Wavy()), form, tmp_path)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_activation_without_ufuncs_is_refused_by_name(form: str) -> None:
    with pytest.raises(RunError, match="the activation opaque cannot be exported"):
        FORMATS[form][0](with_activation(Opaque()), "x")


@pytest.mark.parametrize(
    "form", ["npz", *(pytest.param(form, marks=pytest.mark.reference) for form in ("safetensors", "onnx"))]
)
def test_exported_file_needs_no_nntui(tmp_path: Path, form: str, capfd: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "plants.csv"
    rng = np.random.default_rng(5)
    length, kind = rng.normal(400, 30, 60), np.array(["red oak", "élm", 'say "fir"'])[np.arange(60) % 3]
    weight = 0.002 * length + np.arange(60) % 3 + rng.normal(0, 0.1, 60)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("length", "weight", "kind"), *zip(length, weight, kind, strict=True)])
    folder = recorded(
        tmp_path / "runs",
        of_data("csv", data__path=str(table), data__target="kind", training__epochs=40),
    )
    for module in READERS[form]:
        reader(module)
    out = tmp_path / f"out.{form}"
    assert main(["export", "last", "--runs", str(folder.parent), "--to", form, "--out", str(out)]) == 0
    printed = capfd.readouterr()
    assert "test accuracy" in printed.err
    session = end_of(open_run(folder)).rerun.session
    rows = raw_rows(session)
    program = f"import sys\nsys.modules['nntui'] = None\n{printed.out}\nprint(*classes({rows.tolist()!r}), sep='\\n')\n"
    script = tmp_path / "use.py"
    script.write_text(program, encoding="utf-8")
    command = [sys.executable, "-X", "utf8", "-W", "ignore", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == answers(session)[1]
    assert len(set(answers(session)[1])) > 1


@pytest.mark.reference
def test_files_name_inputs_and_classes(tmp_path: Path) -> None:
    session = Session(of_data("iris"))
    inputs, classes = list(session.prepared.feature_names), list(session.prepared.class_names)
    model = reader("onnxruntime").InferenceSession(onnx.onnx(session, "x"), providers=["CPUExecutionProvider"])
    facts = model.get_modelmeta().custom_metadata_map
    assert (json.loads(facts["input_names"]), json.loads(facts["class_names"])) == (inputs, classes)
    reader("onnx").checker.check_model(onnx.onnx(session, "x"), full_check=True)
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors(session, "x"))
    with reader("safetensors").safe_open(path, "np") as file:
        facts = file.metadata()
    assert (json.loads(facts["input_names"]), json.loads(facts["class_names"])) == (inputs, classes)


def test_npz_names_inputs_classes_and_derived_inputs() -> None:
    features = ("x1", "x2^2", "sin x1")
    file = np.load(io.BytesIO(npz(Session(experiment(data__features=features)), "x.npz")))
    assert file["inputs.names"].tolist() == ["x1", "x2"]
    assert file["inputs.derived"].tolist() == list(features)
    assert file["class_names"].tolist() == ["upper", "lower"]
    assert "np.load('x.npz')" in str(file["code"])


@pytest.mark.reference
def test_tensorboard_reads_every_epoch_and_the_histograms(tmp_path: Path) -> None:
    accumulator = reader("tensorboard.backend.event_processing.event_accumulator")
    folder = recorded(tmp_path / "runs", experiment(training__epochs=12))
    assert (
        main(["export", "last", "--runs", str(folder.parent), "--to", "tensorboard", "--out", str(tmp_path / "tb")])
        == 0
    )
    events = accumulator.EventAccumulator(str(tmp_path / "tb"), size_guidance={"scalars": 0, "histograms": 0})
    events.Reload()
    rows = open_run(folder).scalars().rows
    assert set(events.Tags()["scalars"]) == {
        "train/loss", "test/loss", "train/accuracy", "test/accuracy", "learning_rate"
    }  # fmt: skip
    read = events.Scalars("test/loss")
    assert [scalar.step for scalar in read] == rows[:, 0].tolist()
    np.testing.assert_array_equal([scalar.value for scalar in read], rows[:, 3].astype(np.float32))
    histogram = events.Histograms("weights/hidden_1")[-1].histogram_value
    assert histogram.num == 12
    assert sum(histogram.bucket) == 12


def test_checksums_are_those_of_the_standard() -> None:
    assert tensorboard.crc32c(b"123456789") == 0xE3069283
    assert tensorboard.crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


def test_the_safetensors_header_says_where_everything_is() -> None:
    session = Session(experiment())
    content = safetensors(session, "x")
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert header.pop("__metadata__")["format"] == "pt"
    assert header["layers.0.weight"]["shape"] == [6, 2]
    begin, end = header["layers.0.weight"]["data_offsets"]
    weights = np.frombuffer(content[8 + length :][begin:end], "<f4").reshape(6, 2)
    np.testing.assert_array_equal(weights, session.network.layers[0].weights.T)
    assert max(entry["data_offsets"][1] for entry in header.values()) == len(content) - 8 - length


def test_weights_that_are_no_numbers_have_a_histogram_of_the_others() -> None:
    for values in ([np.nan, np.inf], [np.nan, 1.0, 2.0], [1e38, -1e38]):
        assert tensorboard.histograms({"w": np.array(values, np.float32)}, 1, 0.0)


def test_the_onnx_file_holds_the_weights_row_by_row() -> None:
    session = Session(experiment())
    file = onnx.onnx(session, "x")
    for layer in session.network.layers:
        assert np.ascontiguousarray(layer.weights, "<f4").tobytes() in file
        assert layer.bias.astype("<f4").tobytes() in file
    assert file.count(b"Gemm") == 3


@pytest.mark.parametrize(("size", "columns"), [("100x30", 100), ("80x24", 80)])
def test_the_screen_is_a_picture(tmp_path: Path, size: str, columns: int, capfd: pytest.CaptureFixture[str]) -> None:
    folder = recorded(tmp_path / "runs", experiment(training__epochs=12), until=60)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    words = ["export", "last", "--runs", str(folder.parent), "--to", "svg", "--size", size]
    assert main([*words, "--out", str(tmp_path / "x.svg")]) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    picture = ElementTree.parse(tmp_path / "x.svg").getroot()
    texts = list(picture.iter("{http://www.w3.org/2000/svg}text"))
    shown = "".join(text.text or "" for text in texts)
    for word in ("paused", "Loss", "Accuracy"):
        assert word in shown
    ends = [float(text.get("x", "0")) / CELL for text in texts if text.get("textLength")]  # a line ends with a break
    assert round(max(ends)) == columns
    (folder / "journal.jsonl").write_bytes(b"nonsense\n")
    capfd.readouterr()
    assert main(words) == 2
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--to", "svg", "--size", "3x3"), "from 40x10"),
        (("--to", "svg", "--size", "²x40"), "from 40x10"),
        (("--to", "svg", "--view", "overveiw"), 'did you mean "overview"?'),
        (("--to", "csv", "--size", "80x24"), "for --to svg"),
        (("--to", "csv", "--epoch", "1"), "for --to preset, npz"),
        (("--to", "npz", "--epoch", "3"), "epoch 3 is not in the recording; it has 2"),
        (("--to", "npz", "--epoch", "99999999999999999999999"), "is not in the recording"),
        (("--to", "npz", "--epoch", "-1"), 'expected "best" or a whole number'),
        (("--to", "npz", "--epoch", "bets"), 'expected "best" or a whole number'),
        (("--to", "npz", "--epoch", "²"), 'expected "best" or a whole number'),
        (("--to", "oonx"), 'did you mean "onnx"?'),
    ],
)
def test_wrong_words_are_one_line(
    tmp_path: Path, words: tuple[str, ...], hint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = recorded(tmp_path / "runs", experiment(training__epochs=2))
    try:
        status = main(["export", "last", "--runs", str(folder.parent), *words])
    except SystemExit as end:
        status = int(str(end.code))
    error = capfd.readouterr().err
    assert status == 2
    assert error.count("\n") == 1
    assert hint in error


@pytest.mark.parametrize("asked", ["best", "0", "7"])
def test_epoch_exports_the_network_of_that_epoch(tmp_path: Path, asked: str, capfd: pytest.CaptureFixture[str]) -> None:
    script = [(40, Set("optimizer.learning_rate", 3.0))]  # so that the last epoch is not the best
    folder = recorded(tmp_path / "runs", experiment(training__epochs=15), script)
    run = open_run(folder)
    losses = run.scalars().rows[:, 3]
    epoch = int(losses.argmin()) + 1 if asked == "best" else int(asked)
    assert epoch != 15
    out = tmp_path / "x.npz"
    words = ["export", "last", "--runs", str(folder.parent), "--epoch", asked]
    assert main([*words, "--to", "npz", "--out", str(out)]) == 0
    session = rewind(run, epoch)
    error = capfd.readouterr().err
    assert f"epoch {epoch}:" in error
    assert (f"epoch {epoch} has the lowest test loss, {losses.min():.4g}\n" in error) == (asked == "best")
    if epoch:
        assert f"test loss {losses[epoch - 1]:.4g}" in error
    for layer in session.network.layers:
        np.testing.assert_array_equal(np.load(out)[f"{layer.name.replace(' ', '_')}.weights"], layer.weights)
    assert main([*words, "--to", "preset"]) == 0
    rate = 3.0 if session.step > 40 else 0.1
    assert f"learning_rate = {rate}" in capfd.readouterr().out


def test_picture_shows_the_epoch_asked_for(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "runs", experiment(training__epochs=12))
    out = tmp_path / "x.svg"
    words = ["export", "last", "--runs", str(folder.parent), "--to", "svg", "--epoch", "5", "--out", str(out)]
    assert main(words) == 0
    texts = ElementTree.parse(out).getroot().iter("{http://www.w3.org/2000/svg}text")
    shown = "".join(text.text or "" for text in texts).replace("\xa0", " ")
    assert "epoch 5" in shown
