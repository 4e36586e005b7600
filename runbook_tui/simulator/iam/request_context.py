"""The condition keys of a real request. A key that is not known here is refused, so that no policy is misjudged."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.iam.principals import Kind, Principal
from runbook_tui.simulator.refusal import not_simulated

if TYPE_CHECKING:
    from runbook_tui.simulator.wire import Call
    from runbook_tui.simulator.world import World

# keys that AWS knows and that a request of this simulator never has: it comes from no service and no VPC
_NEVER = {
    "aws:viaawsservice",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:referer",
    "sts:sourceidentity",
}
_Values = Sequence[str] | None


class RequestContext:
    def __init__(self, world: "World", call: "Call", caller: Principal, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._world = world
        self._call = call
        self._caller = caller
        self._keys = {key.lower(): value for key, value in {**caller.claims, **keys}.items()}
        self._plain: dict[str, Callable[[], _Values]] = {
            "aws:username": lambda: (caller.name,) if caller.kind is Kind.USER else None,
            "aws:userid": lambda: (caller.user_id,),
            "aws:principalarn": lambda: (caller.owner,),
            "aws:principalaccount": lambda: (caller.account,),
            "aws:principaltype": lambda: ("User" if caller.kind is Kind.USER else "AssumedRole",),
            "aws:principalisawsservice": lambda: ("false",),
            "aws:multifactorauthpresent": lambda: (str(caller.mfa).lower(),) if caller.kind is Kind.ROLE else None,
            "aws:multifactorauthage": lambda: None,
            "aws:sourceip": lambda: ("127.0.0.1",),
            "aws:securetransport": lambda: ("true",),  # the loopback endpoint stands for AWS's own, over TLS
            "aws:currenttime": lambda: (f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}",),
            "aws:epochtime": lambda: (str(int(world.clock.now().timestamp())),),
            "aws:requestedregion": lambda: (call.region,),
            "aws:resourceaccount": lambda: (world.account,),
            "aws:tagkeys": lambda: tuple(self._request_tags()) or None,
            "sts:externalid": lambda: self._parameter("ExternalId"),
            "sts:rolesessionname": lambda: self._parameter("RoleSessionName"),
            "ecs:cluster": self._cluster,
        }

    def get(self, key: str, /) -> _Values:
        """Raises Refused for a key that nobody taught it."""
        name = key.lower()
        if name in self._keys:
            return self._keys[name]
        if name in self._plain:
            return self._plain[name]()
        prefix, _, tag = key.partition("/")
        match prefix.lower():
            case "aws:requesttag":
                return _one(self._request_tags().get(tag))
            case "aws:resourcetag" | "ecs:resourcetag" | "ec2:resourcetag" | "secretsmanager:resourcetag":
                return _one(self._resource_tags().get(tag))
            case "aws:principaltag":
                return _one(self._principal_tags().get(tag))
        if name in _NEVER or name.startswith(("saml:", "token.", "accounts.")):
            return None
        raise not_simulated(f"the policy condition key {key}")

    def _parameter(self, name: str) -> _Values:
        return _one(self._call.parameters().get(name))

    def _cluster(self) -> _Values:
        name = str(self._call.parameters().get("cluster") or "default")
        return (name if name.startswith("arn:") else self._world.arn("ecs", f"cluster/{name}"),)

    def _request_tags(self) -> dict[str, str]:
        parameters = self._call.parameters()
        return _tags(parameters.get("Tags") or parameters.get("tags"))

    def _resource_tags(self) -> dict[str, str]:
        from runbook_tui.simulator.iam.needs import resources_of

        arns = [arn for _, arn in resources_of(self._world, self._call) if arn.startswith("arn:")]
        if not arns:
            return {}
        found = self._world.call("resourcegroupstaggingapi", "GetResources", ResourceARNList=arns[:100])
        tagged = [_tags(each["Tags"]) for each in found["ResourceTagMappingList"]]
        return tagged[0] if tagged else {}

    def _principal_tags(self) -> dict[str, str]:
        kind, member = ("Role", "RoleName") if self._caller.kind is Kind.ROLE else ("User", "UserName")
        return _tags(self._world.call("iam", f"List{kind}Tags", **{member: self._caller.name})["Tags"])


def _one(value: Any) -> _Values:
    return None if value is None else (str(value),)


def _tags(tags: Any) -> dict[str, str]:
    """From a list of pairs, in any case, or from a mapping."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    pairs = [{name.lower(): value for name, value in each.items()} for each in tags or () if isinstance(each, Mapping)]
    return {str(each["key"]): str(each.get("value", "")) for each in pairs if "key" in each}
