"""Names of the inputs that can be derived from two (known without NumPy)."""

DERIVED = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin x1", "sin x2")
