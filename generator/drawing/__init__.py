"""Prompt and seed in, ranked pictures out."""
