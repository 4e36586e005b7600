"""Reading a query word by word."""

from runbook_tui.simulator.logs.insights.words import Word, unexpected, words_of
from runbook_tui.simulator.refusal import Refused


class Reader:
    def __init__(self, query: str) -> None:
        self.query = query
        self._words = words_of(query)
        self._place = 0

    def peek(self) -> Word:
        return self._words[self._place]

    def next(self) -> Word:
        word = self._words[self._place]
        if word.kind != "end":
            self._place += 1
        return word

    def took(self, text: str) -> bool:
        """Keywords in any case; a field in backticks is none."""
        if self.peek().kind in ("name", "sign") and self.peek().text.lower() == text:
            self._place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.took(text):
            raise self.unexpected(self.peek())

    def text_since(self, start: int) -> str:
        """As written, from ``start`` to the last word that was read."""
        return self.query[start : self._words[self._place - 1].end]

    def unexpected(self, word: Word) -> Refused:
        return unexpected(self.query, word)
