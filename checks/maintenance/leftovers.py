"""Guide 10: what was cut for a drill is whole again."""

from itertools import chain
from typing import Any

from checks.concerns import warn_or_pass
from checks.maintenance.past import LEFTOVERS, open_cuts
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown


@check(
    "maint.dr-leftovers",
    guide="10",
    severity="critical",
    scope="shared",
    needs=[
        "application-autoscaling:DescribeScalableTargets",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "fis:ListExperiments",
        "iam:ListRolePolicies",
        "tag:GetResources",
    ],
)
def dr_leftovers(aws: Aws, site: Site) -> Verdict:
    """No drill has left anything behind: no cut, no experiment, no denying policy, nothing suspended."""
    left, suspended = together(lambda: _left(aws, site), lambda: _suspended(aws, site))
    remedy = "walk the restore step of the drill's runbook; take the marker away when all is well"
    if left:
        names = [f"{kind} {name}" for kind, its in left.items() for name in its]
        return fail(f"a drill has left: {', '.join(names[:10])}", remedy, **left)
    history = aws.records.history()
    cuts = open_cuts(aws, history)
    if cuts:
        because = f"what {cuts[0].run} cut was never put back, as far as its journal tells"
        more = f"; once it is whole: runbook-tui attest add {LEFTOVERS} --text 'how' --expires 30d"
        return fail(because, remedy + more, runs=[run.run for run in cuts])
    if history.damaged:
        because = f"a journal is damaged and may hold an open cut: {history.damaged[0]}"
        return unknown(Cause.UNDECIDED, because, "runbook-tui audit verify", damaged=list(history.damaged))
    concerns = [f"suspended: {', '.join(suspended)}"] if suspended else []
    remedy = "resume it when no incident needs it any more (runbook of scaling)"
    return warn_or_pass(concerns, "nothing carries the marker, and no experiment runs", remedy, marker=MARKER)


def _left(aws: Aws, site: Site) -> dict[str, Any]:
    """What was found, by kind; kinds without a find are left out."""
    facts = aws.leftovers
    acls, groups, rules, tables = together(
        facts.network_acls, facts.security_groups, facts.security_group_rules, facts.route_tables
    )
    tagged, experiments, policies = together(
        lambda: aws.tagging.tagged(MARKER),
        facts.experiments,
        lambda: each(facts.inline_policies, dict.fromkeys(site.iam.task_role_of(name) for name in site.environments)),
    )
    # the index of tags lags behind by minutes: what EC2 tells itself is newer
    known = {*acls, *groups, *rules, *tables}
    others = [one.arn for one in tagged if one.arn.rpartition("/")[2] not in known]
    found = {
        "network_acls": list(acls),
        "security_groups": list(groups),
        "rules": list(rules),
        "route_tables": list(tables),
        "marked": others,
        "experiments": list(experiments),
        "inline_policies": list(chain.from_iterable(policies)),
    }
    return {kind: names for kind, names in found.items() if names}


def _suspended(aws: Aws, site: Site) -> list[str]:
    services = [env.service for env in site.environments.values()]
    return list(chain.from_iterable(each(lambda name: aws.leftovers.suspended(site.ecs.cluster, name), services)))
