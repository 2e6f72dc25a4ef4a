"""How long tests wait for a fact."""

PATIENCE = 120.0
"""Seconds, for every wait: it only ends what hangs, however busy the machine is."""
