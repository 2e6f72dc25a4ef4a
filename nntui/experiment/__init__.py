"""The immutable description of everything that decides a run, and how to read it from a preset."""
