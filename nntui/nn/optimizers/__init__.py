"""Optimizers: how a gradient becomes a step. Each works in place on flat vectors, see ``base``."""

from nntui.nn.optimizers.accumulating import AdaDelta, AdaGrad, RMSProp
from nntui.nn.optimizers.adam import Adam, AdamW, AMSGrad, NAdam
from nntui.nn.optimizers.base import Optimizer
from nntui.nn.optimizers.descent import SGD, Momentum, Nesterov
from nntui.nn.optimizers.sign import Lion, RProp

__all__ = [
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "RProp",
]
