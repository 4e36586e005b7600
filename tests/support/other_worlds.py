"""Healthy worlds in which checks ask what they need not ask in the guide's own: for what no mutation shows."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Dynamodb, Table
from runbook_tui.simulator.ecr.scans import Scans
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.seed.people import MACHINE
from runbook_tui.simulator.wire import Call
from runbook_tui.simulator.world import Rule
from tests.support.changes import PROD, close, listener, trust
from tests.support.standing import Standing

ROLES = (SITE.frontend.role, SITE.iam.cicd_role, SITE.iam.task_role_of("prod"))


def managed_policies(world: Standing) -> None:
    """Roles with a policy of their own beside the inline one."""
    iam = world.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::asharvi-site/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_policy(PolicyName="site", PolicyDocument=document)["Policy"]["Arn"]
    for role in ROLES:
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def own_keys(world: Standing) -> None:
    """Secret and topic are encrypted with keys of the customer's."""
    key = world.client("kms").create_key(Description="of the backend")["KeyMetadata"]["KeyId"]
    world.client("secretsmanager").update_secret(SecretId=PROD.secret_name, KmsKeyId=key)
    topic = world.world.arn("sns", SITE.obs.topic)
    world.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)


def access_keys(world: Standing) -> None:
    world.change_site("cicd", auth="access_keys")
    world.change_site("iam", cicd_users=(MACHINE,))


def _stage(name: str, category: str, provider: str) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actions": [{"name": name.lower(), "actionTypeId": kind, "configuration": {}}]}


def codepipeline(world: Standing) -> None:
    names = {name: f"backend-{name}" for name in world.site.environments}
    role = f"arn:aws:iam::{world.world.account}:role/{SITE.iam.cicd_role}"
    trust(world, SITE.iam.cicd_role, _codepipeline_s)
    for name in names.values():
        world.client("codepipeline").create_pipeline(
            pipeline={
                "name": name,
                "roleArn": role,
                "artifactStore": {"type": "S3", "location": "asharvi-artifacts"},
                "stages": [_stage("Source", "Source", "CodeStarSourceConnection"), _stage("Deploy", "Deploy", "ECS")],
            }
        )
    world.change_site("cicd", kind="codepipeline", pipelines=names)


def _codepipeline_s(statement: dict[str, Any]) -> None:
    statement |= {"Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
    statement.pop("Condition", None)


def tables(world: Standing) -> None:
    """The data is in DynamoDB, and parameters name the table."""
    world.client("dynamodb").create_table(
        TableName="asharvi-orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    named = Dynamodb(tables=(Table(name="asharvi-orders", pk="id"),), min_image_tag="1.4.1")
    world.change_site("db", kind="dynamodb", dynamodb=named)
    world.change_site("params", enabled=True)


def privatelink(world: Standing) -> None:
    """An interface endpoint stands in for the one of Atlas."""
    logs = f"com.amazonaws.{world.site.aws.region}.logs"
    world.change_site("db", atlas=replace(world.site.db.atlas, connectivity="privatelink", endpoint_service=logs))


def failed_pipeline(world: Standing) -> None:
    """Its deployment names no service."""
    codepipeline(world)
    for name in world.site.cicd.pipelines.values():
        world.client("codepipeline").start_pipeline_execution(name=name)
    world.wait(1200)


def _refusing(service: str, operation: str, code: str) -> Callable[[Standing], None]:
    """AWS does not know an operation, or what it is asked for, and another one can stand in."""

    def refuse(_call: Call) -> None:
        raise Refused(code, f"{operation}: no such thing", 400)

    def change(world: Standing) -> None:
        world.world.rules.append(Rule(service=service, operation=operation, before=refuse))

    return change


def closed_to_the_tasks(world: Standing) -> None:
    close(world, SITE.net.sg_alb, SITE.app.port, egress=True)


def never_scanned(world: Standing) -> None:
    world.world.store(Scans).of.clear()


def own_metrics(world: Standing) -> None:
    """The application writes metrics of its own from its log."""
    world.change_site("obs", metric_filters=("logins",), metric_namespace="asharvi")
    value = {"metricName": "logins", "metricNamespace": "asharvi", "metricValue": "1"}
    world.client("logs").put_metric_filter(
        logGroupName=PROD.log_group, filterName="logins", filterPattern="login", metricTransformations=[value]
    )


def https_comes_later(world: Standing) -> None:
    """The certificate is there before the listener that is to show it."""
    world.client("elbv2").delete_listener(ListenerArn=listener(world, 443))


OTHER_WORLDS: Mapping[str, tuple[Callable[[Standing], None], ...]] = {
    "acm.cert.covers": (https_comes_later,),
    "acm.cert.expiry": (https_comes_later,),
    "acm.cert.validation-record": (https_comes_later,),
    "atlas.connectivity.privatelink": (privatelink,),
    "cicd.approval": (codepipeline,),
    "cicd.github-secrets": (access_keys,),
    "cicd.last-run": (codepipeline, failed_pipeline),
    "cicd.stages": (codepipeline,),
    "dynamo.app-modified": (tables,),
    "dynamo.capacity": (tables,),
    "dynamo.endpoint": (tables,),
    "dynamo.pitr": (tables,),
    "dynamo.secret-keys": (tables,),
    "dynamo.tables.active": (tables,),
    "ecs.quota": (_refusing("service-quotas", "GetServiceQuota", "NoSuchResourceException"),),
    "roll.log-errors": (_refusing("logs", "StartQuery", "NotSimulated"),),
    "roll.rollback-target": (_refusing("ecs", "ListServiceDeployments", "NotSimulated"),),
    "ecr.scan-findings": (never_scanned,),
    "iam.cicd-role.least-privilege": (managed_policies, access_keys),
    "iam.cicd-role.permissions": (access_keys, codepipeline),
    "iam.cicd-role.trust-codepipeline": (codepipeline,),
    "iam.exec-role.secrets": (own_keys,),
    "iam.frontend-role.services-only": (managed_policies,),
    "iam.policy-lint": (managed_policies,),
    "iam.task-role.least-privilege": (managed_policies,),
    "logs.metric-filters": (own_metrics,),
    "secret.kms": (own_keys,),
    "sg.alb.egress-app": (closed_to_the_tasks,),
    "sns.topic": (own_keys,),
}
