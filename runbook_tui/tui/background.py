"""Blocking work beside the event loop. It yields messages; the handlers of a screen do the rest.

Threads are daemons: quitting never waits for a journal of a million lines. (Textual's own thread workers are joined.)
"""

import contextvars
import threading
from collections.abc import Callable, Iterable

from textual.message import Message
from textual.message_pump import MessagePump


def in_background(listener: MessagePump, work: Callable[[], Iterable[Message]]) -> None:
    """Run ``work`` in a thread until it ends or nobody listens any more."""

    def run() -> None:
        for message in work():
            if not _told(listener, message):
                return

    # The context names the running program: posting from a thread needs it.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="background", daemon=True).start()


def _told(listener: MessagePump, message: Message) -> bool:
    try:
        return listener.post_message(message)
    except RuntimeError:
        return False  # the event loop has ended
