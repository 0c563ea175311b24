"""The pages of a puzzle: playing it, its pictures and cards, what is told when it is over."""
