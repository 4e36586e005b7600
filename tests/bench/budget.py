"""A budget and what was measured against it."""

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """``measured`` and ``allowed`` share ``unit``; ``detail`` gives both sides in absolute numbers.

    ``measured`` is None where it cannot be measured on this machine: ``missing`` says why.
    """

    what: str
    allowed: float
    measured: float | None = None
    unit: str = "×"
    detail: str = ""
    missing: str = ""

    @property
    def held(self) -> bool | None:
        """None when it was not measured."""
        return None if self.measured is None else self.measured <= self.allowed

    @property
    def verdict(self) -> str:
        if self.held is None:
            return f"not measured here: {self.missing}"
        return "held" if self.held else "**over**"

    def in_words(self, value: float) -> str:
        digits = 0 if self.unit in ("", "MiB") else 2
        return f"{value:.{digits}f} {self.unit}".strip()


def ratio(what: str, ours: float, beside: float, allowed: float, *, detail: str) -> Row:
    return Row(what=what, measured=ours / beside, allowed=allowed, detail=detail)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
