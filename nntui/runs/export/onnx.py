"""A network as an ONNX model: float32, from raw rows (samples, inputs) to the network's answer in the data's terms.

Raw rows and answers are float64 where float32 has too few digits for them (`interface.FloatType`).

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

from nntui.nn.layer import Dense
from nntui.runs.errors import RunError
from nntui.runs.export.formulas import Formula, of_activation
from nntui.runs.export.interface import FloatType, Interface, interface
from nntui.runs.export.protobuf import content, number, single
from nntui.runs.export.source import key, onnx_code
from nntui.training.session import Session

OPSET, IR_VERSION = 20, 9
_ELEMENTS: dict[str, tuple[int, str]] = {"float32": (1, "<f4"), "int64": (7, "<i8"), "float64": (11, "<f8")}
_IS_FLOAT, _IS_WORD, _IS_NUMBER = 1, 3, 2  # types of attributes

Attributes = Mapping[str, float | int | str]

# The operator of each activation that ONNX has, with the names of its options there, and what else it needs. Of others
# the formula is written out.
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

# NumPy's ufuncs that are one operator there.
_UFUNCS = {
    "absolute": "Abs", "add": "Add", "ceil": "Ceil", "cos": "Cos", "divide": "Div", "exp": "Exp", "floor": "Floor",
    "log": "Log", "maximum": "Max", "minimum": "Min", "multiply": "Mul", "negative": "Neg", "positive": "Identity",
    "power": "Pow", "reciprocal": "Reciprocal", "sign": "Sign", "sin": "Sin", "sqrt": "Sqrt", "subtract": "Sub",
    "tanh": "Tanh",
}  # fmt: skip


class _Graph:
    """Nodes and tensors, in the order in which they are added."""

    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self._tensors: dict[str, bytes] = {}

    def node(self, operator: str, inputs: list[str], output: str, attributes: Attributes | None = None) -> str:
        """Compute ``output``."""
        self.nodes.append(_node(operator, inputs, output, attributes))
        return output

    def tensor(self, name: str, array: Any, element: FloatType = "float32") -> str:
        """A constant array: of this type, or int64 where it holds whole numbers."""
        self._tensors.setdefault(name, _tensor(name, np.asarray(array), element))
        return name

    def cast(self, at: str, element: FloatType, output: str) -> str:
        """The same numbers in another type."""
        return self.node("Cast", [at], output, {"to": _ELEMENTS[element][0]})

    def formula(self, formula: Formula, prefix: str, given: Mapping[str, str], output: str) -> None:
        """The operations of a formula, the arrays it begins with being called as ``given`` says.

        Raises:
            RunError: ONNX has no operator for one of them.
        """
        names = dict(given)
        for step in formula.operations:
            result = f"{prefix}.{step.result}"
            operands = [names[x] if isinstance(x, str) else self.tensor(f"number {x!r}", x) for x in step.operands]
            self._ufunc(step.function, operands, result)
            names[step.result] = result
        self.node("Identity", [names[formula.result]], output)

    def _ufunc(self, function: str, operands: list[str], result: str) -> None:
        if function in _UFUNCS:
            self.node(_UFUNCS[function], operands, result)
        elif function == "square":
            self.node("Mul", operands * 2, result)
        elif function == "expm1":
            self.node("Sub", [self.node("Exp", operands, f"{result}.exp"), self.tensor("number 1.0", 1.0)], result)
        elif function == "log1p":
            self.node("Log", [self.node("Add", [*operands, self.tensor("number 1.0", 1.0)], f"{result}.sum")], result)
        elif function == "logaddexp":  # ln(e^x + e^y) = x + ln(1 + e^(y - x))
            difference = self.node("Sub", operands[::-1], f"{result}.difference")
            self.node("Add", [operands[0], self.node("Softplus", [difference], f"{result}.above")], result)
        elif function == "copysign":
            size = self.node("Abs", operands[:1], f"{result}.size")
            self.node("Mul", [size, self.node("Sign", operands[1:], f"{result}.sign")], result)
        else:
            raise RunError(f"cannot be exported to ONNX: a formula uses {function}, for which there is no operator")

    def parts(self) -> list[bytes]:
        """Fields of the graph."""
        nodes = [content(1, node) for node in self.nodes]
        return [*nodes, content(2, "nntui"), *(content(5, tensor) for tensor in self._tensors.values())]


def onnx(session: Session, path: str) -> bytes:
    """The file. Its input is ``inputs``, raw rows (samples, columns); its output is ``outputs``.

    For a regression the outputs are in the units of the targets. Where the output layer has an activation (sigmoid,
    softmax), a second output ``logits`` is what goes into it. The metadata hold the names of inputs, classes and
    targets, and the code that runs the file at ``path``.

    Raises:
        RunError: an activation computes with something that ONNX does not have.
    """
    ends, graph, layers = interface(session), _Graph(), session.network.layers
    at = _scaled(graph, ends)
    for layer in layers[:-1]:
        at = _activated(graph, layer, _sums(graph, layer, at, f"{key(layer)}.sums"), key(layer))
    last = layers[-1]
    if ends.target_names:
        sums = _sums(graph, last, at, "output.sums")
        answer = _activated(graph, last, sums, "output")
        _unscaled(graph, ends, answer)
        outputs = ["outputs"]
    elif last.spec.activation == "identity":
        _sums(graph, last, at, "outputs")
        outputs = ["outputs"]
    else:
        _activated(graph, last, _sums(graph, last, at, "logits"), "outputs")
        outputs = ["outputs", "logits"]
    fields = [*graph.parts(), content(11, _value("inputs", len(ends.input_names), ends.input_type))]
    types: tuple[FloatType, ...] = (ends.target_type, "float32")
    fields += [content(12, _value(name, last.size, element)) for name, element in zip(outputs, types, strict=False)]
    model = [number(1, IR_VERSION), content(2, "nntui"), content(7, b"".join(fields)), content(8, number(2, OPSET))]
    model += [content(14, content(1, name) + content(2, value)) for name, value in _facts(session, ends, path)]
    return b"".join(model)


def _facts(session: Session, ends: Interface, path: str) -> Iterator[tuple[str, str]]:
    """Metadata: names as JSON, and the code."""
    yield "input_names", json.dumps(ends.input_names)
    if ends.class_names:
        yield "class_names", json.dumps(ends.class_names)
    else:
        yield "target_names", json.dumps(ends.target_names)
    yield "code", onnx_code(session, path)


def _scaled(graph: _Graph, ends: Interface) -> str:
    """From the raw columns to what the first layer takes."""
    at = "inputs"
    if ends.derived:
        columns = {
            name: graph.node("Gather", [at, graph.tensor(f"column {index}", [index])], f"raw.{name}", {"axis": 1})
            for index, name in enumerate(ends.columns)
        }
        made = [f"derived.{index}" for index in range(len(ends.derived))]
        for output, (_, formula) in zip(made, ends.derived, strict=True):
            graph.formula(formula, output, columns, output)
        at = graph.node("Concat", made, "derived", {"axis": 1})
    element = ends.input_type
    centered = graph.node("Sub", [at, graph.tensor("input_mean", ends.mean, element)], "centered")
    scaled = graph.node("Div", [centered, graph.tensor("input_std", ends.std, element)], "scaled")
    return scaled if element == "float32" else graph.cast(scaled, "float32", "scaled.float32")


def _unscaled(graph: _Graph, ends: Interface, answer: str) -> None:
    """From what the last layer answers to the outputs, in the units of the targets."""
    element = ends.target_type
    if element != "float32":
        answer = graph.cast(answer, element, "output.float64")
    stretched = graph.node("Mul", [answer, graph.tensor("target_std", ends.target_std, element)], "output.stretched")
    graph.node("Add", [stretched, graph.tensor("target_mean", ends.target_mean, element)], "outputs")


def _sums(graph: _Graph, layer: Dense, at: str, output: str) -> str:
    """z = x W + b."""
    name = key(layer)
    weights, biases = graph.tensor(f"{name}.weights", layer.weights), graph.tensor(f"{name}.biases", layer.bias)
    return graph.node("Gemm", [at, weights, biases], output)


def _activated(graph: _Graph, layer: Dense, sums: str, output: str) -> str:
    """φ(z)."""
    kind, given = layer.spec.activation, layer.spec.activation_options
    if kind == "identity":
        return sums
    if kind in _OPERATORS:
        operator, options, needed = _OPERATORS[kind]
        named = {there: given[here] for here, there in options.items() if here in given}
        return graph.node(operator, [sums], output, {**needed, **named})  # type: ignore[dict-item]
    graph.formula(of_activation(layer.activation, np.float32), output, {"z": sums}, output)
    return output


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


def _tensor(name: str, array: np.ndarray[Any, Any], element: FloatType) -> bytes:
    kind, layout = _ELEMENTS["int64" if array.dtype.kind == "i" else element]
    dims = b"".join(number(1, length) for length in array.shape)
    return dims + number(2, kind) + content(8, name) + content(9, np.ascontiguousarray(array, layout).tobytes())


def _value(name: str, units: int, element: FloatType) -> bytes:
    """A tensor of any number of samples: tensor_type = 1 of elem_type = 1 and shape = 2, whose dim = 1 is a length
    (dim_value = 1) or a name (dim_param = 2)."""
    shape = content(1, content(2, "samples")) + content(1, number(1, units))
    return content(1, name) + content(2, content(1, number(1, _ELEMENTS[element][0]) + content(2, shape)))
