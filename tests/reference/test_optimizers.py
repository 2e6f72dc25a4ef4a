"""Every optimizer that PyTorch has, alone, on given gradients: the same parameters after each of 200 steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.nn.registry import OPTIMIZERS
from tests.reference import pytorch

pytestmark = pytest.mark.reference


@pytest.mark.parametrize(("name", "options"), pytorch.OPTIMIZERS_SHARED)
@pytest.mark.parametrize("seed", [0, 1])
def test_same_parameters_for_the_same_gradients(torch: Any, name: str, options: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    full = {**OPTIMIZERS[name].defaults(), **options}
    parameters = rng.normal(size=50)
    gradient = np.zeros_like(parameters)
    ours = OPTIMIZERS[name].load()(**options)
    ours.bind(parameters, gradient)
    tensor = torch.tensor(parameters, requires_grad=True)
    theirs = pytorch.optimizer(torch, name, [tensor], 0.01, full)
    for step in range(200):
        given = rng.normal(size=50) * np.exp(rng.normal(size=50)) + 0.3
        if step % 10 == 0:
            given[:10] = 0.0
        rate = 0.01 * (1.0 + 0.5 * np.cos(step / 7.0))
        gradient[:] = given
        tensor.grad = torch.tensor(given)
        theirs.param_groups[0]["lr"] = rate
        theirs.step()
        ours.update(rate)
        np.testing.assert_allclose(parameters, tensor.detach().numpy(), rtol=0.0, atol=1e-9)


def test_every_optimizer_is_compared_but_lion() -> None:
    assert {name for name, _ in pytorch.OPTIMIZERS_SHARED} == set(OPTIMIZERS) - {"lion"}
