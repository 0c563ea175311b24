"""Why the easel doesn't do what somebody asks of it."""


class EaselError(Exception):
    """`status` is HTTP's, `code` for programs, `message` for whoever asked."""

    status, code = 422, "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
