"""The top line. It never lies about where you are."""

from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from runbook_tui.core.text import clean, middle
from runbook_tui.tui.paint import BACKGROUND, CAUTION, PRODUCTION, SIMULATED, TEXT


@dataclass(frozen=True)
class Place:
    """Where the operator is. Empty texts are not shown."""

    simulated: bool
    environment: str = ""
    title: str = ""
    account: str = ""
    region: str = ""
    who: str = ""
    elapsed: str = ""
    undoable: int = 0
    read_only: bool = False

    @property
    def production(self) -> bool:
        return self.environment == "prod"


def short_name(operator: str) -> str:
    """``arn:aws:sts::1:assumed-role/AsharviOnCall/s (you@laptop)`` is ``you@laptop (AsharviOnCall)``; others stay."""
    if not operator.startswith("arn:"):
        return operator
    arn, _, human = operator.partition(" (")
    kind, _, name = arn.rpartition(":")[2].partition("/")
    role, _, session = name.partition("/") if kind == "assumed-role" else (name or kind, "", "")
    person = human.rstrip(")") or session
    return f"{person} ({role})" if person else role


class TopLine(Widget):
    DEFAULT_CSS = """
    TopLine {
        dock: top;
        height: 1;
        background: $surface;
        &.production { background: $production; color: #ffffff; }
    }
    """

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self.set_class(place.production, "production")

    def show(self, place: Place) -> None:
        if place == self._place:
            return
        self._place = place
        self.set_class(place.production, "production")
        self.refresh()

    def render(self) -> Content:
        place, width = self._place, self.size.width
        left = Content("  ").join(self._badges())
        title = f"  {clean(place.title)}" if place.title else ""
        facts = self._facts(width - left.cell_length - 2, place)
        room = width - left.cell_length - facts.cell_length - 2
        title_part = Content.styled(title, "bold").truncate(max(0, room), ellipsis=True)
        gap = width - left.cell_length - title_part.cell_length - facts.cell_length - 1
        return Content.assemble(left, title_part, (" " * max(1, gap), "bold"), facts)

    def _badges(self) -> list[Content]:
        place = self._place
        badges = []
        if place.simulated:
            badges.append(Content.styled(" SIMULATED ", f"bold {BACKGROUND} on {SIMULATED}"))
        else:
            badges.append(Content.styled(" LIVE ", f"bold {BACKGROUND} on {TEXT}"))
        if place.production:
            badges.append(Content.styled(" PROD ", f"bold #ffffff on {PRODUCTION}"))
        elif place.environment:
            badges.append(Content.styled(f"{clean(place.environment)}", "bold"))
        if place.read_only:
            badges.append(Content.styled("read-only", f"bold {'#ffffff' if place.production else CAUTION}"))
        return badges

    @staticmethod
    def _facts(room: int, place: Place) -> Content:
        """As many facts as fit beside a title of 20 cells; the least needed go first."""
        facts = {
            "undoable": f"{place.undoable} to undo" if place.undoable else "",
            "account": clean(place.account),
            "region": clean(place.region),
            "who": middle(clean(short_name(place.who)), 40),
            "elapsed": place.elapsed,
        }
        reserved = min(22, len(place.title) + 2) if place.title else 0
        for least in ("", "who", "region"):
            facts.pop(least, "")
            text = " · ".join(fact for fact in facts.values() if fact)
            if len(text) + reserved <= room:
                break
        return Content(text)
