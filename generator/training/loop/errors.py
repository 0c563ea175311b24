"""What goes wrong in training."""


class TrainingError(RuntimeError):
    """Training cannot go on; the last state file is still good."""
