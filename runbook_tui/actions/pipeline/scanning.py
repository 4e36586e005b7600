"""Images are scanned: when they are pushed, and now (guide 4.1)."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.calls import ecr
from runbook_tui.actions.pipeline.in_use import images_in_use
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecr import RegistryScanning, Repository
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_PUSH: Final = "SCAN_ON_PUSH"
_NOT_SCANNED: Final = ("FAILED",)


@action("ecr.scan-on-push", guide="4.1", fixes=("ecr.scan-on-push",))
def scan_on_push(aws: Aws, _site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each image of the environment's repository is scanned when it is pushed."""
    repository, scanning = aws.ecr.repository(env.ecr_repo), aws.ecr.registry_scanning()
    by_flag = scanning.scan_type == "BASIC" and not scanning.rules
    calls: tuple[ApiCall, ...] = ()
    if not _scanned(repository, scanning):
        calls = (_flag(env),) if by_flag else (_rules(aws, env, scanning),)
    where = f"flag of {env.ecr_repo}" if by_flag else "rules of the whole registry"
    return Plan(
        action="ecr.scan-on-push",
        title=f"Scan images of {env.ecr_repo} when they are pushed",
        environment=env.name,
        resource=env.ecr_repo,
        effect="Images that are there already are not scanned by it.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=where, before="not scanned on push", after=_PUSH),) if calls else (),
        warnings=("the rules of the whole account are sent again, with this one more",)
        if calls and not by_flag
        else (),
        permissions=needed(calls),
    )


@action("ecr.start-scan", guide="4.1", fixes=("ecr.scan-findings",))
def start_scan(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The image that runs is being scanned."""
    if aws.ecr.registry_scanning().scan_type != "BASIC":
        raise CannotPlan("with enhanced scanning nobody starts a scan", "Amazon Inspector scans by itself: wait")
    images = images_in_use(aws, site, env)[:1]
    found = {one: aws.images.findings(one) for one in images}
    waiting = [one for one, its in found.items() if its is None or its.status in _NOT_SCANNED]
    calls = tuple(ecr("start_image_scan", env, f"{one.label} is scanned", imageId=one.image_id) for one in waiting)
    return Plan(
        action="ecr.start-scan",
        title=f"Scan the image of {env.service}",
        environment=env.name,
        resource=env.ecr_repo,
        effect="The findings are there within minutes; the image stays as it is.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=one.label, before="not scanned", after="being scanned") for one in waiting),
        permissions=needed(calls),
        no_undo="a scan changes nothing",
    )


def _scanned(repository: Repository, scanning: RegistryScanning) -> bool:
    """By a rule, or by the repository's own flag, which counts only while the registry has no rules."""
    by_rule = any(
        one.matches(repository.repository_name) and one.scan_frequency in scanning.on_push for one in scanning.rules
    )
    flag = repository.image_scanning_configuration.scan_on_push
    return by_rule or (flag and scanning.scan_type == "BASIC" and not scanning.rules)


def _flag(env: Environment) -> ApiCall:
    operation = "put_image_scanning_configuration"
    back = ecr(operation, env, "its flag is off again", imageScanningConfiguration={"scanOnPush": False})
    return ecr(operation, env, "its flag is on", (back,), imageScanningConfiguration={"scanOnPush": True})


def _rules(aws: Aws, env: Environment, scanning: RegistryScanning) -> ApiCall:
    """A registry has one rule a frequency, two at most: the filter goes into the one for pushes where there is one."""
    raw = aws.reader.read("ecr", "get_registry_scanning_configuration")["scanningConfiguration"]
    recorded = {"scanType": scanning.scan_type, "rules": raw.get("rules", [])}
    own = {"filter": env.ecr_repo, "filterType": "WILDCARD"}
    rules = [dict(one) for one in recorded["rules"]]
    pushing = next((one for one in rules if one["scanFrequency"] == _PUSH), None)
    if pushing is None:
        rules.append({"scanFrequency": _PUSH, "repositoryFilters": [own]})
    else:
        pushing["repositoryFilters"] = [*pushing.get("repositoryFilters", []), own]
    back = _put(recorded, "the registry's rules are as they were")
    return _put({**recorded, "rules": rules}, f"a rule of the registry covers {env.ecr_repo}", (back,))


def _put(parameters: Mapping[str, Any], effect: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    return ApiCall(
        id="put-rules",
        service="ecr",
        operation="put_registry_scanning_configuration",
        parameters=parameters,
        effect=effect,
        undo=undo,
    )
