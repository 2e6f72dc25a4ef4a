"""How each lesson is walked: for every step something that must not tick it off, and then what it asks for.

A string is a key; ``form(name, value)`` changes a setting in the edit form; ``train()`` lets the run go on, and pauses
nothing; ``answer(n)`` gives the n-th answer in the lesson's page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Settings changed in the edit form, all in one go."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Press:
    """One key again and again, until this holds."""

    key: str
    until: str


@dataclass(frozen=True)
class Until:
    """This condition is waited for."""

    condition: str


@dataclass(frozen=True)
class Train:
    """The run goes on if it does not."""


@dataclass(frozen=True)
class Epochs:
    """So many epochs more are waited for."""

    count: int


@dataclass(frozen=True)
class Halt:
    """The run pauses if it does not."""


@dataclass(frozen=True)
class Tested:
    """The range test is run, and its first suggestion taken over."""


@dataclass(frozen=True)
class Answer:
    """An answer, 1-based."""

    number: int


Act = str | Press | Until | Form | Train | Epochs | Halt | Tested | Answer
Way = tuple[tuple[Act, ...], tuple[Act, ...]]  # the wrong thing, the right thing


def form(*values: tuple[str, str]) -> Form:
    return Form(values)


TRAIN, HALT, TESTED = Train(), Halt(), Tested()

WAYS: dict[str, list[Way]] = {
    "neuron": [
        ((HALT, "1", "s"), ("3",)),
        (("b", "b"), ("b",) * 8),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "training": [
        ((TRAIN,), (Epochs(1), HALT)),
        (("s", "l"), ("b", "b", "b")),
        (("b", "b"), ("n", Until('steps_trained >= 3 and state == "paused"'), "n")),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(3),)),
    ],
    "non-linearity": [
        (("1",), ("4",)),
        ((HALT, "s"), (TRAIN,)),
        (("]",), (form(("network.activation", "tanh")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(2),), (Answer(1),)),
    ],
    "features": [
        ((HALT, "s"), (TRAIN,)),
        (("1",), (HALT, "4")),
        (("1",), ("3",)),
        (("s",), ("x",)),
        (("1",), ("4",)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "dead-neurons": [
        ((HALT, "s"), (TRAIN,)),
        ((), (TRAIN,)),
        (("[",), (Press("[", "learning_rate < 1"),)),
        ((HALT, "s"), (TRAIN,)),
        (("s",), ("3", "X")),
        ((HALT, "s"), (TRAIN,)),
        (("s",), ("3", "x")),
        ((Answer(1),), (Answer(2),)),
    ],
    "learning-rate": [
        ((HALT, "s"), (TRAIN,)),
        (("]",), (Press("]", "learning_rate >= 0.0999"),)),
        ((HALT, "s"), (Press("]", "learning_rate >= 0.4"), TRAIN)),
        ((HALT, "s"), (Press("]", "learning_rate >= 12"), TRAIN)),
        (("]",), (Press("[", "learning_rate < 1"),)),
        ((Answer(1),), (Answer(2),)),
    ],
    "schedules": [
        ((HALT, "s"), (TRAIN,)),
        (("[",), (form(("schedule.name", "cosine_decay")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "adaptive-rates": [
        ((HALT, "s"), (TRAIN,)),
        ((), (TRAIN,)),
        (("[",), (form(("optimizer.name", "adam"), ("optimizer.learning_rate", "0.3")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "cyclical-rates": [
        (("]",), (TESTED,)),
        ((HALT, "s"), (TRAIN,)),
        (("s",), (form(("schedule.name", "cyclic"), ("schedule.peak", "0.2")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(2),), (Answer(1),)),
    ],
    "initialization": [
        (("1",), ("2",)),
        ((Answer(1),), (Answer(2),)),
        ((HALT, "s"), (TRAIN,)),
        (("r",), (form(("network.initializer", "he_normal")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "symmetry": [
        ((HALT, "s"), (TRAIN,)),
        (("1",), ("3",)),
        ((), (TRAIN,)),
        (("r",), ("a",)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(2),), (Answer(1),)),
    ],
    "randomness": [
        ((HALT, "s"), (TRAIN,)),
        (("r",), ("R",)),
        ((HALT, "s"), (TRAIN,)),
        (("s",), (form(("network.hidden", "8")), TRAIN)),
        ((Answer(1),), (Answer(2),)),
    ],
    "loss": [
        (("s",), ("i", "escape")),
        ((HALT, "s"), (TRAIN,)),
        (("r",), (form(("network.output_initializer", "auto")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "loss-and-output": [
        ((HALT, "s"), (TRAIN, Epochs(2), HALT)),
        (("1",), ("5",)),
        (("]",), (form(("loss.name", "binary_cross_entropy")),)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(2),), (Answer(1),)),
    ],
    "chain-rule": [
        (("1",), (HALT, "5")),
        ((Answer(2),), (Answer(1),)),
        (("s",), ("b",)),
        (("s",), ("3", "w", "0", ".", "5", "enter")),
        ((Answer(1),), (Answer(2),)),
    ],
    "vanishing-gradient": [
        (("1",), ("2",)),
        ((HALT, "s"), (TRAIN,)),
        ((), (TRAIN,)),
        (("[",), ("a",)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
    "saturation": [
        ((HALT, "s"), (TRAIN,)),
        ((), (TRAIN,)),
        (("r",), ("a",)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(2),), (Answer(1),)),
    ],
    "overfitting": [
        ((HALT, "s"), (TRAIN,)),
        (("1",), ("4",)),
        ((), (TRAIN,)),
        (("[",), ("a",)),
        ((HALT, "s"), (TRAIN,)),
        ((Answer(1),), (Answer(2),)),
    ],
}  # fmt: skip
