"""Prowler's checks of the same endpoint, where Prowler is installed."""

import shutil
from collections.abc import Iterator
from statistics import median

from tests.bench.bench import Bench, clean_environment
from tests.bench.budget import Row, milliseconds
from tests.bench.timing import run_process

WHAT = "sweep of all checks : Prowler's checks of the same services on the same endpoint"
SERVICES = ("iam", "vpc", "ec2", "secretsmanager", "ecr", "ecs", "elbv2", "acm", "cloudwatch")


def measure(bench: Bench) -> Iterator[Row]:
    prowler = shutil.which("prowler")
    if prowler is None:
        yield Row(what=WHAT, allowed=1 / 15, missing="prowler is not installed")
        return
    world = bench.world
    environment = {
        **clean_environment(),
        "AWS_ENDPOINT_URL": world["endpoint_url"],
        "AWS_ACCESS_KEY_ID": world["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": world["secret_access_key"],
        "AWS_DEFAULT_REGION": world["region"],
    }
    theirs = [prowler, "aws", "-f", world["region"], "-s", *SERVICES, "-M", "csv", "-o", str(bench.folder / "prowler")]
    ours = [*bench.program, "check", "--site", world["site"], "--format", "json"]
    walls: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(min(2, bench.sizes.sweep_rounds)):
        walls["ours"].append(run_process(ours, clean_environment()).wall)
        walls["theirs"].append(run_process(theirs, environment).wall)
    mine, other = median(walls["ours"]), median(walls["theirs"])
    yield Row(
        what=WHAT,
        measured=mine / other,
        allowed=1 / 15,
        detail=f"{milliseconds(mine)}; Prowler {milliseconds(other)}, whole processes",
    )
