"""The description of a scenario's file."""

from typing import Any, Final

from msgspec import Struct

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Node, Pairs, plain
from runbook_tui.catalogue.shapes import Duration, Field, Many, Record, Schema, Text
from runbook_tui.core.limits import Limit

_LINE: Final = Text(limit=Limit(longest=200), empty=False)
_NAME: Final = Text(
    limit=Limit(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", hint="a name of small letters, digits and - (at most 64)")
)


class Anything(Struct, frozen=True, kw_only=True):
    """Whatever the API wants: botocore judges it when the story is played."""

    def schema(self) -> Schema:
        return {}

    def read(self, node: Node, _findings: Findings) -> Any:
        return plain(node)


class Parameters(Struct, frozen=True, kw_only=True):
    def schema(self) -> Schema:
        return {"type": "object"}

    def read(self, node: Node, findings: Findings) -> Any:
        if isinstance(node, Pairs):
            return plain(node)
        findings.add(node.place, "parameters are a map", "write {cluster: NAME, …}")
        return {}


_CALL: Final = Record(
    what="a call",
    fields=(
        Field(key="service", shape=_LINE, doc="boto3's name of the service", required=True),
        Field(key="operation", shape=_LINE, doc="the API's name of the operation", required=True),
        Field(key="parameters", shape=Parameters(), doc="what the API wants"),
    ),
)
_EVENT: Final = Record(
    what="an event",
    fields=(
        Field(key="at", shape=Duration(), doc="how long after the start; left out: at the start"),
        Field(key="fault", shape=_LINE, doc="the name of a fault that is set"),
        Field(key="clear", shape=_LINE, doc="the name of a fault that is cleared"),
        Field(key="call", shape=_CALL, doc="what somebody asks AWS to do"),
        Field(key="says", shape=_LINE, doc="what it is, for the reader of the file"),
    ),
    apart={
        ("fault", "clear"): "one event does one thing",
        ("fault", "call"): "one event does one thing",
        ("clear", "call"): "one event does one thing",
    },
)
_TRUTH: Final = Record(
    what="a truth",
    fields=(
        Field(key="says", shape=_LINE, doc="what is true, in words", required=True),
        Field(key="call", shape=_CALL, doc="the question to AWS", required=True),
        Field(key="query", shape=_LINE, doc="JMESPath into the answer"),
        Field(key="equals", shape=Anything(), doc="what it finds"),
        Field(key="error", shape=_LINE, doc="the code of the error that is the answer"),
    ),
    apart={("query", "error"): "an error has no answer to look into"},
)
STORY: Final = Record(
    what="a scenario",
    fields=(
        Field(key="name", shape=_NAME, doc="the same as its file's name", required=True),
        Field(key="description", shape=_LINE, doc="what happens, in a line", required=True),
        Field(
            key="world",
            shape=Text(limit=Limit(choices=("healthy", "migrating", "empty"))),
            doc="what it begins with; healthy when left out",
        ),
        Field(key="timeline", shape=Many(item=_EVENT, least=1), doc="what happens, and when", required=True),
        Field(
            key="ends",
            shape=Record(
                what="ends",
                fields=(
                    Field(key="at", shape=Duration(), doc="how long after the start", required=True),
                    Field(key="truths", shape=Many(item=_TRUTH, least=1), doc="what is then true", required=True),
                ),
            ),
            doc="the state that the story ends in",
            required=True,
        ),
    ),
)
