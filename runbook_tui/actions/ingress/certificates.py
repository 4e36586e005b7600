"""The certificate that the listener is to show (guide 6.1)."""

from collections.abc import Iterable

from runbook_tui.actions.ingress.calls import delete
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate
from runbook_tui.aws.facts.host_certificates import bare_of, held, hosts_of
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Ready, Risk, answer, token
from runbook_tui.core.site import Environment, Site

_REQUEST = "request-certificate"


@action("acm.request-certificate", guide="6.1", fixes=("acm.cert.covers", "acm.cert.expiry"))
def request_certificate(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ACM has, or is asked for, one certificate that names every host and that it renews by itself."""
    hosts = known_hosts(site)
    good = [one for one in held(aws, site) if serves(aws, site, one, hosts)]
    return complete(
        Plan(
            action="acm.request-certificate",
            title=f"Request a certificate for {', '.join(hosts)}",
            environment=env.name,
            resource=hosts[0],
            effect="ACM issues it once the records that prove the names are in DNS, and renews it while they stay.",
            risk=Risk.CHANGE,
            calls=() if good else (_request(site, hosts),),
            differences=(Difference(what="certificate", before="", after=", ".join(hosts)),),
        )
    )


def known_hosts(site: Site) -> tuple[str, ...]:
    """CannotPlan when the site names none."""
    hosts = hosts_of(site)
    if not hosts:
        raise CannotPlan("the site names no host", "set environments.*.host in the site file")
    return hosts


def serves(aws: Aws, site: Site, one: Certificate, hosts: Iterable[str]) -> bool:
    """Whether nobody needs another one: it names every host, ACM renews it, and it does not end before that."""
    return not one.is_imported and not bare_of(one.names, tuple(hosts)) and lasts(aws, site, one)


def lasts(aws: Aws, site: Site, one: Certificate) -> bool:
    """It does not end soon, or has been renewed; one that is still to be issued has no end."""
    left = one.left(aws.now())
    return left is None or left.days > site.alb.cert_warn_days or one.renewal_summary.renewal_status == "SUCCESS"


def _request(site: Site, hosts: tuple[str, ...]) -> ApiCall:
    arn = answer(_REQUEST, "CertificateArn")
    return ApiCall(
        id=_REQUEST,
        service="acm",
        operation="request_certificate",
        parameters={
            "DomainName": hosts[0],
            "SubjectAlternativeNames": list(hosts),
            "ValidationMethod": "DNS",
            "IdempotencyToken": token(),
            "Tags": listed(tags_of(site, None)),
        },
        effect="a certificate that waits for its proof",
        # ACM tells the records some seconds after the request
        ready=Ready(
            operation="describe_certificate",
            parameters={"CertificateArn": arn},
            path=f"Certificate.DomainValidationOptions.{len(hosts) - 1}.ResourceRecord.Type",
            wanted=("CNAME",),
            absent=("ResourceNotFoundException",),
            timeout=60.0,
            every=2.0,
        ),
        undo=(delete("delete-certificate", "acm", "delete_certificate", "it is deleted", CertificateArn=arn),),
    )
