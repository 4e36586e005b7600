"""The public zone of the site's domain (guide 6.3)."""

from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.records import plain_name
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer, token
from runbook_tui.core.site import Environment, Site

_CREATE = "create-zone"


@action("route53.create-zone", guide="6.3", fixes=("dns.zone",))
def create_zone(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Route 53 has a public zone of the site's domain."""
    name, wanted = plain_name(site.domain.zone), site.domain.hosted_zone_id
    public = [one for one in aws.route53.zones(site) if one.is_public]
    if wanted and wanted not in [one.zone_id for one in public]:
        remedy = "correct domain.hosted_zone_id in the site, or take it out to have a zone made"
        raise CannotPlan(f"{name} has no public zone {wanted}", remedy)
    calls = () if public else (_creation(name),)
    return complete(
        Plan(
            action="route53.create-zone",
            title=f"Create the zone {name}",
            environment=env.name,
            resource=name,
            effect="Route 53 gives it four name servers. Nobody asks them before the registrar names them.",
            risk=Risk.CHANGE,
            calls=calls,
            differences=(Difference(what=f"public zone {name}", before="", after="new"),),
            warnings=("enter its name servers at the domain's registrar; that takes up to two days",) if calls else (),
        )
    )


def _creation(name: str) -> ApiCall:
    zone = answer(_CREATE, "HostedZone.Id")
    back = ApiCall(
        id="delete-zone",
        service="route53",
        operation="delete_hosted_zone",
        parameters={"Id": zone},
        effect="the zone is gone, unless it has records",
        gone=("NoSuchHostedZone",),
    )
    # tags would need the id without its "/hostedzone/", which no later call can make of this answer
    return ApiCall(
        id=_CREATE,
        service="route53",
        operation="create_hosted_zone",
        parameters={"Name": name, "CallerReference": token(), "HostedZoneConfig": {"PrivateZone": False}},
        effect=f"the public zone {name}",
        undo=(back,),
    )
