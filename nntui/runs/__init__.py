"""Recordings of runs: folders that are written as a run goes on, read back, gone back into, and handed on."""
