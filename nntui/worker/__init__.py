"""The training process beside the dashboard, and the frames between them."""
