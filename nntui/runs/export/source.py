"""Python that runs an exported network on raw rows: printed beside a file, and kept in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from nntui.nn.layer import Dense
from nntui.runs.export.formulas import Formula, Operand, of_activation
from nntui.runs.export.interface import Interface, interface
from nntui.training.session import Session

# What PyTorch calls the activations that it has, and their options. Of others the formula is written out.
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
_INDENT = "    "


def key(layer: Dense) -> str:
    """The layer's name where names have no spaces: ``hidden_1``."""
    return layer.name.replace(" ", "_")


def numpy_code(session: Session, path: str) -> str:
    """A program that needs NumPy and the .npz file alone."""
    ends, network = interface(session), session.network
    body = list(_prepared(ends, "np.stack([{}], axis=1)", "np."))
    body.append(f'a = ((rows - file["inputs.mean"]) / file["inputs.std"]).astype("{network.dtype.name}")')
    for layer in network.layers:
        body.append(f'z = a @ file["{key(layer)}.weights"] + file["{key(layer)}.biases"]')
        body += _numpy_activation(layer, session)
    body.append('return a * file["targets.std"] + file["targets.mean"]' if ends.target_names else "return a")
    lines = [
        "import numpy as np",
        "",
        f"with np.load({path!r}) as stored:",
        f"{_INDENT}file = dict(stored)",
        "",
        "",
        '@np.errstate(over="ignore")  # where e^-z is infinite, 1 / (1 + e^-z) is 0, as it should be',
        "def network(rows):",
        f'{_INDENT}"""{_in_and_out(ends)}"""',
        f"{_INDENT}rows = np.asarray(rows, dtype=float)",
        *(_INDENT + line for line in body),
    ]
    if ends.class_names:
        chosen = _class_of("network(rows)", ends)
        lines += ["", "", "def classes(rows):", f'{_INDENT}return file["class_names"][{chosen}]']
    return "\n".join(lines)


def torch_code(session: Session, path: str) -> str:
    """A program that needs PyTorch, safetensors and the .safetensors file alone."""
    ends, network = interface(session), session.network
    activations = {layer.name: _torch_activation(layer, session) for layer in network.layers}
    own = dict(module for _, module in activations.values() if module is not None)
    body = list(_prepared(ends, "torch.stack([{}], dim=1)", "torch."))
    body.append(f"a = self.layers(((rows - self.input_mean) / self.input_std).to(torch.{network.dtype.name}))")
    body.append("return a.double() * self.target_std + self.target_mean" if ends.target_names else "return a")
    layers, width = [], network.inputs
    for layer in network.layers:
        layers.append(f"nn.Linear({width}, {layer.size}, dtype=torch.{network.dtype.name})")
        if activations[layer.name][0]:
            layers.append(activations[layer.name][0])
        width = layer.size
    sizes = {"input_mean": network.inputs, "input_std": network.inputs}
    if ends.target_names:
        sizes |= {"target_mean": len(ends.target_names), "target_std": len(ends.target_names)}
    lines = ["import torch", "from safetensors.torch import load_file", "from torch import nn", ""]
    for module in own.values():
        lines += ["", *module, ""]
    lines += [
        "",
        "class Network(nn.Module):",
        f'{_INDENT}"""{_in_and_out(ends)}"""',
        "",
        f"{_INDENT}def __init__(self):",
        f"{_INDENT * 2}super().__init__()",
        *(
            f'{_INDENT * 2}self.register_buffer("{name}", torch.zeros({size}, dtype=torch.float64))'
            for name, size in sizes.items()
        ),
        f"{_INDENT * 2}self.layers = nn.Sequential(",
        *(f"{_INDENT * 3}{layer}," for layer in layers),
        f"{_INDENT * 2})",
        "",
        f"{_INDENT}def forward(self, rows):",
        f"{_INDENT * 2}rows = torch.as_tensor(rows, dtype=torch.float64)",
        *(_INDENT * 2 + line for line in body),
        "",
        "",
        "network = Network()",
        f"network.load_state_dict(load_file({path!r}))",
    ]
    return "\n".join([*lines, *_chosen(ends, "with torch.no_grad():\n        outputs = network(rows).numpy()")])


def onnx_code(session: Session, path: str) -> str:
    """A program that needs onnxruntime, NumPy and the .onnx file alone."""
    ends = interface(session)
    lines = [
        "import numpy as np",
        "import onnxruntime",
        "",
        f"session = onnxruntime.InferenceSession({path!r})",
        "",
        "",
        "def network(rows):",
        f'{_INDENT}"""{_in_and_out(ends)}"""',
        f'{_INDENT}return session.run(["outputs"], {{"inputs": np.asarray(rows, np.{ends.input_type})}})[0]',
    ]
    return "\n".join([*lines, *_chosen(ends, "outputs = network(rows)")])


def _chosen(ends: Interface, outputs: str) -> list[str]:
    """A function that gives the name of each row's class."""
    if not ends.class_names:
        return []
    return [
        "",
        "",
        f"class_names = {list(ends.class_names)!r}",
        "",
        "",
        "def classes(rows):",
        f"{_INDENT}{outputs}",
        f"{_INDENT}return [class_names[index] for index in {_class_of('outputs', ends)}]",
    ]


def _class_of(outputs: str, ends: Interface) -> str:
    """An expression for the index of each row's class."""
    if ends.threshold is None:
        return f"{outputs}.argmax(axis=1)"
    return f"({outputs}[:, 0] > {ends.threshold!r}).astype(int)"


def _in_and_out(ends: Interface) -> str:
    """What goes in and what comes out, for a docstring."""
    if ends.target_names:
        given = f"(samples, {len(ends.target_names)}): {_listed(ends.target_names)}"
    elif ends.threshold is not None:
        given = f"(samples, 1): more than {ends.threshold:g} is class {ends.class_names[1]!r}"
    else:
        given = f"(samples, {len(ends.class_names)}): {_listed(ends.class_names)}"
    text = f"rows: (samples, {len(ends.input_names)}), unscaled: {_listed(ends.input_names)}; returns {given}."
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _listed(names: tuple[str, ...]) -> str:
    shown = [repr(name)[1:-1] for name in names[:8]]
    return ", ".join(shown) + (" …" if len(names) > 8 else "")


def _prepared(ends: Interface, stack: str, library: str) -> Iterator[str]:
    """Lines that make the network's inputs from the raw columns, where they are derived."""
    if not ends.derived:
        return
    yield f"{', '.join(ends.columns)} = rows.T"
    yield f"rows = {stack.format(', '.join(_expression(formula, library) for _, formula in ends.derived))}"


def _expression(formula: Formula, library: str) -> str:
    """A short formula as one expression."""
    values: dict[str, str] = {}

    def written(operand: Operand) -> str:
        return values.get(operand, operand) if isinstance(operand, str) else repr(operand)

    signs = {"multiply": "*", "add": "+", "subtract": "-", "divide": "/"}
    for step in formula.operations:
        operands = [written(operand) for operand in step.operands]
        if step.function in signs:
            values[step.result] = f"({operands[0]} {signs[step.function]} {operands[1]})"
        else:
            values[step.result] = f"{library}{step.function}({', '.join(operands)})"
    return values.get(formula.result, formula.result)


def _numpy_activation(layer: Dense, session: Session) -> list[str]:
    name = layer.spec.activation
    if name == "identity":
        return ["a = z"]
    if name == "softmax":
        return [
            "a = np.exp(z - z.max(axis=1, keepdims=True))",
            "a = a / a.sum(axis=1, keepdims=True)",
        ]
    return _statements(of_activation(layer.activation, session.network.dtype), "np.", repr)


def _statements(formula: Formula, library: str, number: Callable[[float], str]) -> list[str]:
    """Lines that make ``a`` of ``z``; ``number`` writes a constant."""
    lines = []
    for step in formula.operations:
        operands = [operand if isinstance(operand, str) else number(operand) for operand in step.operands]
        lines.append(f"{step.result} = {library}{step.function}({', '.join(operands)})")
    return [*lines, f"a = {formula.result}"]


def _torch_activation(layer: Dense, session: Session) -> tuple[str, tuple[str, list[str]] | None]:
    """(expression that makes the module; its name and source, where PyTorch has none); empty for the identity."""
    name = layer.spec.activation
    if name == "identity":
        return "", None
    if name not in _MODULES:
        return _own_module(layer, session)
    kind, options = _MODULES[name]
    given = layer.spec.activation_options
    words = [f"{there}={given[here]!r}" for here, there in options.items() if here in given]
    if name == "softmax":
        words.append("dim=1")
    if name == "softplus":
        words.append("threshold=1000.0")
    return f"nn.{kind}({', '.join(words)})", None


def _own_module(layer: Dense, session: Session) -> tuple[str, tuple[str, list[str]]]:
    formula = of_activation(layer.activation, session.network.dtype)
    name = "".join(word.capitalize() for word in f"{layer.spec.activation}_{key(layer)}".split("_"))
    source = [
        f"class {name}(nn.Module):",
        f"{_INDENT}def forward(self, z):",
        *(_INDENT * 2 + line for line in _statements(formula, "torch.", "z.new_tensor({!r})".format)),
        f"{_INDENT * 2}return a",
    ]
    return f"{name}()", (name, source)
