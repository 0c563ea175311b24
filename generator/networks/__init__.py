"""The networks of the papers: BART, VQGAN, CLIP as a ranker, and what they are built from."""
