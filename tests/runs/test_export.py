"""What is exported opens in the programs it is for."""

from __future__ import annotations

import json
import os
import struct
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from nntui.cli import main
from nntui.nn.registry import ACTIVATIONS
from nntui.runs.export import onnx, tensorboard
from nntui.runs.export.weights import pytorch_code, safetensors
from nntui.runs.run import open_run
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


@pytest.mark.reference
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_pytorch_computes_the_same_from_the_safetensors(tmp_path: Path, name: str, precision: str) -> None:
    torch, load_file = reader("torch"), reader("safetensors.torch").load_file
    session = Session(experiment(network__activation=name, training__precision=precision))
    session.advance(100)
    path = tmp_path / "x.safetensors"
    path.write_bytes(safetensors(session))
    names: dict[str, Any] = {}
    exec(pytorch_code(session), names)
    model = names["model"]
    model.load_state_dict(load_file(path))
    inputs = session.prepared.test_x
    with torch.no_grad():
        theirs = model[:-1](torch.from_numpy(np.ascontiguousarray(inputs))).numpy()
    tolerance = 1e-4 if precision == "float32" else 1e-6
    np.testing.assert_allclose(theirs, session.network.forward(inputs), rtol=tolerance, atol=tolerance)


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
    content = safetensors(session)
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert header.pop("__metadata__")["format"] == "pt"
    assert header["0.weight"]["shape"] == [6, 2]
    begin, end = header["0.weight"]["data_offsets"]
    weights = np.frombuffer(content[8 + length :][begin:end], "<f4").reshape(6, 2)
    np.testing.assert_array_equal(weights, session.network.layers[0].weights.T)
    assert max(entry["data_offsets"][1] for entry in header.values()) == len(content) - 8 - length


def test_weights_that_are_no_numbers_have_a_histogram_of_the_others() -> None:
    for values in ([np.nan, np.inf], [np.nan, 1.0, 2.0], [1e38, -1e38]):
        assert tensorboard.histograms({"w": np.array(values, np.float32)}, 1, 0.0)


@pytest.mark.reference
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_onnxruntime_computes_the_same(name: str, precision: str) -> None:
    session = Session(experiment(network__activation=name, training__precision=precision))
    session.advance(100)
    assert_same_in_onnxruntime(session)


@pytest.mark.reference
@pytest.mark.parametrize(
    "values",
    [
        {"network__activation": "leaky_relu", "network__slope": 0.3},
        {"network__activation": "elu", "network__alpha": 2.5},
        {"network__activation": "gelu", "network__approximation": "tanh"},
        {"data__name": "gaussians", "network__hidden": (4,)},
        {"data__name": "waves"},
        {"network__hidden": ()},
    ],
)
def test_onnxruntime_knows_options_and_outputs(values: dict[str, Any]) -> None:
    session = Session(experiment(**values))
    session.advance(100)
    assert_same_in_onnxruntime(session)


def assert_same_in_onnxruntime(session: Session) -> None:
    reader("onnx").checker.check_model(onnx.onnx(session), full_check=True)
    model = reader("onnxruntime").InferenceSession(onnx.onnx(session), providers=["CPUExecutionProvider"])
    inputs = session.prepared.test_x
    given = {"inputs": np.ascontiguousarray(inputs, np.float32)}
    found = dict(zip([output.name for output in model.get_outputs()], model.run(None, given), strict=True))
    sums, outputs = session.network.trace(inputs)[-1]
    np.testing.assert_allclose(found["outputs"], outputs, rtol=1e-5, atol=1e-5)
    if "logits" in found:
        np.testing.assert_allclose(found["logits"], sums, rtol=1e-5, atol=1e-5)
    facts = {name: json.loads(text) for name, text in model.get_modelmeta().custom_metadata_map.items()}
    parts = session.prepared.split
    np.testing.assert_array_equal(facts["input_mean"], parts.mean)
    assert facts["input_names"] == list(session.prepared.feature_names)
    assert ("class_names" in facts) == (session.prepared.task == "classification")


def test_the_onnx_file_holds_the_weights_row_by_row() -> None:
    session = Session(experiment())
    file = onnx.onnx(session)
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
