"""How setup asks: a small protocol, and questionary behind it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from runbook_tui.cli.output import tell

Judge = Callable[[str], str]  # why an answer is not allowed, or an empty text


class Asker(Protocol):
    """Each answer is allowed when it is returned. KeyboardInterrupt when the operator leaves."""

    def text(self, question: str, default: str, judge: Judge) -> str: ...

    def choose(self, question: str, choices: Sequence[str], default: str) -> str: ...

    def yes(self, question: str, *, default: bool) -> bool: ...

    def say(self, text: str) -> None: ...


class TerminalAsker:
    """questionary is imported when the first question is asked: ``setup --defaults`` needs none."""

    def text(self, question: str, default: str, judge: Judge) -> str:
        import questionary

        def allowed(text: str) -> bool | str:
            return judge(text) or True

        return str(questionary.text(question, default=default, validate=allowed).unsafe_ask())

    def choose(self, question: str, choices: Sequence[str], default: str) -> str:
        import questionary

        wanted = default if default in choices else None
        return str(questionary.select(question, choices=list(choices), default=wanted).unsafe_ask())

    def yes(self, question: str, *, default: bool) -> bool:
        import questionary

        return bool(questionary.confirm(question, default=default).unsafe_ask())

    def say(self, text: str) -> None:
        tell(text)
