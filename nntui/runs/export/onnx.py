"""A network as an ONNX model: float32, from (samples, inputs), scaled as in training, to what the network puts out.

The file is a protocol buffer ``ModelProto`` (onnx.proto of ONNX 1.15): ir_version = 1, producer_name = 2, graph = 7,
opset_import = 8, metadata_props = 14. A ``GraphProto`` has node = 1, name = 2, initializer = 5, input = 11 and
output = 12; a ``NodeProto`` input = 1, output = 2, name = 3, op_type = 4, attribute = 5; an ``AttributeProto``
name = 1, f = 2, i = 3, s = 4, type = 20; a ``TensorProto`` dims = 1, data_type = 2, name = 8, raw_data = 9; a
``ValueInfoProto`` name = 1, type = 2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nntui.runs.export.protobuf import content, number, single
from nntui.training.session import Session

OPSET, IR_VERSION = 20, 9
_FLOAT = 1  # the element type float32
_IS_FLOAT, _IS_WORD, _IS_NUMBER = 1, 3, 2  # types of attributes

Attributes = Mapping[str, float | int | str]

# The operator of each activation, with the names of its options there, and what else it needs.
_OPERATORS: dict[str, tuple[str, Mapping[str, str], Attributes]] = {
    "relu": ("Relu", {}, {}),
    "leaky_relu": ("LeakyRelu", {"slope": "alpha"}, {"alpha": 0.01}),
    "elu": ("Elu", {"alpha": "alpha"}, {"alpha": 1.0}),
    "selu": ("Selu", {}, {}),
    "gelu": ("Gelu", {"approximation": "approximate"}, {}),
    "softplus": ("Softplus", {}, {}),
    "softsign": ("Softsign", {}, {}),
    "tanh": ("Tanh", {}, {}),
    "sigmoid": ("Sigmoid", {}, {}),
    "hard_sigmoid": ("HardSigmoid", {}, {"alpha": 1 / 6, "beta": 0.5}),
    "softmax": ("Softmax", {}, {"axis": 1}),
}
_LOW, _HIGH = "minus_one", "one"  # the bounds of hard_tanh, which ONNX takes as tensors


def onnx(session: Session) -> bytes:
    """The file. Its input is ``inputs``, its output ``outputs``, (samples, units) each.

    Where the output layer has an activation (sigmoid, softmax), a second output ``logits`` is what goes into it. The
    metadata say by what the inputs were scaled.
    """
    nodes, tensors = [], [_tensor(_LOW, np.array(-1.0)), _tensor(_HIGH, np.array(1.0))]
    layers, at = session.network.layers, "inputs"
    for index, layer in enumerate(layers):
        name, last = layer.name.replace(" ", "_"), index == len(layers) - 1
        tensors += [_tensor(f"{name}.weights", layer.weights), _tensor(f"{name}.biases", layer.bias)]
        plain = layer.spec.activation == "identity"
        sums = "outputs" if last and plain else "logits" if last else f"{name}.sums"
        nodes.append(_node("Gemm", [at, f"{name}.weights", f"{name}.biases"], sums))
        at = sums
        if not plain:
            at = "outputs" if last else name
            nodes += _activation(layer.spec.activation, layer.spec.activation_options, sums, at)
    graph = [content(1, node) for node in nodes] + [content(2, "nntui")] + [content(5, tensor) for tensor in tensors]
    graph.append(content(11, _value("inputs", session.network.inputs)))
    outputs = ["outputs"] if layers[-1].spec.activation == "identity" else ["outputs", "logits"]
    graph += [content(12, _value(name, layers[-1].size)) for name in outputs]
    model = [number(1, IR_VERSION), content(2, "nntui"), content(7, b"".join(graph)), content(8, number(2, OPSET))]
    model += [content(14, content(1, name) + content(2, json.dumps(value))) for name, value in _facts(session)]
    return b"".join(model)


def usage(path: str) -> str:
    """Python that runs the file."""
    return (
        "import onnxruntime\n\n"
        f"model = onnxruntime.InferenceSession({path!r})\n"
        'outputs = model.run(["outputs"], {"inputs": inputs})[0]  # inputs: float32, (samples, inputs), scaled'
    )


def _facts(session: Session) -> Iterator[tuple[str, Any]]:
    """What the model takes and gives, each as JSON."""
    parts = session.prepared.split
    yield "input_names", list(session.prepared.feature_names)
    yield "input_mean", parts.mean.tolist()
    yield "input_std", parts.std.tolist()
    if session.prepared.class_names:
        yield "class_names", list(session.prepared.class_names)
    else:
        yield "target_names", list(session.prepared.target_names)
        yield "target_mean", parts.target_mean.tolist()
        yield "target_std", parts.target_std.tolist()


def _activation(kind: str, given: Mapping[str, Any], sums: str, out: str) -> list[bytes]:
    if kind == "silu":
        share = f"{out}.share"
        return [_node("Sigmoid", [sums], share), _node("Mul", [sums, share], out)]
    if kind == "hard_tanh":
        return [_node("Clip", [sums, _LOW, _HIGH], out)]
    operator, options, needed = _OPERATORS[kind]
    return [
        _node(
            operator,
            [sums],
            out,
            {**needed, **{there: given[here] for here, there in options.items() if here in given}},
        )
    ]


def _node(operator: str, inputs: list[str], output: str, attributes: Attributes | None = None) -> bytes:
    parts = [*(content(1, name) for name in inputs), content(2, output), content(3, output), content(4, operator)]
    parts += [content(5, _attribute(name, value)) for name, value in (attributes or {}).items()]
    return b"".join(parts)


def _attribute(name: str, value: float | int | str) -> bytes:
    if isinstance(value, str):
        return content(1, name) + content(4, value) + number(20, _IS_WORD)
    if isinstance(value, int):
        return content(1, name) + number(3, value) + number(20, _IS_NUMBER)
    return content(1, name) + single(2, value) + number(20, _IS_FLOAT)


def _tensor(name: str, array: np.ndarray[Any, Any]) -> bytes:
    dims = b"".join(number(1, length) for length in array.shape)
    return dims + number(2, _FLOAT) + content(8, name) + content(9, np.ascontiguousarray(array, "<f4").tobytes())


def _value(name: str, units: int) -> bytes:
    """A tensor of any number of samples: tensor_type = 1 of elem_type = 1 and shape = 2, whose dim = 1 is a length
    (dim_value = 1) or a name (dim_param = 2)."""
    shape = content(1, content(2, "samples")) + content(1, number(1, units))
    return content(1, name) + content(2, content(1, number(1, _FLOAT) + content(2, shape)))
