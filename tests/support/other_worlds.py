"""Healthy worlds in which checks ask what they need not ask in the guide's own: for what no mutation shows."""

import json
from collections.abc import Callable, Mapping

from runbook_tui.simulator.ecr.scans import Scans
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.seed.people import MACHINE
from tests.support.changes import PROD, close
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


def codepipeline(world: Standing) -> None:
    world.change_site("cicd", kind="codepipeline", pipelines={"staging": "backend-staging", "prod": "backend-prod"})


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


OTHER_WORLDS: Mapping[str, tuple[Callable[[Standing], None], ...]] = {
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
