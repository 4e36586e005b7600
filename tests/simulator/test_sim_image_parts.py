"""The parts of images, had from the simulated registry as from the real one."""

import hashlib
import json
from collections.abc import Iterator

import pytest

from runbook_tui.aws.probe import Answer, Ingress, Probe
from runbook_tui.simulator.names import ENVIRONMENTS
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow
REPOSITORY = ENVIRONMENTS["prod"].ecr_repo


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


def test_a_configuration_can_be_downloaded(inside: Inside) -> None:
    """The manifest names it, ECR tells where it lies, and what lies there has the digest that was named."""
    ecr = inside.client("ecr")
    found = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "1.4.2"}])
    digest = json.loads(found["images"][0]["imageManifest"])["config"]["digest"]
    url = ecr.get_download_url_for_layer(repositoryName=REPOSITORY, layerDigest=digest)["downloadUrl"]
    way_in = inside.simulator.ingress
    answer = Probe(Ingress(http=way_in.http, https=way_in.https, ca=way_in.ca)).get(url)
    assert isinstance(answer, Answer)
    assert f"sha256:{hashlib.sha256(answer.body).hexdigest()}" == digest
    assert any(each.startswith("NODE_VERSION=") for each in json.loads(answer.body)["config"]["Env"])


def test_what_is_not_there_is_said(inside: Inside) -> None:
    """An absent image is a failure that names it as it was asked for; an absent part is an error."""
    ecr = inside.client("ecr")
    found = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "0.0.0"}])
    assert found["images"] == []
    assert found["failures"][0]["imageId"] == {"imageTag": "0.0.0"}
    with pytest.raises(ecr.exceptions.LayersNotFoundException):
        ecr.get_download_url_for_layer(repositoryName=REPOSITORY, layerDigest="sha256:" + "0" * 64)
