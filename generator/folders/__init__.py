"""Model folders: what lies in them, and reading and writing it whole."""
