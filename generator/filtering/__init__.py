"""Drops what must not be trained on: sexual and violent samples, bad pairs, near-duplicates."""
