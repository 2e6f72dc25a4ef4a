"""The training loop, what goes into it (commands), what comes out (events, measures)."""
