"""What the texts for learners say, bound to what measures it."""

from tests.claims import pages, presets
from tests.claims.said import MEASURES

__all__ = ["MEASURES", "pages", "presets"]
