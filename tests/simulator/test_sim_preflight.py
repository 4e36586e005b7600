"""A browser's preflight, answered by the simulated application as its CORS_ORIGIN says."""

import json
from collections.abc import Iterator

import pytest

from runbook_tui.aws.probe import Answer, Failure, Ingress, Probe
from runbook_tui.simulator.names import ENVIRONMENTS
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow
PROD = ENVIRONMENTS["prod"]
ALLOWED = "access-control-allow-origin"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


def preflight(inside: Inside) -> Answer | Failure:
    way_in = inside.simulator.ingress
    probe = Probe(Ingress(http=way_in.http, https=way_in.https, ca=way_in.ca))
    return probe.preflight(f"https://{PROD.host}/", origin="https://asharvi.test")


def test_the_configured_origin_is_let_in(inside: Inside) -> None:
    """The header names the origin of the secret, whoever asks."""
    found = preflight(inside)
    assert isinstance(found, Answer)
    assert (found.status, found.headers[ALLOWED]) == (204, "https://asharvi.test")


def test_without_an_origin_no_browser_is_let_in(inside: Inside) -> None:
    """Tasks that start with an empty CORS_ORIGIN answer a preflight without the header."""
    secrets = inside.client("secretsmanager")
    text = json.loads(secrets.get_secret_value(SecretId=PROD.secret_name)["SecretString"])
    secrets.put_secret_value(SecretId=PROD.secret_name, SecretString=json.dumps({**text, "CORS_ORIGIN": ""}))
    inside.client("ecs").update_service(
        cluster="asharvi-backend-cluster", service=PROD.service, forceNewDeployment=True
    )
    inside.wait(900)
    found = preflight(inside)
    assert isinstance(found, Answer)
    assert ALLOWED not in found.headers
