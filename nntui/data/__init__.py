"""Data sets: drawn by formula, real ones that are shipped, and the user's own files. Imports no NumPy by itself."""
