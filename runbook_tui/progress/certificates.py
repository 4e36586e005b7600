"""Certificates of the site's hosts: which names are proved, and the record that ACM still looks for."""

from collections.abc import Sequence
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate, Validation
from runbook_tui.aws.facts.host_certificates import held
from runbook_tui.catalogue.progress import source
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.site import Environment, Site

TITLE: Final = "Certificates"
_TONE: Final = {"FAILED": Tone.BAD, "SUCCESS": Tone.GOOD}


@source("certificates", title=TITLE, needs=("acm:DescribeCertificate", "acm:ListCertificates"))
def certificates(aws: Aws, site: Site, _env: Environment, _awaited: Awaited) -> Progress:
    """Issued, or waiting for their proof."""
    found = held(aws, site)
    issued = [one for one in found if one.status == "ISSUED"]
    waiting = [one for one in found if one.status != "ISSUED"]
    return Progress(
        source="certificates",
        title=TITLE,
        gauges=(Gauge(name="issued", value=len(issued), of=len(found), note=_states(waiting)),),
        remarks=tuple(_proof(proof) for one in waiting for proof in one.domain_validation_options),
    )


def _states(waiting: Sequence[Certificate]) -> str:
    return ", ".join(f"{one.domain_name} {one.status}" for one in waiting)


def _proof(proof: Validation) -> Remark:
    record = proof.resource_record
    looked_for = f", ACM looks for {record.type} {record.name}" if record is not None else ""
    text = f"{proof.domain_name} {proof.validation_status or 'not judged yet'}{looked_for}"
    return Remark(text=text, tone=_TONE.get(proof.validation_status, Tone.PLAIN))
