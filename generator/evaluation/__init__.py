"""What a model's pictures are worth: whether they can be guessed, and how real they look."""
