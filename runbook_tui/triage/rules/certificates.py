"""T7: certificates that end."""

from collections.abc import Iterator
from datetime import timedelta

from runbook_tui.aws.facts.acm import Certificate, covers
from runbook_tui.triage.changes import Kind
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

SOON = 0.45  # time is left: no cause of anything yet


def _ours(scene: Scene) -> Iterator[Certificate]:
    for one in seen(scene.snapshot.certificates) or ():
        if any(covers(name, scene.env.host) for name in one.names):
            yield one


def _left(one: Certificate) -> Evidence:
    when = f"{one.not_after:%Y-%m-%d %H:%M} UTC" if one.not_after else "unknown"
    return sign(f"the certificate of {one.domain_name} ends at {when}, renewal {_renewal(one)}", "certificates")


def _renewal(one: Certificate) -> str:
    return one.renewal_summary.renewal_status.lower() or "not begun"


def _within(scene: Scene, one: Certificate, days: int) -> bool:
    left = one.left(scene.at)
    return left is not None and left <= timedelta(days=days)


@rule(
    "T7a",
    confidence=0.95,
    sees=("certificates", "acm.cert.validation-record"),
    confirm=("acm.cert.validation-record", "acm.cert.expiry"),
    action="route53.put-validation-record",
    boosted_by=(Kind.DNS,),
)
def not_renewed(scene: Scene) -> Found | None:
    """The certificate was not renewed: the record that proves the domain is missing."""
    record = [sign(scene.because(name), name) for name in scene.failed("acm.cert.validation-record")]
    for one in _ours(scene):
        if one.is_imported or not _within(scene, one, scene.site.alb.cert_warn_days):
            continue
        near = _within(scene, one, scene.site.alb.cert_fail_days)
        waiting = one.renewal_summary.renewal_status == "PENDING_VALIDATION" or bool(record)
        confidence = None if near and waiting else 0.6 if near else SOON
        return Found(signs=(_left(one), *record), confidence=confidence)
    return None


@rule("T7b", confidence=0.95, sees=("certificates",), confirm=("acm.cert.expiry",), action="acm.request-certificate")
def imported(scene: Scene) -> Found | None:
    """The certificate was brought by hand, and nobody renews it but somebody."""
    near = [one for one in _ours(scene) if one.is_imported and _within(scene, one, scene.site.alb.cert_fail_days)]
    return Found(signs=tuple(_left(one) for one in near)) if near else None


@rule(
    "T7c",
    confidence=0.95,
    sees=("certificates",),
    confirm=("alb.https-listener", "acm.cert.covers"),
    boosted_by=(Kind.CERTIFICATE, Kind.LISTENER),
)
def not_exchanged(scene: Scene) -> Found | None:
    """The listener still shows an old certificate, although a newer one is there."""
    ours = list(_ours(scene))
    ended = [one for one in ours if _within(scene, one, 0)]
    newer = [one for one in ours if one.status == "ISSUED" and not _within(scene, one, 0)]
    if not ended or not newer:
        return None
    return Found(signs=(_left(ended[0]), _left(newer[0])))
