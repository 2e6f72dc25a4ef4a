"""Arrays and a size in, rows of cells out."""
