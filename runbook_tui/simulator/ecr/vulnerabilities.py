"""What a basic scan finds in an image: what is known of the packages that it holds. The same image, the same findings.

The weaknesses are real ones of Debian 12, which Node's slim images are made of; the words are our own.
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


# Nobody mends these: Debian calls them unimportant, and every image of it has some.
USUAL: Final = (
    _one("CVE-2022-0563", "MEDIUM", "util-linux", "2.38.1-5+deb12u3", "5.5", "AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N",
         "chfn and chsh, built with readline, can be led to read a file that their caller may not."),
    _one("CVE-2011-3374", "LOW", "apt", "2.6.1", "3.7", "AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N",
         "apt-key does not check keys against the master keyring as it should."),
    _one("CVE-2013-4392", "LOW", "systemd", "252.39-1~deb12u1", "3.3", "AV:L/AC:M/Au:N/C:P/I:P/A:N",
         "Permissions of files can be changed through a symbolic link while systemd updates them."),
    _one("CVE-2007-5686", "LOW", "shadow", "1:4.13+dfsg1-1", "4.9", "AV:L/AC:L/Au:N/C:C/I:N/A:N",
         "The log of failed sign-ins may be readable for local users."),
    _one("CVE-2010-4756", "LOW", "glibc", "2.36-9+deb12u13", "4.0", "AV:N/AC:L/Au:S/C:N/I:N/A:P",
         "A crafted pattern makes glob() use much memory and time."),
)  # fmt: skip

# What becomes known one day, and makes an image that was clean a bad one.
GRAVE: Final = (
    _one("CVE-2023-45853", "CRITICAL", "zlib", "1:1.2.13.dfsg-1", "9.8", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
         "MiniZip overflows a buffer on the heap when a file name, comment or extra field is too long."),
    _one("CVE-2023-44487", "HIGH", "nghttp2", "1.52.0-1", "7.5", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
         "HTTP/2 streams that are opened and reset at once exhaust the server."),
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
    standard = "CVSS2" if "/Au:" in one.vector else "CVSS3"
    attributes = {
        "package_name": one.package,
        "package_version": one.version,
        f"{standard}_VECTOR": one.vector if standard == "CVSS2" else f"CVSS:3.1/{one.vector}",
        f"{standard}_SCORE": one.score,
    }
    return {
        "name": one.name,
        "description": one.text,
        "uri": f"https://security-tracker.debian.org/tracker/{one.name}",
        "severity": one.severity,
        "attributes": [{"key": key, "value": value} for key, value in attributes.items()],
    }
