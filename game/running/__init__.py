"""What `make run` does: servers of its own, processes that end together, and a first look."""
