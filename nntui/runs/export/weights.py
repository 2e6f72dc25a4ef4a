"""The weights of a session for NumPy and for PyTorch."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.training.session import Session

Arrays = dict[str, npt.NDArray[Any]]

# What PyTorch calls the activations, with the names of their options there.
_MODULES: dict[str, tuple[str, Mapping[str, str]]] = {
    "relu": ("ReLU", {}),
    "leaky_relu": ("LeakyReLU", {"slope": "negative_slope"}),
    "elu": ("ELU", {"alpha": "alpha"}),
    "selu": ("SELU", {}),
    "gelu": ("GELU", {"approximation": "approximate"}),
    "silu": ("SiLU", {}),
    "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}),
    "tanh": ("Tanh", {}),
    "hard_tanh": ("Hardtanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "hard_sigmoid": ("Hardsigmoid", {}),
    "softmax": ("Softmax", {}),
}
_DTYPES = {"float32": "F32", "float64": "F64"}


def npz(session: Session) -> bytes:
    """``hidden_1.weights`` (inputs, units), ``hidden_1.biases`` (units,) and so on.

    The network takes ``(input - inputs.mean) / inputs.std``; in a regression the targets are scaled likewise.
    """
    parts = session.prepared.split
    arrays: Arrays = {"inputs.mean": parts.mean, "inputs.std": parts.std}
    if session.prepared.task == "regression":
        arrays |= {"targets.mean": parts.target_mean, "targets.std": parts.target_std}
    for layer in session.network.layers:
        name = layer.name.replace(" ", "_")
        arrays[f"{name}.weights"], arrays[f"{name}.biases"] = layer.weights, layer.bias
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def safetensors(session: Session) -> bytes:
    """The tensors of the ``nn.Sequential`` that `pytorch_code` makes: ``0.weight`` (units, inputs), ``0.bias`` …

    The file is a length, a JSON header of that length, and the numbers, row by row.
    """
    arrays: Arrays = {}
    for index, layer in zip(_places(session), session.network.layers, strict=True):
        arrays[f"{index}.weight"], arrays[f"{index}.bias"] = layer.weights.T, layer.bias
    header: dict[str, Any] = {"__metadata__": {"format": "pt", "code": pytorch_code(session)}}
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


def pytorch_code(session: Session, path: str = "") -> str:
    """Python that makes the network in PyTorch and, given a file of its weights, loads them."""
    dtype = session.network.dtype.name
    inputs, lines = session.network.inputs, []
    for layer in session.network.layers:
        lines.append(f"    nn.Linear({inputs}, {layer.size}, dtype=torch.{dtype}),")
        if _module(layer):
            lines.append(f"    {_module(layer)},")
        inputs = layer.size
    code = ["import torch", "from torch import nn", "", "model = nn.Sequential(", *lines, ")"]
    if path:
        code += ["", "from safetensors.torch import load_file", f"model.load_state_dict(load_file({path!r}))"]
    return "\n".join(code)


def _places(session: Session) -> list[int]:
    """Where in the sequence each layer's linear part stands."""
    places, at = [], 0
    for layer in session.network.layers:
        places.append(at)
        at += 1 + bool(_module(layer))
    return places


def _module(layer: Any) -> str:
    """The activation of a layer as PyTorch has it; empty for the identity."""
    name = layer.spec.activation
    if name == "identity":
        return ""
    kind, options = _MODULES[name]
    given = layer.spec.activation_options
    words = [f"{there}={given[here]!r}" for here, there in options.items() if here in given]
    if name == "softmax":
        words.append("dim=1")
    if name == "softplus":
        words.append("threshold=1000.0")
    return f"nn.{kind}({', '.join(words)})"
