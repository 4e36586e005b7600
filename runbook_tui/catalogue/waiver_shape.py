"""The description of ``waivers.yaml``: the loader reads with it and ``runbook-tui schema waivers`` publishes it."""

import re
from datetime import date
from typing import Any, Final

from msgspec import UNSET, Struct

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Node, Scalar
from runbook_tui.catalogue.shapes import Field, Many, Record, Schema, Text
from runbook_tui.core.limits import Limit, shown

_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Day(Struct, frozen=True, kw_only=True):
    """``2027-01-31``, quoted or not; read as a date."""

    def schema(self) -> Schema:
        return {"type": "string", "format": "date", "pattern": _DAY}

    def read(self, node: Node, findings: Findings) -> Any:
        text = node.text if isinstance(node, Scalar) else ""
        try:
            if re.match(_DAY, text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # the 31st of February
        what = f"{shown(text)} is no day" if text else "a day is wanted here"
        findings.add(node.place, what, "write it as 2027-01-31")
        return UNSET


def _line(longest: int) -> Text:
    return Text(limit=Limit(longest=longest), empty=False)


WAIVERS: Final = Many(
    item=Record(
        what="a waiver",
        fields=(
            Field(
                key="check",
                shape=Text(limit=Limit(pattern=r"^[a-z0-9.-]{1,100}$", hint="the id of one check, not a pattern")),
                doc="the id of the check whose failure is accepted",
                required=True,
            ),
            Field(
                key="environment",
                shape=Text(limit=Limit(choices=("staging", "prod"))),
                doc="where it is accepted; left out: everywhere",
            ),
            Field(key="reason", shape=_line(300), doc="why the failure is accepted for now", required=True),
            Field(key="owner", shape=_line(100), doc="who answers for it", required=True),
            Field(key="expires", shape=Day(), doc="its last day, at most 400 days ahead (UTC)", required=True),
        ),
    )
)
