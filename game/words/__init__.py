"""English words: their forms, and a frozen vocabulary. Pure Python, data files included."""
