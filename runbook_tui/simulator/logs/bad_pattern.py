"""How AWS refuses a filter pattern."""

from runbook_tui.simulator.refusal import Refused


def bad_pattern(why: str = "") -> Refused:
    return Refused("InvalidParameterException", f"Invalid filter pattern{': ' + why if why else ''}")


def bad_characters(term: str) -> Refused:
    return Refused("InvalidParameterException", f"Invalid character(s) in term '{term}'")
