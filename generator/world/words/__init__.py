"""Captions of scenes, and what of a prompt can be read back."""
