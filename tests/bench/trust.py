"""A certificate for the recorded answers, and a bundle as big as the one that AWS clients really read."""

import ssl
from pathlib import Path

from botocore.httpsession import get_cert_path

from tests.support.certificates import authority


def context_and_bundle(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The server's context, and a PEM file that holds botocore's own authorities and the one that signed it."""
    bundle = folder / "bundle.pem"
    bundle.write_text(f"{Path(get_cert_path(verify=True)).read_text()}\n{authority().pem}")
    return authority().server("127.0.0.1"), bundle
