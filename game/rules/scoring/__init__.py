"""How tries are marked and scored, word by word or as one free sentence, and shared."""
