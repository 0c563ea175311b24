"""What may be drawn, and what may be trained on: nothing sexual, nothing violent."""
