"""Picture files on the disk: whose they are, and what becomes of those that nothing needs."""
