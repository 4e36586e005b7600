"""The rules of composite alarms: ``ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))``."""

import re
from collections.abc import Callable

from runbook_tui.simulator.metrics.alarm import State
from runbook_tui.simulator.refusal import Refused, not_simulated

# the state of an alarm, by its name or ARN
States = Callable[[str], State]
Rule = Callable[[States], bool]

_TOKEN = re.compile(r'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|([^\s()"]+))')
_FUNCTIONS = {"ALARM": State.ALARM, "OK": State.OK, "INSUFFICIENT_DATA": State.INSUFFICIENT_DATA}
_CONSTANTS = {"TRUE": True, "FALSE": False}


def parse(text: str) -> tuple[Rule, tuple[str, ...]]:
    """The rule, and the alarms that it names. Raises Refused."""
    reader = _Reader(text)
    rule = reader.either()
    if reader.left:
        raise reader.wrong()
    return rule, tuple(reader.named)


class _Reader:
    def __init__(self, text: str) -> None:
        self.named: list[str] = []
        self.left: list[tuple[str, str]] = []  # kind and text
        place, whole = 0, text.rstrip()
        while place < len(whole):
            found = _TOKEN.match(whole, place)
            if found is None:
                raise self.wrong()
            place = found.end()
            for kind, value in zip(("(", ")", "quoted", "word"), found.groups(), strict=True):
                if value is not None:
                    self.left.append((kind, value))

    def wrong(self) -> Refused:
        return Refused("ValidationError", "AlarmRule must not contain syntax errors")

    def either(self) -> Rule:
        rule = self._both()
        while self._next_word("OR"):
            rule = _any(rule, self._both())
        return rule

    def _both(self) -> Rule:
        rule = self._one()
        while self._next_word("AND"):
            rule = _all(rule, self._one())
        return rule

    def _one(self) -> Rule:
        if self._next_word("NOT"):
            return _none(self._one())
        kind, text = self._take()
        if kind == "(":
            rule = self.either()
            self._expect(")")
            return rule
        if kind == "word" and text in _CONSTANTS:
            return _always(_CONSTANTS[text])
        if kind == "word" and text == "AT_LEAST":
            raise not_simulated("AT_LEAST in the rule of a composite alarm")
        if kind != "word" or text not in _FUNCTIONS:
            raise self.wrong()
        self._expect("(")
        kind, name = self._take()
        if kind not in ("quoted", "word"):
            raise self.wrong()
        self._expect(")")
        self.named.append(name)
        return _is(name, _FUNCTIONS[text])

    def _take(self) -> tuple[str, str]:
        if not self.left:
            raise self.wrong()
        return self.left.pop(0)

    def _expect(self, kind: str) -> None:
        if self._take()[0] != kind:
            raise self.wrong()

    def _next_word(self, word: str) -> bool:
        if self.left and self.left[0] == ("word", word):
            self.left.pop(0)
            return True
        return False


def _any(one: Rule, other: Rule) -> Rule:
    return lambda states: one(states) or other(states)


def _all(one: Rule, other: Rule) -> Rule:
    return lambda states: one(states) and other(states)


def _none(rule: Rule) -> Rule:
    return lambda states: not rule(states)


def _always(value: bool) -> Rule:  # noqa: FBT001 - the constant of the language itself
    return lambda _states: value


def _is(name: str, state: State) -> Rule:
    return lambda states: states(name) is state
