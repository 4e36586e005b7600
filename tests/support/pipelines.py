"""A world that releases by CodePipeline: one pipeline an environment, production's with an approval."""

import json
from typing import Any

from msgspec.structs import replace

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.site import Site
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client


def with_pipelines(simulator: Simulator) -> Site:
    """The pipelines are made; the simulator's site, that names them."""
    site = load_site(simulator.site_path)
    trust = {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client(simulator, "iam").update_assume_role_policy(
        RoleName=site.iam.cicd_role, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    names = {name: f"backend-{name}" for name in site.environments}
    for name in names:
        client(simulator, "codepipeline").create_pipeline(pipeline=_definition(simulator, site, name))
    return replace(site, cicd=replace(site.cicd, kind="codepipeline", pipelines=names))


def _definition(simulator: Simulator, site: Site, environment: str) -> dict[str, Any]:
    service = site.environments[environment].service
    approval = [_stage("Approve", "Approval", "Manual")] if environment == "prod" else []
    return {
        "name": f"backend-{environment}",
        "roleArn": f"arn:aws:iam::{simulator.world.account}:role/{site.iam.cicd_role}",
        "artifactStore": {"type": "S3", "location": "asharvi-artifacts"},
        "stages": [
            _stage("Source", "Source", "CodeStarSourceConnection"),
            _stage("Build", "Build", "CodeBuild", ProjectName="backend"),
            *approval,
            _stage("Deploy", "Deploy", "ECS", ClusterName=site.ecs.cluster, ServiceName=service),
        ],
    }


def _stage(name: str, category: str, provider: str, **configuration: str) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actions": [{"name": name.lower(), "actionTypeId": kind, "configuration": configuration}]}
