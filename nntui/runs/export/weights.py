"""The weights of a session for NumPy and for PyTorch."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.runs.export.interface import interface
from nntui.runs.export.source import key, numpy_code, torch_code
from nntui.training.session import Session

Arrays = dict[str, npt.NDArray[Any]]

_DTYPES = {"float32": "F32", "float64": "F64"}


def npz(session: Session, path: str) -> bytes:
    """``hidden_1.weights`` (inputs, units), ``hidden_1.biases`` (units,) and so on, and what else `numpy_code` needs.

    The network takes ``(input - inputs.mean) / inputs.std``; the targets of a regression are scaled likewise. ``code``
    is the program that does it; ``path``: where the file will be.
    """
    ends = interface(session)
    arrays: Arrays = {"inputs.mean": ends.mean, "inputs.std": ends.std, "inputs.names": np.array(ends.input_names)}
    if ends.derived:
        arrays["inputs.derived"] = np.array([name for name, _ in ends.derived])
    if ends.target_names:
        arrays |= {"targets.mean": ends.target_mean, "targets.std": ends.target_std}
        arrays["targets.names"] = np.array(ends.target_names)
    else:
        arrays["class_names"] = np.array(ends.class_names)
    for layer in session.network.layers:
        arrays[f"{key(layer)}.weights"], arrays[f"{key(layer)}.biases"] = layer.weights, layer.bias
    arrays["code"] = np.array(numpy_code(session, path))
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def safetensors(session: Session, path: str) -> bytes:
    """The tensors of the network that `torch_code` makes: ``layers.0.weight`` (units, inputs), ``layers.0.bias`` …

    ``input_mean`` and ``input_std`` are what the inputs are scaled by; the metadata hold the names of inputs, classes
    and targets as JSON, and the code. The file is a length, a JSON header of that length, and the numbers, row by row.
    """
    ends = interface(session)
    arrays: Arrays = {"input_mean": ends.mean, "input_std": ends.std}
    if ends.target_names:
        arrays |= {"target_mean": ends.target_mean, "target_std": ends.target_std}
    place = 0
    for layer in session.network.layers:
        arrays[f"layers.{place}.weight"], arrays[f"layers.{place}.bias"] = layer.weights.T, layer.bias
        place += 1 + (layer.spec.activation != "identity")
    facts = {"input_names": ends.input_names, "class_names": ends.class_names, "target_names": ends.target_names}
    metadata = {name: json.dumps(names) for name, names in facts.items() if names}
    header: dict[str, Any] = {"__metadata__": {"format": "pt", **metadata, "code": torch_code(session, path)}}
    parts, at = [], 0
    for name, array in arrays.items():
        content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": _DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [at, at + len(content)],
        }
        parts.append(content)
        at += len(content)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])
