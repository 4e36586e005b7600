"""What a basic scan finds in an image: what is known of the packages that it holds. The same image, the same findings.

The weaknesses are real ones of Alpine's packages, which the image is built on; the words are our own.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field

SEVERITIES: Final = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")


class Vulnerability(Struct, frozen=True, kw_only=True):
    name: str
    severity: str
    package: str
    version: str
    score: str
    vector: str
    text: str


def _one(*told: str) -> Vulnerability:
    return Vulnerability(
        **dict(zip(("name", "severity", "package", "version", "score", "vector", "text"), told, strict=True))
    )


# Old acquaintances of BusyBox, which every image of Alpine has.
USUAL: Final = (
    _one("CVE-2025-46394", "LOW", "busybox", "1.37.0-r18", "3.2", "AV:L/AC:L/PR:N/UI:R/S:C/C:N/I:L/A:N",
         "tar can be made to hide names of files from a listing by escape sequences."),
    _one("CVE-2024-58251", "LOW", "busybox", "1.37.0-r18", "2.5", "AV:L/AC:H/PR:L/UI:N/S:U/C:N/I:N/A:L",
         "netstat passes escape sequences in names of programs on to the terminal."),
    _one("CVE-2025-46394", "LOW", "ssl_client", "1.37.0-r18", "3.2", "AV:L/AC:L/PR:N/UI:R/S:C/C:N/I:L/A:N",
         "tar can be made to hide names of files from a listing by escape sequences."),
    _one("CVE-2024-58251", "LOW", "ssl_client", "1.37.0-r18", "2.5", "AV:L/AC:H/PR:L/UI:N/S:U/C:N/I:N/A:L",
         "netstat passes escape sequences in names of programs on to the terminal."),
)  # fmt: skip

# What becomes known one day, and makes an image that was clean a bad one.
GRAVE: Final = (
    _one("CVE-2025-15467", "CRITICAL", "libcrypto3", "3.5.3-r1", "9.8", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
         "A crafted CMS message overflows a buffer on the stack while its parameters are read."),
    _one("CVE-2025-9230", "HIGH", "libcrypto3", "3.5.3-r1", "7.5", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
         "A crafted CMS message with a password reads and writes out of bounds."),
)  # fmt: skip


class Disclosed(Struct):
    """What has become known of an image, by repository and digest."""

    of: dict[tuple[str, str], tuple[Vulnerability, ...]] = field(default_factory=dict)


def usual_of(digest: str) -> tuple[Vulnerability, ...]:
    """Two to all of the usual ones, chosen by the image's content."""
    chosen = hashlib.sha256(digest.encode()).digest()
    kept = [one for place, one in enumerate(USUAL) if chosen[place] % 2]
    return tuple(kept) if len(kept) >= 2 else USUAL[:2]


def counts(found: tuple[Vulnerability, ...]) -> Mapping[str, int]:
    """Only the severities that there are, the worst first."""
    return {name: number for name in SEVERITIES if (number := sum(one.severity == name for one in found))}


def told(one: Vulnerability) -> dict[str, Any]:
    """As a basic scan tells it."""
    attributes = {
        "package_name": one.package,
        "package_version": one.version,
        "CVSS3_VECTOR": f"CVSS:3.1/{one.vector}",
        "CVSS3_SCORE": one.score,
    }
    return {
        "name": one.name,
        "description": one.text,
        "uri": f"https://security.alpinelinux.org/vuln/{one.name}",
        "severity": one.severity,
        "attributes": [{"key": key, "value": value} for key, value in attributes.items()],
    }
