"""What was probably meant."""

from collections.abc import Iterable

_SHORT_LIST = 12


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question when something is close, else the whole list when it is short, else nothing."""
    names = list(known)
    import difflib

    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    # "service" against "ecs.service.steady": the parts of a dotted name count too.
    if not close:
        close = [name for name in names if word and word in name.split(".")][:1]
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known here: {', '.join(names)}" if 0 < len(names) <= _SHORT_LIST else ""
