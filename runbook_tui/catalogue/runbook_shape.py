"""The description of a runbook file. The loader reads with it and ``runbook-tui schema`` publishes it."""

from typing import Any, Final

from runbook_tui.catalogue.shapes import Duration, Field, Flag, Many, Record, Table, Text
from runbook_tui.core.limits import Limit
from runbook_tui.core.runbook import Family

_ID: Final = Limit(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", hint="a name of small letters, digits and - (at most 64)")
_INPUT: Final = Limit(pattern=r"^[a-z][a-z0-9_]{0,63}$", hint="an input's name: small letters, digits and _")
_CLAUSE: Final = Limit(pattern=r"^(P|[0-9]{1,2})(\.[0-9]{1,2})*$", hint='a clause of the guide such as "9.2"')
_LINE: Final = Text(limit=Limit(longest=200), empty=False)
_TEXT: Final = Text(limit=Limit(longest=20_000))
_COMMAND: Final = Text(limit=Limit(longest=4_000), empty=False)
_NAME: Final = Text(limit=_ID)
_CHECK: Final = Text(
    limit=Limit(pattern=r"^[a-z0-9*?.\[\]!-]{1,100}$", hint='a check\'s id or a pattern such as "tg.*"')
)
_LINK: Final = Text(limit=Limit(pattern=r"^https://[^\s/]+.*$", hint="a link that starts with https://", longest=2_000))


def _key(key: str, shape: Any, doc: str, *, required: bool = False) -> Field:
    return Field(key=key, shape=shape, doc=doc, required=required)


_EVIDENCE: Final = Limit(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", hint="a path such as service_deployment.status")
_SIGN: Final = Record(
    what="a sign",
    fields=(
        _key("check", _CHECK, "the id of a check of this step", required=True),
        _key("evidence", Text(limit=_EVIDENCE), "the path of a value in its evidence", required=True),
        _key("among", Many(item=_LINE, least=1), "values of which it is one", required=True),
    ),
)
_OPTION: Final = Record(
    what="an option",
    fields=(
        _key("label", _LINE, "what the answer says", required=True),
        _key("go", _NAME, "the step that follows; left out: the next one of the file"),
        _key("why", _LINE, "what the operator has to say with it: a reason, a name, a date; it is recorded"),
        _key("when", Many(item=_SIGN), "what a check has seen that makes this answer likely: it is marked then"),
    ),
)
_ASK: Final = Record(
    what="ask",
    fields=(
        _key("question", _LINE, "what the operator is asked", required=True),
        _key("options", Table(key=_ID, item=_OPTION, least=2), "answers by a short name", required=True),
    ),
)
_WAIT: Final = Record(
    what="wait",
    fields=(
        _key("until", Many(item=_CHECK, least=1), "checks that must all pass", required=True),
        _key("timeout", Duration(), "90s, 15m, 1h or seconds", required=True),
        _key("every", Duration(), "time from one sweep to the next; 15s when left out"),
        _key("progress", Many(item=_NAME), "sources that tell meanwhile how far it has come"),
    ),
)
_OTHERWISE: Final = Record(
    what="otherwise", fields=(_key("go", _NAME, "the step to go to when a check fails", required=True),)
)
_ACTION_ID: Final = Limit(pattern=r"^[a-z0-9]+(\.[a-z0-9-]+)+$", hint="an action's id such as ecs.stop-deployment")
_ACTION: Final = Record(
    what="action",
    fields=(
        _key("use", Text(limit=_ACTION_ID), "the action's id", required=True),
        _key("unless", Many(item=_CHECK), "checks that make it superfluous when they all pass"),
        _key("at_once", Flag(), "true: planned with the usual answers as soon as nothing holds it up"),
        _key("with", Table(key=_INPUT, item=_LINE), "inputs that the runbook knows; the operator is asked the others"),
    ),
)
_STEP: Final = Record(
    what="a step",
    fields=(
        _key("id", _NAME, "names the step within its runbook", required=True),
        _key("title", _LINE, "what the step is about, in a few words", required=True),
        _key("text", _TEXT, "Markdown: what the operator does, and how to tell that it worked"),
        _key("guide", Many(item=Text(limit=_CLAUSE)), 'clauses of the guide, in quotes: ["9.2"]'),
        _key("checks", Many(item=_CHECK), 'ids of checks, or patterns such as "tg.*"'),
        _key("before", Many(item=_CHECK), "checks that hold the action up when they fail"),
        _key("action", _ACTION, "the change that the step is there for"),
        _key("after", Many(item=_CHECK), "checks that say whether the action did what it should"),
        _key("confirm", _LINE, "a statement that the operator makes about work done by hand"),
        _key("ask", _ASK, "a question with named answers, each of which may lead elsewhere"),
        _key("wait", _WAIT, "checks that are asked again and again until they pass"),
        _key("otherwise", _OTHERWISE, "where to go when a check fails"),
        _key("restores", Flag(), "true: what was changed for a while only is taken back when the step is entered"),
        _key("next", _NAME, "the step that follows; left out: the next one of the file"),
        _key("end", Flag(), "true: the run ends after this step"),
        _key("by_hand", Many(item=_COMMAND, or_one=True), "the same work as AWS CLI calls"),
        _key("console", _LINK, "the page of the AWS console that shows the same"),
    ),
    apart={
        ("next", "end"): "the last step has no next one",
        ("ask", "confirm"): "the answer already is the operator's word",
        ("ask", "action"): "decide in one step, change in the next",
        ("restores", "action"): "take back in one step, change in the next",
        ("confirm", "action"): "what is done here is not done by hand",
        ("ask", "next"): "give each option its own go",
    },
)
RUNBOOK: Final = Record(
    what="a runbook",
    fields=(
        _key("id", _NAME, "names the runbook; the same as its file's name", required=True),
        _key("title", _LINE, "what the runbook is for, in a few words", required=True),
        _key("family", Text(limit=Limit(choices=tuple(one.value for one in Family))), "its shelf", required=True),
        _key("guide", Many(item=Text(limit=_CLAUSE)), "clauses of the guide that it carries out"),
        _key("outcome", _LINE, "what is true when the run has ended well", required=True),
        _key(
            "environments",
            Many(item=Text(limit=Limit(choices=("staging", "prod"))), least=1),
            "where it may be walked; both when left out",
        ),
        _key("steps", Many(item=_STEP, least=1), "in the order in which they are walked", required=True),
    ),
)
