"""Guide 3.1 and 3.3: the key that a secret is encrypted with, and the secret's own policy."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, role_named, task_role
from checks.iam.secret_access import granted_by_the_key
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import EXECUTION_ROLE
from runbook_tui.aws.facts.permission import Key, Principal
from runbook_tui.aws.facts.policy import Decision, Request
from runbook_tui.aws.facts.policy_document import Document
from runbook_tui.aws.facts.resource_policy import denied_to, openings, principals
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

OF_AWS: Final = "alias/aws/"
READ: Final = "secretsmanager:GetSecretValue"
DECRYPT: Final = "kms:Decrypt"
USABLE: Final = ("Enabled", "Updating")  # what KMS decrypts with: an update moves a key of several regions


@check(
    "secret.kms",
    guide="3.1",
    severity="medium",
    scope="environment",
    needs=[
        "iam:GetRole",
        "iam:SimulatePrincipalPolicy",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "secretsmanager:DescribeSecret",
    ],
)
def kms(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The secret's key is usable, and ECS may decrypt with it."""
    secret = aws.secrets.secret(env.secret_name)
    if not secret.kms_key_id or OF_AWS in secret.kms_key_id:
        return passed("the secret is encrypted with the key that AWS keeps for it", key="aws/secretsmanager")
    key = aws.permission.key(secret.kms_key_id)
    evidence: dict[str, Any] = {"key": key.arn, "state": key.key_state, "wanted": site.secrets.kms_key}
    if key.key_state not in USABLE:
        if key.deletion_date is not None:
            evidence["deletion"] = key.deletion_date.isoformat()
        because = f"the secret's key is {key.key_state or 'in no known state'}: no new task can start"
        remedy = "aws kms cancel-key-deletion where it is pending, then aws kms enable-key"
        return fail(because, remedy, **evidence)
    if not key.is_of_customer:
        return passed("the secret is encrypted with a key that AWS keeps", **evidence)
    return _decryption(aws, site, secret, key, evidence)


def _decryption(aws: Aws, site: Site, secret: Secret, key: Key, evidence: dict[str, Any]) -> Verdict:
    role = role_named(aws, site.iam.execution_role, EXECUTION_ROLE)
    context = {"kms:ViaService": [f"secretsmanager.{site.aws.region}.amazonaws.com"]}
    (answer,) = aws.permission.ask(role, [DECRYPT], [key.arn], context)
    allowed = answer.allowed or granted_by_the_key(aws, role, answer, context)
    evidence = {**evidence, **decisions([answer])}
    if allowed:
        return passed(f"{secret.name} is encrypted with an enabled key, and {role.name} may decrypt", **evidence)
    because = f"it could not be verified that {role.name} may decrypt with the secret's key"
    return warn(because, f"allow {DECRYPT} on the key to the execution role", **evidence)


@check(
    "secret.resource-policy",
    guide="3.3",
    severity="high",
    scope="environment",
    needs=["iam:GetRole", "secretsmanager:GetResourcePolicy", "secretsmanager:ValidateResourcePolicy"],
)
def resource_policy(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The secret's own policy lets nobody in from outside, and does not keep ECS out."""
    document = aws.permission.secret_policy(env.secret_name)
    if document is None:
        return passed("the secret has no policy of its own: IAM's policies decide")
    problems, roles = together(
        lambda: aws.permission.secret_policy_problems(env.secret_name), lambda: _readers(aws, site, env)
    )
    account = roles[0].account
    evidence = {
        "principals": list(principals(document)),
        "statements": [one.label for one in document.statements],
        "validation": list(problems),
    }
    remedy = "remove the statement; put the policy back with --block-public-policy"
    open_to = openings(document, account)
    if open_to:
        told = ", ".join(f"{one.statement} opens it to {one.who} ({one.reach})" for one in open_to)
        return fail(told, remedy, **evidence)
    out, keys = _kept_out(document, site, env, roles)
    if out:
        because = f"a Deny keeps {', '.join(out)} out: no new task can start"
        return fail(because, "narrow the Deny so that it spares the ECS roles", **evidence)
    if keys:
        because = f"whether a Deny hits the ECS roles depends on {', '.join(keys)}"
        return unknown(Cause.UNDECIDED, because, "look at the conditions of the secret's policy", keys=keys, **evidence)
    concerns = [f"Secrets Manager's own check {name} does not pass" for name in problems]
    return warn_or_pass(concerns, "its policy opens it to nobody from outside", remedy, **evidence)


def _readers(aws: Aws, site: Site, env: Environment) -> list[Principal]:
    """The roles that read it: ECS, and the application where it does so itself."""
    asks = [lambda: role_named(aws, site.iam.execution_role, EXECUTION_ROLE)]
    if site.app.reads_secrets_at_runtime:
        asks.append(lambda: task_role(aws, site, env))
    return list(each(lambda ask: ask(), asks))


def _kept_out(document: Document, site: Site, env: Environment, roles: list[Principal]) -> tuple[list[str], list[str]]:
    account = roles[0].account
    resource = f"arn:aws:secretsmanager:{site.aws.region}:{account}:secret:{env.secret_name}-??????"
    found = {
        role.name: denied_to(document, role.arn, Request(action=READ, resource=resource, context=_context(role)))
        for role in roles
    }
    out = [name for name, one in found.items() if one.decision is Decision.EXPLICIT_DENY]
    return out, sorted({key for one in found.values() if one.decision is Decision.CONDITIONAL for key in one.keys})


def _context(role: Principal) -> dict[str, list[str]]:
    """What is known of every request that ECS makes as this role."""
    return {
        "aws:PrincipalArn": [role.arn],
        "aws:PrincipalAccount": [role.account],
        "aws:SecureTransport": ["true"],
    }
