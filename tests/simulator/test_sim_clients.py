"""Stock AWS clients against the healthy world."""

import json
from typing import Any

import pytest

from tests.support.simulator import Running

pytestmark = pytest.mark.slow

CLUSTER = "asharvi-backend-cluster"
SERVICES = ["asharvi-backend-staging", "asharvi-backend-prod"]


def _group(simulator: Running, name: str) -> Any:
    (group,) = simulator.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
    return group


def test_the_cli_knows_who_it_is(simulator: Running) -> None:
    """A session of the role on call."""
    identity = simulator.aws("sts", "get-caller-identity")
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/AsharviOnCall/on-call"


def test_the_cli_and_boto3_see_the_same_service(simulator: Running) -> None:
    """The two speak the same words to the same world."""
    words = ["ecs", "describe-services", "--cluster", CLUSTER, "--services", SERVICES[1]]
    (seen,) = simulator.aws(*words, "--query", "services[].[serviceName,status,runningCount,taskDefinition]")
    (service,) = simulator.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICES[1]])["services"]
    assert seen == [service[key] for key in ("serviceName", "status", "runningCount", "taskDefinition")]


def test_the_cli_sees_healthy_targets(simulator: Running) -> None:
    """Query protocol through the CLI."""
    arn = _group(simulator, "asharvi-backend-tg-stg")["TargetGroupArn"]
    found = simulator.aws(
        "elbv2",
        "describe-target-health",
        "--target-group-arn",
        arn,
        "--query",
        "TargetHealthDescriptions[].TargetHealth",
    )
    assert found == [{"State": "healthy"}, {"State": "healthy"}]


def test_services_are_stable(simulator: Running) -> None:
    """The waiter of boto3 passes at once."""
    waiter = simulator.client("ecs").get_waiter("services_stable")
    waiter.wait(cluster=CLUSTER, services=SERVICES, WaiterConfig={"Delay": 1, "MaxAttempts": 1})


def test_services_keep_what_the_guide_orders(simulator: Running) -> None:
    """What moto drops when a service is created is there."""
    for service in simulator.client("ecs").describe_services(cluster=CLUSTER, services=SERVICES)["services"]:
        configuration = service["deploymentConfiguration"]
        assert (configuration["minimumHealthyPercent"], configuration["maximumPercent"]) == (100, 200)
        assert configuration["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert configuration["alarms"]["enable"]
        assert configuration["alarms"]["rollback"]
        assert service["healthCheckGracePeriodSeconds"] == 60
        assert service["availabilityZoneRebalancing"] == "ENABLED"
        assert service["enableExecuteCommand"] is False
        assert service["events"][0]["message"].endswith("has reached a steady state.")
        (deployment,) = service["deployments"]
        assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "COMPLETED")


def test_every_service_has_a_release_that_succeeded(simulator: Running) -> None:
    """Its deployment, and the revision with the digest of the image that ECR holds."""
    ecs = simulator.client("ecs")
    for name in SERVICES:
        brief, former = ecs.list_service_deployments(cluster=CLUSTER, service=name)["serviceDeployments"]
        assert former["status"] == "SUCCESSFUL"  # what a rollback would go back to
        found = ecs.describe_service_deployments(serviceDeploymentArns=[brief["serviceDeploymentArn"]])
        (deployment,) = found["serviceDeployments"]
        assert deployment["status"] == "SUCCESSFUL"
        assert deployment["deploymentCircuitBreaker"] == {
            "status": "MONITORING_COMPLETE",
            "failureCount": 0,
            "threshold": 3,
        }
        revision = deployment["targetServiceRevision"]["arn"]
        (described,) = ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
        (image,) = described["containerImages"]
        images = simulator.client("ecr").describe_images(repositoryName=name, imageIds=[{"imageTag": "1.4.2"}])
        assert image["imageDigest"] == images["imageDetails"][0]["imageDigest"]


def test_tasks_run_in_two_zones_and_are_the_healthy_targets(simulator: Running) -> None:
    """What ECS runs is what the load balancer asks."""
    ecs = simulator.client("ecs")
    for name, group in zip(SERVICES, ("asharvi-backend-tg-stg", "asharvi-backend-tg-prod"), strict=True):
        arns = ecs.list_tasks(cluster=CLUSTER, serviceName=name, desiredStatus="RUNNING")["taskArns"]
        tasks = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
        addresses = {
            detail["value"]
            for task in tasks
            for detail in task["attachments"][0]["details"]
            if detail["name"] == "privateIPv4Address"
        }
        health = simulator.client("elbv2").describe_target_health(
            TargetGroupArn=_group(simulator, group)["TargetGroupArn"]
        )["TargetHealthDescriptions"]
        assert {task["group"] for task in tasks} == {f"service:{name}"}
        assert len({task["availabilityZone"] for task in tasks}) == 2
        assert {each["Target"]["Id"] for each in health} == addresses
        assert {each["Target"]["AvailabilityZone"] for each in health} == {t["availabilityZone"] for t in tasks}
        assert [each["TargetHealth"] for each in health] == [{"State": "healthy"}] * 2


def test_tasks_do_not_move_by_being_looked_at(simulator: Running) -> None:
    """moto would take a task one state further at each look."""
    ecs = simulator.client("ecs")
    arns = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICES[0])["taskArns"]
    seen = [ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] for _ in range(5)]
    assert {task["lastStatus"] for tasks in seen for task in tasks} == {"RUNNING"}


def test_secrets_hold_every_key_and_their_arns_stand_in_the_task_definitions(simulator: Running) -> None:
    """``valueFrom`` is the secret's ARN with its random end, the key, and no version."""
    secrets, ecs = simulator.client("secretsmanager"), simulator.client("ecs")
    for environment, family in (("staging", SERVICES[0]), ("prod", SERVICES[1])):
        secret = secrets.get_secret_value(SecretId=f"asharvi/backend/{environment}", VersionStage="AWSCURRENT")
        values = json.loads(secret["SecretString"])
        definition = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
        (container,) = definition["containerDefinitions"]
        assert len(values["JWT_SECRET"]) >= 32
        assert values["MONGO_URI"].startswith("mongodb+srv://")
        assert {each["name"]: each["valueFrom"] for each in container["secrets"]} == {
            key: f"{secret['ARN']}:{key}::" for key in values
        }


def test_security_groups_let_nothing_out_by_default(simulator: Running) -> None:
    """No rule of the guide's groups is for all protocols."""
    ec2 = simulator.client("ec2")
    filters = [{"Name": "tag:Project", "Values": ["asharvi"]}]
    groups = [group["GroupId"] for group in ec2.describe_security_groups(Filters=filters)["SecurityGroups"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    assert len(groups) == 3
    assert {rule["IpProtocol"] for rule in rules} == {"tcp"}


def test_interfaces_in_the_private_subnets_say_whose_they_are(simulator: Running) -> None:
    """Tasks and endpoints, in their own groups; moto would leave them nameless in the default group."""
    ec2 = simulator.client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["asharvi-backend-private-*"]}])["Subnets"]
    filters = [{"Name": "subnet-id", "Values": [each["SubnetId"] for each in subnets]}]
    interfaces = ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    kinds = {(each["InterfaceType"], each["Groups"][0]["GroupName"]) for each in interfaces}
    assert kinds == {("vpc_endpoint", "vpce-backend-sg"), ("interface", "ecs-backend-sg")}
    assert all(each["Description"].startswith(("VPC Endpoint Interface vpce-", "arn:aws:ecs:")) for each in interfaces)


def test_the_tag_index_has_every_resource_of_the_backend_on_its_pages(simulator: Running) -> None:
    """Repositories and endpoints too, which moto's index leaves out."""
    pages = simulator.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = pages.paginate(
        TagFilters=[{"Key": "Project", "Values": ["asharvi"]}], PaginationConfig={"PageSize": 7}
    ).build_full_result()["ResourceTagMappingList"]
    parts = [each["ResourceARN"].split(":", 5) for each in found]
    kinds = {f"{part[2]}:{part[5][:4]}" for part in parts}
    assert len({each["ResourceARN"] for each in found}) == len(found)
    wanted = {"ecr:repo", "ecs:clus", "ecs:serv", "elasticloadbalancing:load", "elasticloadbalancing:targ", "logs:log-"}
    assert wanted | {"ec2:vpc/", "ec2:subn", "ec2:secu", "ec2:vpc-", "sns:asha", "secretsmanager:secr"} <= kinds
    for each in found:
        assert {"Project", "Component", "Environment"} <= {tag["Key"] for tag in each["Tags"]}


def test_iam_judges_what_the_operator_may_do(simulator: Running) -> None:
    """Reading everywhere, the two secrets alone, and no change at all."""
    iam = simulator.client("iam")
    role = iam.get_role(RoleName="AsharviOnCall")["Role"]["Arn"]
    secret = simulator.client("secretsmanager").describe_secret(SecretId="asharvi/backend/prod")["ARN"]

    def decide(action: str, resource: str) -> str:
        answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource])
        (result,) = answer["EvaluationResults"]
        decision: str = result["EvalDecision"]
        return decision

    assert decide("ecs:DescribeServices", "*") == "allowed"
    assert decide("ecs:UpdateService", "*") == "implicitDeny"
    assert decide("secretsmanager:GetSecretValue", secret) == "allowed"
    assert decide("secretsmanager:GetSecretValue", secret.replace("backend", "other")) == "implicitDeny"


def test_the_region_and_its_zones_are_there(simulator: Running) -> None:
    """What moto's account service lacks."""
    status = simulator.client("account").get_region_opt_status(RegionName="ap-south-1")
    filters = [
        {"Name": "region-name", "Values": ["ap-south-1"]},
        {"Name": "zone-type", "Values": ["availability-zone"]},
    ]
    zones = simulator.client("ec2").describe_availability_zones(Filters=filters)["AvailabilityZones"]
    assert status["RegionOptStatus"] == "ENABLED_BY_DEFAULT"
    assert len({zone["ZoneId"] for zone in zones if zone["State"] == "available"}) == 3


def test_settings_of_a_cluster_come_only_when_asked_for(simulator: Running) -> None:
    """As AWS does, so that a reader that forgets to ask is found out."""
    ecs = simulator.client("ecs")
    (bare,) = ecs.describe_clusters(clusters=[CLUSTER])["clusters"]
    (full,) = ecs.describe_clusters(clusters=[CLUSTER], include=["SETTINGS", "TAGS"])["clusters"]
    assert "settings" not in bare
    assert full["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert (full["activeServicesCount"], full["runningTasksCount"]) == (2, 4)


def test_a_scan_of_an_image_ends_and_the_stock_waiter_sees_it(simulator: Running) -> None:
    """A started scan is under way, and complete for boto3's own waiter when its time has passed."""
    ecr = simulator.client("ecr")
    (first, *_) = ecr.describe_images(repositoryName="asharvi-backend-prod")["imageDetails"]
    image = {"imageDigest": first["imageDigest"]}
    started = ecr.start_image_scan(repositoryName="asharvi-backend-prod", imageId=image)
    assert started["imageScanStatus"]["status"] == "IN_PROGRESS"
    simulator.advance(21)
    waiter = ecr.get_waiter("image_scan_complete")
    waiter.wait(repositoryName="asharvi-backend-prod", imageId=image, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    found = ecr.describe_image_scan_findings(repositoryName="asharvi-backend-prod", imageId=image)
    assert found["imageScanStatus"]["status"] == "COMPLETE"
