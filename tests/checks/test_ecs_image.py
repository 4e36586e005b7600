"""The image of the container: its repository, its platform, its Node.js."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.probe import Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.site import Aws as AwsSection
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, FakeProbe, asked_by, healthy, judged, with_container
from tests.support.backend_site import ACCOUNT, PROD, REGION, STAGING, site_with
from tests.support.facts import NOON, Answers, FakeReader, with_answer
from tests.support.raw_ecs import container, task_definition
from tests.support.raw_release import config_page, manifest

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
OWN = f"{HOST}/{PROD.ecr_repo}"
DIGEST = "sha256:" + "b" * 64


def of(image: str) -> Answers:
    return with_container(image=image)


def repository_cases() -> Iterator[Case]:
    check = "ecs.taskdef.image-repo"
    yield Case(check=check, status=PASS, given=healthy(), says=(PROD.ecr_repo, "1a2b3c4"))
    yield Case(check=check, status=PASS, given=of(f"{OWN}@{DIGEST}"))
    yield Case(check=check, status=PASS, given=of(f"{OWN}:latest@{DIGEST}"))
    for loose in (OWN, f"{OWN}:latest"):
        yield Case(check=check, status=WARN, given=of(loose), says=("whatever was pushed last",))
    yield Case(check=check, status=FAIL, given=of(f"{HOST}/{STAGING.ecr_repo}:1"), says=("repository of staging",))
    for foreign in (
        "node:24",
        f"{HOST}/another:1",
        f"999999999999.dkr.ecr.{REGION}.amazonaws.com/{PROD.ecr_repo}:1",
        f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{PROD.ecr_repo}:1",
    ):
        yield Case(check=check, status=FAIL, given=of(foreign), says=("not of asharvi-backend-prod",))
    unsaid = site_with(aws=AwsSection(region=REGION))
    yield Case(check=check, status=PASS, given=healthy(), site=unsaid)


def index(*architectures: str) -> Mapping[str, Any]:
    return {
        "manifests": [
            {"digest": f"sha256:{one}", "platform": {"architecture": one, "os": "linux"}} for one in architectures
        ]
    }


def defined(given: Answers | None = None, **changes: Any) -> Answers:
    raw = {"taskDefinition": task_definition(**changes)}
    return with_answer(given or healthy(), "ecs", "describe_task_definition", raw)


def with_manifest(given: Any) -> Answers:
    return with_answer(healthy(), "ecr", "batch_get_image", manifest(given))


ABSENT = with_answer(
    healthy(), "ecr", "batch_get_image", {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}
)
ARM = {"cpuArchitecture": "ARM64"}


def fargate_cases() -> Iterator[Case]:
    check = "ecs.taskdef.fargate"
    yield Case(check=check, status=PASS, given=healthy(), says=("awsvpc, X86_64",))
    yield Case(check=check, status=PASS, given=defined(requiresCompatibilities=[]))
    neither = defined(compatibilities=["EC2"], requiresCompatibilities=["EC2"])
    yield Case(check=check, status=FAIL, given=neither, says=("cannot run on Fargate",))
    yield Case(check=check, status=FAIL, given=defined(networkMode="bridge"), says=("network mode bridge",))
    yield Case(check=check, status=PASS, given=with_manifest(index("amd64", "arm64")))
    bare = task_definition()
    del bare["runtimePlatform"]
    old = with_answer(with_manifest(index("amd64")), "ecs", "describe_task_definition", {"taskDefinition": bare})
    yield Case(check=check, status=PASS, given=old)
    only_arm = with_manifest(index("arm64"))
    yield Case(check=check, status=WARN, given=only_arm, says=("for linux/arm64, the task wants X86_64",))
    wants_arm = defined(with_manifest(index("amd64")), runtimePlatform=ARM)
    yield Case(check=check, status=WARN, given=wants_arm, says=("linux/amd64, the task wants ARM64",))
    yield Case(check=check, status=PASS, given=defined(runtimePlatform=ARM))  # one manifest names no platform
    yield Case(check=check, status=UNKNOWN, given=ABSENT, says=("ECR has no such image",))
    yield Case(check=check, status=PASS, given=of("node:24"))


def config(node: str = "", base: str = "") -> Any:
    env = [f"NODE_VERSION={node}"] if node else []
    labels = {"org.opencontainers.image.base.name": base} if base else {}
    return config_page({"config": {"Env": env, "Labels": labels}})


def per_architecture(**asked: Any) -> Mapping[str, Any]:
    """An index by its tag; the image of amd64 by its digest."""
    (wanted,) = asked["imageIds"]
    return manifest(index("amd64", "arm64")) if "imageTag" in wanted else manifest()


def node_cases() -> Iterator[Case]:
    check = "ecs.taskdef.node-version"
    yield Case(check=check, status=PASS, given=healthy(), says=("Node.js 24, mended until 2028-04-30",))
    several = with_answer(healthy(), "ecr", "batch_get_image", per_architecture)
    yield Case(check=check, status=PASS, given=several)
    yield Case(check=check, status=FAIL, given=healthy(), page=config("18.20.4"), says=("18", "2025-04-30"))
    yield Case(check=check, status=FAIL, given=healthy(), page=config("20.1.0"), says=("2026-04-30",))
    yield Case(check=check, status=FAIL, given=healthy(), page=config("v16.0.0"), says=("Node.js 16",))
    yield Case(check=check, status=WARN, given=healthy(), page=config("22.1.0"), says=("the site expects 24",))
    yield Case(check=check, status=WARN, given=healthy(), page=config("99.0.0"), says=("not in the calendar",))
    yield Case(check=check, status=WARN, given=healthy(), page=config("27.0.0"), says=("no LTS line",))
    yield Case(check=check, status=PASS, given=healthy(), page=config(base="docker.io/library/node:24-alpine"))
    yield Case(check=check, status=FAIL, given=healthy(), page=config(base="node:18"), says=("Node.js 18",))
    for base in ("", "alpine:3.20", "nodejs:24", "node:lts"):
        yield Case(check=check, status=WARN, given=healthy(), page=config(base=base), says=("not known",))
    gone = Missing("ecr:layers", "sha256:c0")
    lost = with_answer(healthy(), "ecr", "get_download_url_for_layer", gone)
    yield Case(check=check, status=UNKNOWN, given=lost, says=("not have its configuration", "nobody has attested"))
    timeout = Failure(kind="timeout", text="late")
    yield Case(check=check, status=UNKNOWN, given=healthy(), page=timeout, says=("downloaded (timeout)",))
    yield Case(check=check, status=UNKNOWN, given=healthy(), page=config_page(status=403), says=("with 403",))
    yield Case(check=check, status=UNKNOWN, given=healthy(), page=config_page(truncated=True), says=("64 kB",))
    yield Case(check=check, status=UNKNOWN, given=healthy(), page=config_page(body=b"<html>"), says=("not JSON",))
    yield Case(check=check, status=UNKNOWN, given=ABSENT, says=("ECR has no such image",))
    yield Case(check=check, status=UNKNOWN, given=of("node:24"), says=("not in the account's registry",))
    yield Case(check=check, status=UNKNOWN, given=with_manifest(index("arm64")), says=("no image for linux/amd64",))
    yield Case(check=check, status=UNKNOWN, given=with_manifest({"layers": []}), says=("names no configuration",))
    annotated = {
        "config": {"digest": "sha256:c0"},
        "annotations": {"org.opencontainers.image.base.name": "docker.io/library/node:24"},
    }
    yield Case(check=check, status=PASS, given=with_manifest(annotated), page=timeout)


CASES = [*repository_cases(), *fargate_cases(), *node_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_an_image(case: Case) -> None:
    """Each image in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_image_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_no_address_of_a_download_is_told() -> None:
    """It is signed: whoever has it has the image."""
    verdict, _ = judged(Case(check="ecs.taskdef.node-version", status=PASS, given=healthy()))
    assert "signed" not in json.dumps(verdict.evidence)
    assert "starport" not in str(verdict)


class Stated:
    def attested(self, check: str, environment: str) -> Attestation | None:
        return Attestation(
            check=check,
            environment=environment,
            text="built on node:24",
            by="asha",
            at=NOON,
            expires=NOON.date(),
        )


def test_an_operator_may_tell_what_the_image_does_not() -> None:
    """A statement stands in for a configuration that cannot be had, and is marked as one."""
    aws = Aws(FakeReader(ABSENT), FakeProbe(config_page()), lambda: NOON, Stated())  # type: ignore[arg-type]
    verdict = ask(all_checks()["ecs.taskdef.node-version"], aws, site_with(), "prod")
    assert (verdict.status, verdict.attested) == (WARN, True)


def test_the_end_of_a_line_is_told_90_days_before() -> None:
    """Node.js 22 ends on 2027-04-30."""
    from datetime import UTC, datetime

    given = healthy()
    for day, says in ((datetime(2027, 1, 30, tzinfo=UTC), False), (datetime(2027, 2, 1, tzinfo=UTC), True)):
        probe = FakeProbe(config("22.1.0"))
        aws = Aws(FakeReader(given), probe, lambda day=day: day)  # type: ignore[arg-type,misc]
        verdict = ask(all_checks()["ecs.taskdef.node-version"], aws, site_with(), "prod")
        assert ("reaches its end of life on 2027-04-30" in verdict.because) is says


def test_a_sidecar_s_image_is_nobody_s_business() -> None:
    """The container of the site counts, not an agent beside it."""
    agent = container(name="agent", image="public.ecr.aws/xray/daemon:latest")
    given = defined(containerDefinitions=[agent, container()])
    assert judged(Case(check="ecs.taskdef.image-repo", status=PASS, given=given))[0].status is PASS
