"""What is counted and kept of plays and nights, to look at."""
