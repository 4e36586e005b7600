"""What ``acm`` says about a certificate."""

from datetime import datetime, timedelta
from typing import Any, Final, Self

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

CERTIFICATE: Final = "acm:certificate"
# Without them ACM lists certificates with RSA keys of 1024 and 2048 bits only.
KEY_TYPES: Final = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


class ProofRecord(Fact, frozen=True, kw_only=True):
    """The record that proves a domain."""

    name: str
    type: str = "CNAME"
    value: str


class Validation(Fact, frozen=True, kw_only=True):
    """``validation_method`` is DNS, EMAIL or HTTP; ``resource_record`` belongs to DNS."""

    domain_name: str
    validation_method: str = ""
    validation_status: str = ""
    resource_record: ProofRecord | None = None


class Renewal(Fact, frozen=True, kw_only=True):
    renewal_status: str = ""
    renewal_status_reason: str = ""


class Certificate(Fact, frozen=True, kw_only=True):
    """``not_after`` is None until it is issued; ``renewal_summary`` until its renewal begins."""

    certificate_arn: str
    domain_name: str = ""
    subject_alternative_names: tuple[str, ...] = ()
    status: str = ""
    type: str = ""
    not_after: Moment | None = None
    renewal_eligibility: str = ""
    renewal_summary: Renewal = Renewal()
    domain_validation_options: tuple[Validation, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def is_imported(self) -> bool:
        return self.type == "IMPORTED"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it is good for, the first one's own included."""
        return tuple(dict.fromkeys(one.lower() for one in (self.domain_name, *self.subject_alternative_names) if one))

    @property
    def region(self) -> str:
        """Empty when its ARN names none."""
        return self.certificate_arn.split(":")[3] if self.certificate_arn.count(":") >= 5 else ""

    def left(self, now: datetime) -> timedelta | None:
        return self.not_after - now if self.not_after else None


class Summary(Fact, frozen=True, kw_only=True):
    """``subject_alternative_name_summaries`` are the first hundred names."""

    certificate_arn: str
    domain_name: str = ""
    subject_alternative_name_summaries: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one for one in (self.domain_name, *self.subject_alternative_name_summaries) if one)


def covers(name: str, host: str) -> bool:
    """``*.example.org`` stands for exactly one label: neither for ``example.org`` nor for ``a.b.example.org``."""
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    if not name.startswith("*."):
        return name == host
    label, dot, rest = host.partition(".")
    return bool(label and dot) and rest == name.removeprefix("*.")


class AcmFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def certificate(self, arn: str) -> Certificate:
        """Missing ``acm:certificate``."""
        with missing_is(CERTIFICATE, arn):
            answer = self._reader.read("acm", "describe_certificate", CertificateArn=arn)
        return Certificate.from_api(answer.get("Certificate"))

    def summaries(self) -> tuple[Summary, ...]:
        """Of the certificates that are issued, or wait to be; those of the reader's region."""
        answer = self._reader.read(
            "acm",
            "list_certificates",
            CertificateStatuses=["PENDING_VALIDATION", "ISSUED"],
            Includes={"keyTypes": list(KEY_TYPES)},
        )
        return listed(answer, "CertificateSummaryList", Summary)
