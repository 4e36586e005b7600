"""Whether a request from outside may be carried out: is its key good, and in an enforcing world, do policies allow?"""

from typing import TYPE_CHECKING, Any

from runbook_tui.simulator import wire_errors
from runbook_tui.simulator.iam.actions import is_free
from runbook_tui.simulator.iam.attached import boundary, identity_policies, resource_policies
from runbook_tui.simulator.iam.documents import Policy, read
from runbook_tui.simulator.iam.evaluate import Asked, Decision, Judgement, Set, evaluate
from runbook_tui.simulator.iam.needs import Need, needs_of
from runbook_tui.simulator.iam.principals import Principal, Sessions, role_of, user_key, who
from runbook_tui.simulator.iam.request_context import RequestContext
from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.wire import Call
    from runbook_tui.simulator.world import World


def admit(world: "World", call: "Call") -> None:
    """Raises Refused, as the service itself would refuse."""
    with world.lock:
        _check_key(world, call)
        if world.enforce and not is_free(call):
            authorise(world, call)


def authorise(world: "World", call: "Call") -> None:
    """Raises Refused: the first need that nobody allows."""
    caller = who(world, call.key)
    for need in needs_of(world, call):
        found = judged(world, call, caller, need)
        if found.decision is not Decision.ALLOWED:
            raise wire_errors.denied(
                call.protocol, caller.arn, need.action, resource=need.resource, because=why(found, need.action)
            )


def judged(world: "World", call: "Call", caller: Principal, need: Need) -> Judgement:
    asked = Asked(
        action=need.action,
        resource=need.resource,
        context=RequestContext(world, call, caller, need.keys),
        principals=caller.names(),
    )
    policies = Set(
        identity=identity_policies(world, caller.owner),
        boundary=boundary(world, caller.owner),
        session=caller.limits,
        resource=_resource(world, need),
    )
    return evaluate(policies, asked)


def why(found: Judgement, action: str) -> str:
    """The end of AWS's sentence."""
    article = "an" if found.source[0] in "aeiou" else "a"
    if found.decision is Decision.EXPLICIT_DENY:
        return f"with an explicit deny in {article} {found.source}"
    return f"because no {found.source} allows the {action} action"


def _resource(world: "World", need: Need) -> list[Policy]:
    """A role that is to be assumed has its trust policy for one."""
    if need.action == "sts:AssumeRole":
        role = role_of(world, need.resource)
        return [read(role.assume_role_policy_document, need.resource, "resource")] if role is not None else []
    return resource_policies(world, need.resource)


def _check_key(world: "World", call: "Call") -> None:
    """Keys of users must be active and not deleted, those of sessions not too old."""
    sessions = world.store(Sessions)
    known = sessions.by_key.get(call.key)
    if known is not None and known[1] <= world.clock.now():
        raise wire_errors.expired(call.protocol)
    user = user_key(world, call.key)
    if call.key in sessions.deleted or (user is not None and user[1].status != "Active"):
        raise _invalid(call.protocol)
    if user is not None:
        _remember(world, call, user[1])


def _remember(world: "World", call: "Call", key: Any) -> None:
    from moto.iam.models import AccessKeyLastUsed

    key.last_used = AccessKeyLastUsed(world.clock.now().replace(tzinfo=None), call.service, call.region)


def _invalid(protocol: str) -> Refused:
    text = "The security token included in the request is invalid."
    if protocol == "ec2":
        return Refused("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if protocol in ("json", "rest-json"):
        return Refused("UnrecognizedClientException", text, 400 if protocol == "json" else 403)
    return Refused("InvalidClientTokenId", text, 403)
