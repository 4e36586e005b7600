"""Whether a site's values are allowed: each alone, then together (catalogue, section 6). Pure.

The loader, the wizard and ``setup --set`` all ask here, so that they cannot disagree.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from runbook_tui.core.fargate import SIZES, memories
from runbook_tui.core.limits import is_placeholder, shown
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.site_limits import LIMITS
from runbook_tui.core.site_network import Wrong, network_problems
from runbook_tui.core.site_values import values

_LOOPBACK: Final = re.compile(r"^https?://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?(/|$)", re.IGNORECASE)


def problems(site: Site, *, any_endpoint: bool = False) -> list[Wrong]:
    """(dotted key, what, remedy) of every value that is not allowed, in the order of the rules.

    ``any_endpoint`` lets a real site talk to an endpoint that is not on loopback (``--allow-endpoint``).
    """
    found = list(_limit_problems(site))
    wrong = {key for key, _, _ in found}
    found = [one for one in found if not _follows(one[0], wrong)]
    together = (*_account(site, any_endpoint=any_endpoint), *_different(site), *network_problems(site), *_rest(site))
    for name, environment in site.environments.items():
        together += tuple(_environment(site, environment, f"environments.{name}"))
    # A value that is wrong by itself says so once: what it breaks together with others would only distract.
    return found + [one for one in together if one[0] not in wrong]


def problems_of(site: Site, key: str) -> list[Wrong]:
    """Problems of one key and of what lies under it: what the wizard says when it has just been answered."""
    return [one for one in problems(site) if one[0] == key or one[0].startswith(f"{key}.")]


def placeholders(site: Site) -> list[Wrong]:
    """Values that still wait to be given. The loader lets them pass, the wizard does not."""
    return [
        (one.key, f"{shown(one.value)} is a placeholder", "give the real value: runbook-tui setup")
        for one in values(site)
        if is_placeholder(one.value)
    ]


def warnings(site: Site) -> list[Wrong]:
    """What is allowed and yet unlikely to be meant."""
    found: list[Wrong] = []
    if site.aws.region != "ap-south-1":
        found.append(("aws.region", f"the guide targets ap-south-1, not {site.aws.region}", "check that it is meant"))
    if "0.0.0.0/0" not in site.net.alb_allowed_cidrs:
        found.append(("net.alb_allowed_cidrs", "not everybody may reach the service", "check that it is meant"))
    return found


def loopback(url: str) -> bool:
    return _LOOPBACK.match(url) is not None


def _follows(key: str, wrong: set[str]) -> bool:
    """Whether a name of an environment is wrong only because what it was made from is."""
    made_from_zone = key.endswith(".host") and "domain.zone" in wrong
    return made_from_zone or (key.startswith("environments.") and "site.name" in wrong)


def _limit_problems(site: Site) -> Iterator[Wrong]:
    for one in values(site):
        limit = LIMITS.get(one.rule)
        what = limit.problem(one.value) if limit else ""
        if limit and what:
            yield one.key, what, limit.remedy


def _account(site: Site, *, any_endpoint: bool) -> Iterator[Wrong]:
    if site.mode == "real" and not site.aws.account_id:
        yield "aws.account_id", "a real site needs the account's id", "give the 12 digits, in quotes"
    url = site.aws.endpoint_url
    if url and not loopback(url) and (site.simulated or not any_endpoint):
        who = "the simulator is" if site.simulated else "an endpoint of your own must be"
        remedy = "give a URL such as http://127.0.0.1:5000" + ("" if site.simulated else ", or pass --allow-endpoint")
        yield "aws.endpoint_url", f"{shown(url)} is not on this machine: {who} reached through loopback", remedy


def _different(site: Site) -> Iterator[Wrong]:
    roles = {
        "iam.task_role": site.iam.task_role,
        "iam.execution_role": site.iam.execution_role,
        "iam.cicd_role": site.iam.cicd_role,
    }
    groups = {"net.sg_alb": site.net.sg_alb, "net.sg_ecs": site.net.sg_ecs}
    for names in (roles, groups):
        yield from _same(names)
    for attribute in ("host", "secret_name", "ecr_repo", "service", "target_group"):
        yield from _same(
            {f"environments.{name}.{attribute}": getattr(found, attribute) for name, found in site.environments.items()}
        )


def _same(names: dict[str, str]) -> Iterator[Wrong]:
    for (one, first), (other, second) in combinations(names.items(), 2):
        if first and first == second:
            yield other, f"{shown(second)} is also {one}", "give them different names"


def _environment(site: Site, environment: Environment, key: str) -> Iterator[Wrong]:
    zone = site.domain.zone
    if environment.host and zone and not environment.host.endswith(f".{zone}"):
        yield f"{key}.host", f"{shown(environment.host)} is not inside {zone}", f"give a name that ends in .{zone}"
    least = 2 if environment.is_prod else 1
    scaling = environment.scaling
    for name, tasks in (("desired_min", environment.desired_min), ("autoscale.min", scaling.min)):
        if tasks < least:
            yield f"{key}.{name}", f"{tasks} is fewer than {least}", f"{environment.name} needs {least} or more tasks"
    if scaling.max <= scaling.min:
        yield f"{key}.autoscale.max", f"{scaling.max} is not more than min {scaling.min}", "give a higher max"
    if scaling.in_percent >= scaling.out_percent:
        what = f"scale in at {scaling.in_percent} is not below scale out at {scaling.out_percent}"
        yield f"{key}.autoscale.in_percent", what, "leave a gap, or tasks come and go for ever: 30 and 60"
    yield from _size(environment, key)


def _size(environment: Environment, key: str) -> Iterator[Wrong]:
    offered = memories(environment.cpu)
    if offered and environment.memory not in offered:
        low, high, step = SIZES[environment.cpu]
        few = ", ".join(map(str, offered)) if len(offered) < 5 else f"{low} to {high} in steps of {step}"
        what = f"{environment.memory} MiB does not go with {environment.cpu} CPU units on Fargate"
        yield f"{key}.memory", what, f"give {few}"


def _rest(site: Site) -> Iterator[Wrong]:
    if site.alb.cert_fail_days >= site.alb.cert_warn_days:
        yield "alb.cert_fail_days", "it must be below cert_warn_days", "warn first: 30 and 7"
    if site.db.kind == "dynamodb" and not site.db.dynamodb.tables:
        yield "db.dynamodb.tables", "DynamoDB is chosen and no table named", "name one table or more"
    for key in ("project_id", "cluster"):
        if site.db.atlas.api == "on" and not getattr(site.db.atlas, key):
            yield f"db.atlas.{key}", "the Admin API of Atlas is on, and this is not given", "name it, or turn api off"
    for place, table in enumerate(site.db.dynamodb.tables):
        if (table.sk is None) != (table.sk_type is None):
            yield f"db.dynamodb.tables.{place}.sk", "a sort key needs both sk and sk_type", "give both or neither"
    if not site.secrets.required_keys:
        yield "secrets.required_keys", "no key is required", "name the JSON keys that the application reads"
    arn = site.obs.topic_arn
    if arn and not is_placeholder(arn) and arn.count(":") >= 3 and arn.split(":")[3] != site.aws.region:
        yield "obs.topic_arn", f"the topic is in {shown(arn.split(':')[3])}", f"name a topic in {site.aws.region}"
    yield from _expression(site)


def _expression(site: Site) -> Iterator[Wrong]:
    try:
        re.compile(site.app.smoke_expect or "")
    except (re.error, OverflowError, RecursionError) as error:
        yield "app.smoke_expect", f"not a regular expression: {error}", "put a \\ before . ( [ * when they are meant"
