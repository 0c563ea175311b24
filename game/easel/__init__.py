"""Where anyone has a prompt painted: orders, whose turn it is, their pictures."""
