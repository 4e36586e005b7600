"""Images: as they are named, what their manifests say, what ECR answers of them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.image_manifest import ImageConfig, Manifest
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.aws.facts.images import ImageFacts
from tests.support.facts import answers
from tests.support.mutation import mutated

HOST = "123456789012.dkr.ecr.ap-south-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64
INDEX = {
    "mediaType": "application/vnd.oci.image.index.v1+json",
    "manifests": [
        {"digest": "sha256:amd", "platform": {"architecture": "amd64", "os": "linux"}},
        {"digest": "sha256:arm", "platform": {"architecture": "arm64", "os": "linux"}},
        {"digest": "sha256:att", "platform": {"architecture": "unknown", "os": "unknown"}},
    ],
}
CONFIG = {
    "config": {"Env": ["PATH=/bin", "NODE_VERSION=24.1.0"], "Labels": {"org.opencontainers.image.base.name": "n"}}
}


@pytest.mark.parametrize(
    ("text", "host", "repository", "tag", "digest"),
    [
        (f"{HOST}/backend:1.4", HOST, "backend", "1.4", ""),
        (f"{HOST}/team/backend@{DIGEST}", HOST, "team/backend", "", DIGEST),
        (f"{HOST}/backend:1.4@{DIGEST}", HOST, "backend", "1.4", DIGEST),
        (f"{HOST}/backend", HOST, "backend", "", ""),
        ("localhost:5000/backend:1", "localhost:5000", "backend", "1", ""),
        ("node:24", "docker.io", "node", "24", ""),
        ("library/node", "docker.io", "library/node", "", ""),
        ("", "docker.io", "", "", ""),
    ],
)
def test_a_reference_is_read(text: str, host: str, repository: str, tag: str, digest: str) -> None:
    """Host, repository, tag and digest are told apart, a registry's port from a tag."""
    assert read_image(text) == ImageReference(host=host, repository=repository, tag=tag, digest=digest)


@pytest.mark.parametrize(
    ("host", "account", "region"),
    [
        (HOST, "123456789012", "ap-south-1"),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "123456789012", "us-gov-west-1"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "123456789012", "cn-north-1"),
        ("123456789012.dkr-ecr.ap-south-1.on.aws", "123456789012", "ap-south-1"),
        (f"{HOST}.evil.example", "", ""),
        ("docker.io", "", ""),
    ],
)
def test_the_account_of_a_registry(host: str, account: str, region: str) -> None:
    """A host is ECR's in all its forms, and no other host is."""
    found = ImageReference(host=host, repository="x")
    assert (found.account, found.region) == (account, region)


_NAMES = st.from_regex(r"[a-z0-9]+([._/-][a-z0-9]+){0,3}", fullmatch=True)


@given(_NAMES, st.from_regex(r"|[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True), st.sampled_from(["", DIGEST]))
def test_a_reference_that_is_written_is_read_back(repository: str, tag: str, digest: str) -> None:
    """Whatever repository, tag and digest are put together come apart again."""
    text = f"{HOST}/{repository}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
    assert read_image(text) == ImageReference(host=HOST, repository=repository, tag=tag, digest=digest)


@given(st.text(max_size=80))
def test_any_reference_can_be_read(text: str) -> None:
    """Whatever stands in ``image``, reading it does not fail, and it can be asked for."""
    assert len(read_image(text).image_id) == 1


def test_an_index_names_its_platforms() -> None:
    """Architectures of Linux images, without attestations, each with its digest."""
    found = Manifest.from_text(json.dumps(INDEX))
    assert (found.is_index, found.architectures) == (True, ("amd64", "arm64"))
    assert (found.image_for("arm64"), found.image_for("s390x")) == ("sha256:arm", "")


def test_a_single_manifest_names_none() -> None:
    """The manifest of one image points at its configuration and tells no platform."""
    found = Manifest.from_text(json.dumps({"config": {"digest": "sha256:c"}, "layers": []}))
    assert (found.is_index, found.architectures) == (False, ())
    assert found.config is not None
    assert found.config.digest == "sha256:c"


@pytest.mark.parametrize(
    ("config", "version", "base"),
    [(CONFIG, "24.1.0", "n"), ({"config": {"Env": None, "Labels": None}}, "", ""), ({"config": None}, "", "")],
)
def test_a_configuration_tells_its_node(config: dict[str, Any], version: str, base: str) -> None:
    """NODE_VERSION and the base image's label, empty where the build left them out."""
    assert ImageConfig.from_text(json.dumps(config)) == ImageConfig(node_version=version, base_name=base)


@given(st.data(), st.sampled_from([INDEX, CONFIG]))
def test_no_shape_of_a_part_breaks_its_reading(data: st.DataObject, part: Any) -> None:
    """A part of an image that went wrong is read as far as it goes, or said to be unreadable."""
    text = json.dumps(data.draw(mutated(part)), default=str)
    for read in (Manifest.from_text, ImageConfig.from_text):
        try:
            read(text)
        except Malformed:
            continue


@pytest.mark.parametrize("text", ["", "[]", "{", None, "[" * 20_000])
def test_what_is_no_json_object_is_malformed(text: Any) -> None:
    """Nothing is made of a part that is not JSON."""
    with pytest.raises(Malformed):
        Manifest.from_text(text)


def facts(operation: str, answer: Any) -> ImageFacts:
    return ImageFacts(answers({("ecr", operation): answer}))


IMAGE = read_image(f"{HOST}/backend:1.4")


def test_an_image_that_is_not_there_is_none() -> None:
    """ECR names it among the failures, or says that there is no such image: both are no image."""
    failure = {"imageId": {"imageTag": "1.4"}, "failureCode": "ImageNotFound"}
    assert facts("batch_get_image", {"images": [], "failures": [failure]}).manifest(IMAGE) is None
    assert facts("describe_images", Missing("ecr:image", "1.4")).detail(IMAGE) is None


def test_a_repository_that_is_not_there_is_missing() -> None:
    """That is not the image's own absence."""
    gone = Missing("ecr:repository", "backend")
    for read in (facts("batch_get_image", gone).manifest, facts("describe_images", gone).detail):
        with pytest.raises(Missing) as caught:
            read(IMAGE)
        assert caught.value.kind == "ecr:repository"


def test_an_image_that_ecr_cannot_give_is_malformed() -> None:
    """A failure other than its absence decides nothing."""
    with pytest.raises(Malformed):
        facts("batch_get_image", {"images": [], "failures": [{"failureCode": "KmsError"}]}).manifest(IMAGE)


@pytest.mark.parametrize("answer", [{}, {"downloadUrl": "http://elsewhere.example/"}, {"downloadUrl": 3}])
def test_a_download_address_is_https(answer: Any) -> None:
    """Nothing is downloaded without TLS."""
    with pytest.raises(Malformed):
        facts("get_download_url_for_layer", answer).download_url("backend", DIGEST)
