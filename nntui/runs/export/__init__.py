"""A recorded run in the formats of other programs; each writer is our own."""
