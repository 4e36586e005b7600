"""T5: the site is not reached, in the order of a request's way: name, certificate, load balancer."""

from runbook_tui.aws.probe import Failure
from runbook_tui.triage.changes import Kind
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

TLS = ("tls-name", "tls-expired", "tls-untrusted")


def _https(scene: Scene) -> Failure | None:
    probed = seen(scene.snapshot.probe)
    return probed.https if probed and isinstance(probed.https, Failure) else None


def _failed(scene: Scene, *checks: str) -> tuple[Evidence, ...]:
    return tuple(sign(f"{name}: {scene.because(name)}", name) for name in scene.failed(*checks))


@rule(
    "T5a",
    confidence=0.95,
    sees=("dns", "dns.alias"),
    confirm=("dns.alias", "dns.resolves"),
    action="route53.put-alias",
    boosted_by=(Kind.DNS,),
)
def no_record(scene: Scene) -> Found | None:
    """The name is not in the DNS, or leads to something else than the load balancer."""
    answer, wrong = seen(scene.snapshot.dns), _failed(scene, "dns.alias")
    unanswered = answer is not None and (answer.response_code != "NOERROR" or not answer.record_data)
    if not wrong and not unanswered:
        return None
    code = answer.response_code if answer else ""
    said = (sign(f"Route 53 answers {code} for {scene.env.host}", "dns"),) if unanswered else ()
    return Found(signs=(*said, *wrong))


@rule("T5b", confidence=0.8, sees=("dns", "dns.resolves"), confirm=("dns.zone",), boosted_by=(Kind.DNS,))
def not_delegated(scene: Scene) -> Found | None:
    """Route 53 answers and the world's resolvers do not: the delegation, or an answer that is still cached."""
    answer, wrong = seen(scene.snapshot.dns), _failed(scene, "dns.resolves", "dns.zone")
    if answer is None or answer.response_code != "NOERROR" or not wrong or scene.failed("dns.alias"):
        return None
    return Found(signs=wrong)


@rule(
    "T5c",
    confidence=0.95,
    sees=("probe",),
    confirm=("acm.cert.expiry", "acm.cert.covers", "probe.https"),
    boosted_by=(Kind.CERTIFICATE, Kind.LISTENER),
    points_to=("T7",),
)
def bad_certificate(scene: Scene) -> Found | None:
    """Browsers refuse the certificate: it has ended, or is for another name."""
    failure = _https(scene)
    if failure is None or failure.kind not in TLS:
        return None
    return Found(signs=(sign(failure.text, "probe"),))


@rule(
    "T5d",
    confidence=0.85,
    sees=("probe", "balancer", "sg.alb.ingress-443"),
    confirm=("sg.alb.ingress-443", "net.nacl", "net.igw"),
    action="ec2.open-balancer",
    boosted_by=(Kind.NETWORK,),
)
def closed_balancer(scene: Scene) -> Found | None:
    """Nobody reaches the load balancer: its security group, the network ACL, or the way to the internet."""
    failure, wrong = _https(scene), _failed(scene, "sg.alb.ingress-443")
    late = failure is not None and failure.kind == "timeout"
    if not late and not wrong:
        return None
    said = (sign(failure.text, "probe"),) if late and failure else ()
    return Found(signs=(*said, *wrong))


@rule(
    "T5e",
    confidence=0.9,
    sees=("probe", "sg.alb.ingress-80"),
    confirm=("sg.alb.ingress-80",),
    action="ec2.open-balancer",
    boosted_by=(Kind.NETWORK,),
)
def closed_http(scene: Scene) -> Found | None:
    """Port 80 is closed, so nobody is led to HTTPS."""
    probed, wrong = seen(scene.snapshot.probe), _failed(scene, "sg.alb.ingress-80")
    if probed is None or isinstance(probed.https, Failure):
        return None
    late = isinstance(probed.http, Failure) and probed.http.kind == "timeout"
    return Found(signs=(sign("HTTP times out, HTTPS answers", "probe"), *wrong)) if late and wrong else None
