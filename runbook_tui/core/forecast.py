"""Which steps of a runbook this identity may do, told before the first one. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class May(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Forecast(Struct, frozen=True, kw_only=True):
    """``missing`` are IAM actions that are denied; ``why`` says why nobody can tell, or why all may."""

    step: str
    may: May
    missing: tuple[str, ...] = ()
    why: str = ""


def summary(forecasts: Iterable[Forecast]) -> tuple[May, str]:
    """The worst of them in one line: what is unknown is no yes."""
    found = tuple(forecasts)
    denied = [one for one in found if one.may is May.NO]
    unknown = [one for one in found if one.may is May.UNKNOWN]
    if denied:
        actions = sorted({action for one in denied for action in one.missing})
        some = ", ".join(actions[:3]) + (" …" if len(actions) > 3 else "")
        return May.NO, f"your sign-in may not do {len(denied)} of {len(found)} steps: {some} denied"
    if unknown:
        return (
            May.UNKNOWN,
            f"whether your sign-in may do {len(unknown)} of {len(found)} steps is unknown: {unknown[0].why}",
        )
    why = f": {found[0].why}" if found and found[0].why else ""
    return May.YES, f"your sign-in may do every step{why}"
