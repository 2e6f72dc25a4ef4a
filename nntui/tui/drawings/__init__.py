"""What each panel draws: from the model and a size to rows of cells, without a widget."""
