"""What the screen and the runner's process say to each other, one framed message at a time.

A frame is a big-endian unsigned 32-bit length and as many bytes of MessagePack. Down go ``Down`` messages,
up come ``Up`` messages; ``Happened`` carries every journal entry, first the old ones, then the new.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, msgpack

from runbook_tui.core.commands import Command
from runbook_tui.core.events import Entry
from runbook_tui.core.forecast import Forecast
from runbook_tui.core.progress import Observation
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.verdict import Severity, Verdict


class _Message(Struct, frozen=True, kw_only=True, tag=True):
    pass


class Attach(_Message, frozen=True, kw_only=True):
    """Send me the run from its first entry, then everything as it happens. ``who`` is USER@HOST: who is not the one
    that walks the run watches it."""

    who: str = ""


class Do(_Message, frozen=True, kw_only=True):
    """Carry out a command; ``Refused`` comes back with the same ``number`` when it cannot be done."""

    number: int
    command: Command


class TakeOver(_Message, frozen=True, kw_only=True):
    """Hand the run over to ``taker``, by ARN and machine. ``Gone`` says that it was, ``Refused`` why not now."""

    taker: str


class Survey(_Message, frozen=True, kw_only=True):
    """Ask every check of these environments now. ``checks`` are ids; empty means all."""

    environments: tuple[str, ...]
    checks: tuple[str, ...] = ()


class Close(_Message, frozen=True, kw_only=True):
    """The screen goes. ``pause`` ends the runner too, with the run paused; else it goes on alone."""

    pause: bool = True


class Supply(_Message, frozen=True, kw_only=True):
    """A secret that the operator typed. It is kept in the runner's memory alone: no command carries it, so that none
    can be written down."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"Supply(name={self.name!r})"


class Approve(_Message, frozen=True, kw_only=True):
    """What a second person's ``runbook-tui approve`` printed, for the plan with this digest. It is verified before
    anything is written down; ``Refused`` comes back with the same ``number`` when it does not hold."""

    number: int
    digest: str
    proof: str

    def __repr__(self) -> str:
        return f"Approve(digest={self.digest!r})"


class Reveal(_Message, frozen=True, kw_only=True):
    """Show me what this change made that AWS tells once. ``Revealed`` comes back, the first time; then ``Refused``
    with the same ``number``."""

    number: int
    change: int


Down = Attach | Do | TakeOver | Survey | Supply | Approve | Reveal | Close


class Hello(_Message, frozen=True, kw_only=True):
    """First message up of a run's owner. ``operator`` is the STS ARN; empty while nobody could be asked. ``restored``
    tells what a program that has died had changed for a while, and what became of it."""

    world: str
    site: str
    account: str
    region: str
    operator: str
    environments: tuple[str, ...]
    run: str = ""
    holder: str = ""  # who walks the run, when it is somebody else: this screen only watches
    trouble: str = ""
    remedy: str = ""
    restored: tuple[str, ...] = ()


class About(Struct, frozen=True, kw_only=True):
    """A check, as far as a screen tells of it. ``needs`` are IAM actions."""

    id: str
    title: str
    guide: str
    severity: Severity
    needs: tuple[str, ...]


class Shelf(_Message, frozen=True, kw_only=True):
    """What can be walked and what can be asked, in the order of their families and of the guide: so a screen need not
    import every check. The runbooks come without their text. ``trouble`` says what could not be read."""

    runbooks: tuple[Runbook, ...] = ()
    checks: tuple[About, ...] = ()
    trouble: str = ""
    remedy: str = ""


class Happened(_Message, frozen=True, kw_only=True):
    """Journal entries, oldest first. ``replayed`` is true for those written before this screen attached."""

    entries: tuple[Entry, ...]
    replayed: bool = False


class Observed(_Message, frozen=True, kw_only=True):
    """How far the wait has come. The next one replaces it; nothing of it is written down."""

    observation: Observation


class Forecasted(_Message, frozen=True, kw_only=True):
    """Which steps this identity may do; comes once, some time after the first step was entered."""

    steps: tuple[Forecast, ...]


class Refused(_Message, frozen=True, kw_only=True):
    number: int
    reason: str
    remedy: str = ""


class Surveyed(_Message, frozen=True, kw_only=True):
    """One verdict of a survey, as soon as it is known. ``left`` counts the checks still to answer."""

    environment: str
    check: str
    verdict: Verdict
    left: int


class SurveyEnded(_Message, frozen=True, kw_only=True):
    environments: tuple[str, ...]
    api_calls: int
    seconds: float


class Troubled(_Message, frozen=True, kw_only=True):
    """The runner cannot go on: the audit log cannot be written, sign-in failed at the start …"""

    reason: str
    remedy: str
    exit_code: int = 70


class Gone(_Message, frozen=True, kw_only=True):
    """The runner ends now. ``resumable`` says whether the run can be taken up again."""

    resumable: bool


class Revealed(_Message, frozen=True, kw_only=True):
    """Secret values by their names, for this screen alone. The runner has forgotten them when it sends this."""

    change: int
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Revealed(change={self.change}, names={sorted(self.values)})"


Up = Hello | Shelf | Happened | Observed | Forecasted | Refused | Revealed | Surveyed | SurveyEnded | Troubled | Gone

LARGEST_FRAME: Final = 16 * 1024 * 1024


class FrameError(Exception):
    """The other side spoke something else than this protocol."""


_DOWN: Final = msgpack.Decoder(Down)
_UP: Final = msgpack.Decoder(Up)
_ENCODER: Final = msgpack.Encoder()


def frame(message: Down | Up) -> bytes:
    body = _ENCODER.encode(message)
    return len(body).to_bytes(4, "big") + body


def decode_down(body: bytes) -> Down:
    """msgspec.ValidationError or DecodeError when it is none."""
    message: Down = _DOWN.decode(body)
    return message


def decode_up(body: bytes) -> Up:
    message: Up = _UP.decode(body)
    return message
