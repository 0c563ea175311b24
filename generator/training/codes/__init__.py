"""Pictures as codes on disk, and what they were made with."""
