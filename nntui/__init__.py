"""nntui: train a neural network in the terminal, live, and see why it learns or does not."""

__version__ = "0.1.0"
