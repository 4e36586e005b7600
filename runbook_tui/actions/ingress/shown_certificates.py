"""The certificates that the listener shows (guide 6.1)."""

from collections.abc import Iterator

from msgspec import Struct

from runbook_tui.actions.ingress.calls import elb
from runbook_tui.actions.ingress.certificates import known_hosts, lasts
from runbook_tui.actions.ingress.listeners import issued
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate
from runbook_tui.aws.facts.balancing import Listener
from runbook_tui.aws.facts.host_certificates import bare_of
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


class _Shown(Struct, frozen=True, kw_only=True):
    """ARNs. ``default`` is shown to who names no host; ``gone`` are of the others, and not good any more."""

    default: str
    others: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    new_default: str


@action("elbv2.show-certificate", guide="6.1", fixes=("acm.cert.covers", "acm.cert.expiry"))
def show_certificate(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The listener shows an issued certificate for every host, and none that has ended or will end unrenewed."""
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    shown = _shown(aws, site, listener)
    before = ", ".join(map(_id, (shown.default, *shown.others)))
    kept = [one for one in (shown.new_default, *shown.others) if one not in shown.gone]
    after = ", ".join(_id(one) for one in dict.fromkeys((*kept, *shown.new)))
    return complete(
        Plan(
            action="elbv2.show-certificate",
            title=f"Let {site.alb.name} show a good certificate",
            environment=env.name,
            resource=site.alb.name,
            effect="New connections see it at once; those that are open stay.",
            risk=Risk.CHANGE,
            calls=tuple(_calls(listener.listener_arn, shown)),
            differences=(Difference(what="certificates of port 443", before=before, after=after),),
        )
    )


def _shown(aws: Aws, site: Site, listener: Listener) -> _Shown:
    """Only what is not good gives way."""
    listed = aws.elb.listener_certificates(listener)
    arns = list(dict.fromkeys(one.certificate_arn for one in listed))
    default = next((one.certificate_arn for one in listed if one.is_default), arns[0])
    good = [arn for arn in arns if _is_good(aws, site, arn)]
    hosts = known_hosts(site)
    names = [name for arn in good for name in aws.acm.certificate(arn).names]
    left = bare_of(names, hosts)
    fresh = [one for one in issued(aws, site) if lasts(aws, site, one)]
    chosen = tuple(one.certificate_arn for one in fresh if bare_of(one.names, left) != left)
    new_default = default if default in good else next(iter((*chosen, *good)), "")
    if not new_default:
        remedy = "request one and prove it first: acm.request-certificate, route53.put-validation-record"
        raise CannotPlan("no other certificate is issued that could take its place", remedy)
    others = tuple(arn for arn in arns if arn != default)
    return _Shown(
        default=default,
        others=others,
        new=tuple(arn for arn in chosen if arn not in (*arns, new_default)),
        gone=tuple(arn for arn in others if arn not in good),
        new_default=new_default,
    )


def _is_good(aws: Aws, site: Site, arn: str) -> bool:
    """Those of IAM nobody can judge here: they stay."""
    if ":acm:" not in arn:
        return True
    found: Certificate = aws.acm.certificate(arn)
    return found.status == "ISSUED" and lasts(aws, site, found)


def _calls(listener: str, shown: _Shown) -> Iterator[ApiCall]:
    if shown.new_default != shown.default:
        yield _default(listener, shown.new_default, _default(listener, shown.default))
    if shown.new:
        yield _more(listener, shown.new, _less(listener, shown.new))
    if shown.gone:
        yield _less(listener, shown.gone, _more(listener, shown.gone))


def _default(listener: str, arn: str, *undo: ApiCall) -> ApiCall:
    given = [{"CertificateArn": arn}]
    effect = f"{_id(arn)} is shown to who names no host"
    return elb("default-certificate", "modify_listener", effect, *undo, ListenerArn=listener, Certificates=given)


def _more(listener: str, arns: tuple[str, ...], *undo: ApiCall) -> ApiCall:
    given = [{"CertificateArn": arn} for arn in arns]
    effect = f"{', '.join(map(_id, arns))} is shown for its hosts"
    operation = "add_listener_certificates"
    return elb("add-certificates", operation, effect, *undo, ListenerArn=listener, Certificates=given)


def _less(listener: str, arns: tuple[str, ...], *undo: ApiCall) -> ApiCall:
    given = [{"CertificateArn": arn} for arn in arns]
    effect = f"{', '.join(map(_id, arns))} is not shown any more"
    operation = "remove_listener_certificates"
    return elb("remove-certificates", operation, effect, *undo, ListenerArn=listener, Certificates=given)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]
