"""Side by side with min-dalle: the same weights, threads and caption, and the least possible."""
