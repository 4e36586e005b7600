"""The marker that any machine finds: on the object before it is changed, off when it is whole again."""

from runbook_tui.actions.network.calls import ec2
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.core.plan import ApiCall


def marked(resource: str, value: str) -> ApiCall:
    """``value`` says whose drill it is, or what the object stands in for."""
    back = ec2(
        f"unmark-{resource}",
        "delete_tags",
        f"{resource} is whole again: the marker goes",
        Resources=[resource],
        Tags=[{"Key": MARKER}],
    )
    return ec2(
        f"mark-{resource}",
        "create_tags",
        f"{resource} carries the marker of drills",
        back,
        Resources=[resource],
        Tags=[{"Key": MARKER, "Value": value}],
    )
