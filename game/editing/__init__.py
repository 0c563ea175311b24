"""What writers and editors do to prompts and puzzles, and which of them they may see."""
