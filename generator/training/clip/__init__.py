"""Training the CLIP that ranks, and the pool of the own pictures that it learns from."""
