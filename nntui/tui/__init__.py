"""The dashboard: what a person sees and presses. It draws from small records and holds no training state."""

import os

# Textual reads this once, when it is imported. At its default of 60 a key's effect waits up to 17 ms for a refresh.
os.environ.setdefault("TEXTUAL_FPS", "120")
