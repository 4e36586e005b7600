"""How a simulated service says no."""


class Refused(Exception):
    """Becomes an error answer in the service's own wire protocol."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def not_simulated(what: str) -> Refused:
    """400, so that no client tries again."""
    return Refused("NotSimulated", f"{what} is not simulated")
