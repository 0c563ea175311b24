"""Playing a puzzle: tries and their answers, what is told of them, what is shown at the end."""
