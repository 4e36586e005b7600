"""STS: who calls, and roles that are taken on when their trust policy says so."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.iam.attached import managed
from runbook_tui.simulator.iam.context import Given
from runbook_tui.simulator.iam.documents import Policy, read
from runbook_tui.simulator.iam.evaluate import Asked, Decision, Named, Set, evaluate
from runbook_tui.simulator.iam.principals import Kind, Principal, Sessions, role_of, who
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_USUAL = 3600


@overlay("sts", "GetCallerIdentity")
def get_caller_identity(world: World, _parameters: Parameters) -> Reply:
    """Keys that this world issued are who they were issued to; every other key is the operator on call."""
    caller = who(world, world.caller)
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


@overlay("sts", "AssumeRole")
def assume_role(world: World, parameters: Parameters) -> Reply:
    """The trust policy is asked in every world; the caller's own policies in one that enforces, before this."""
    caller, arn = who(world, world.caller), str(parameters["RoleArn"])
    denial = Refused(
        "AccessDenied", f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}", 403
    )
    role = role_of(world, arn)
    if role is None:
        raise denial
    keys = {
        "aws:PrincipalArn": [caller.owner],
        "aws:PrincipalAccount": [caller.account],
        "aws:userid": [caller.user_id],
        "aws:SourceIp": ["127.0.0.1"],
        "aws:MultiFactorAuthPresent": [str(caller.mfa or bool(parameters.get("TokenCode"))).lower()],
        "sts:RoleSessionName": [parameters["RoleSessionName"]],
    }
    if parameters.get("ExternalId"):
        keys["sts:ExternalId"] = [parameters["ExternalId"]]
    if not _trusts(role, "sts:AssumeRole", keys, caller.names()):
        raise denial
    return _session(world, role, parameters, mfa=caller.mfa)


@overlay("sts", "AssumeRoleWithWebIdentity")
def assume_role_with_web_identity(world: World, parameters: Parameters) -> Reply:
    """The token's claims count; its signature cannot be checked here."""
    claims = _claims(parameters["WebIdentityToken"])
    host = str(claims.get("iss", "")).removeprefix("https://").rstrip("/")
    provider = next((each for each in _providers(world) if each.endswith(f":oidc-provider/{host}")), None)
    if provider is None or not host:
        text = f"No OpenIDConnect provider found in your account for https://{host}"
        raise Refused("InvalidIdentityToken", text)
    expires = claims.get("exp")
    if isinstance(expires, int | float) and expires <= world.clock.now().timestamp():
        raise Refused("ExpiredTokenException", "Token expired: the token that was given is no longer valid.")
    keys = {f"{host}:{name}": [str(each) for each in _many(value)] for name, value in claims.items()}
    role = role_of(world, str(parameters["RoleArn"]))
    named = {("Federated", provider): Named.ITSELF}
    if role is None or not _trusts(role, "sts:AssumeRoleWithWebIdentity", keys, named):
        raise Refused("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
    told = _session(world, role, parameters, mfa=False, claims=keys)
    subject, audience = str(claims.get("sub", "")), str(_many(claims.get("aud", ""))[0])
    return {**told, "SubjectFromWebIdentityToken": subject, "Audience": audience, "Provider": provider}


def _trusts(role: Any, action: str, keys: Mapping[str, list[str]], principals: Mapping[tuple[str, str], Named]) -> bool:
    """A trust in the account as a whole is one in all of its principals whose own policies allow it."""
    trust = read(role.assume_role_policy_document, role.name, "resource")
    asked = Asked(action=action, resource=role.arn, context=Given(keys), principals=principals)
    everything = read('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')
    itself = evaluate(Set(identity=(), resource=[trust]), asked)
    if itself.decision is Decision.ALLOWED:
        return True
    delegated = evaluate(Set(identity=[everything], resource=[trust]), asked)
    return delegated.decision is Decision.ALLOWED and any(each.kind == "resource" for each in delegated.matched)


def _session(
    world: World, role: Any, parameters: Parameters, *, mfa: bool, claims: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    seconds = int(parameters.get("DurationSeconds") or _USUAL)
    if seconds > int(role.max_session_duration or _USUAL):
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise Refused("ValidationError", text)
    name, now = str(parameters["RoleSessionName"]), world.clock.now()
    key = "ASIA" + _random(world, 16)
    principal = Principal(
        kind=Kind.ROLE,
        arn=f"arn:aws:sts::{world.account}:assumed-role/{role.name}/{name}",
        owner=role.arn,
        name=role.name,
        identifier=role.id,
        key=key,
        session=name,
        since=now,
        mfa=mfa,
        limits=_limits(world, parameters),
        claims={key: tuple(values) for key, values in (claims or {}).items()},
    )
    expires = now + timedelta(seconds=seconds)
    sessions, secret = world.store(Sessions), _random(world, 40)
    sessions.by_key[key], sessions.secrets[key] = (principal, expires), secret
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": secret,
            "SessionToken": "simulated-session-" + _random(world, 64),
            "Expiration": expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
    }


def _limits(world: World, parameters: Parameters) -> tuple[Policy, ...] | None:
    given = [read(parameters["Policy"], "session", "none")] if parameters.get("Policy") else []
    named = [managed(world, each["arn"]) for each in parameters.get("PolicyArns") or ()]
    return (*given, *named) or None


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError) as error:
        text = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        raise Refused("InvalidIdentityToken", text) from error
    return claims if isinstance(claims, dict) else {}


def _providers(world: World) -> list[str]:
    return list(world.backend("iam").open_id_providers)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _random(world: World, length: int) -> str:
    return "".join(world.random.choice(_LETTERS) for _ in range(length))
