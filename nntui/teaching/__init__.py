"""Lessons, challenges and concept pages: texts that a teacher can write, and what ticks off their steps."""
