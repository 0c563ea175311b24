"""Captioned images from wherever they lie: tar shards, image folders, the Hugging Face hub."""
