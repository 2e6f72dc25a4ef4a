"""Data sets: synthetic, bundled, and the user's own files; splitting and scaling."""
