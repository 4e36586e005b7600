"""Trail, rotations, costs, sessions and tags: each put right, taken back, and refused when somebody was faster."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.plan import Risk
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.cost.ledger import Ledger
from runbook_tui.simulator.names import SITE
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench, fixes, role
from tests.support.stepped import CLUSTER
from tests.support.undoable import made_and_undone

pytestmark = pytest.mark.slow

FAIL, WARN, PASS = Status.FAIL, Status.WARN, Status.PASS
RULE, TRAIL, BUDGET = "asharvi-backend-secret-rotation", "asharvi-trail", "asharvi-backend-monthly"


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def told(world: Bench, folder: Path, action: str, inputs: dict[str, str]) -> str:
    acting = Acting(world.kit, folder, one_step(action), "prod", "told")
    try:
        change = acting.planned(**inputs)
        assert change.stage is Stage.REFUSED
        return change.reason
    finally:
        acting.close()


def test_a_trail_that_was_stopped_records_again(world: Bench, tmp_path: Path) -> None:
    """It cannot make up for what it missed."""
    trail = world.client("cloudtrail")
    trail.stop_logging(Name=TRAIL)
    fixes(
        world,
        tmp_path,
        "cloudtrail.start-logging",
        lambda: trail.get_trail_status(Name=TRAIL)["IsLogging"],
        {"review.trail": FAIL},
    )


def test_an_account_without_a_trail_gets_one(world: Bench, tmp_path: Path) -> None:
    """With a bucket of its own, into which CloudTrail alone may write; both go again."""
    trail, s3 = world.client("cloudtrail"), world.client("s3")
    trail.delete_trail(Name=TRAIL)
    (bucket,) = [one["Name"] for one in s3.list_buckets()["Buckets"] if "trail" in one["Name"]]
    assert "a bucket" in told(world, tmp_path, "cloudtrail.create-trail", {})
    assert "no trail" in told(world, tmp_path / "start", "cloudtrail.start-logging", {})
    s3.delete_bucket(Bucket=bucket)

    def look() -> Any:
        return trail.list_trails()["Trails"], [one["Name"] for one in s3.list_buckets()["Buckets"]]

    fixes(world, tmp_path, "cloudtrail.create-trail", look, {"review.trail": FAIL})
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert {one["Principal"]["Service"] for one in policy["Statement"]} == {"cloudtrail.amazonaws.com"}


def rotation(world: Bench) -> Any:
    events, topic = world.client("events"), world.inside.world.arn("sns", SITE.obs.topic)
    rules = events.list_rules()["Rules"]
    policy = world.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    targets = {one["Name"]: events.list_targets_by_rule(Rule=one["Name"])["Targets"] for one in rules}
    return rules, targets, json.loads(policy)


def test_rotations_are_told(world: Bench, tmp_path: Path) -> None:
    """Without any rule, and with one that is disabled: the topic's policy keeps its other statements."""
    events, sns = world.client("events"), world.client("sns")
    topic = world.inside.world.arn("sns", SITE.obs.topic)
    checks = {"review.rotation-alarms": FAIL}
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    kept = {**policy, "Statement": [one for one in policy["Statement"] if one.get("Sid") != "EventBridge"]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(kept))
    events.remove_targets(Rule=RULE, Ids=["alerts"])
    events.delete_rule(Name=RULE)
    world.expect(checks)
    made = made_and_undone(world.kit, tmp_path, "events.tell-rotations", lambda: rotation(world))
    assert made.plan is not None
    assert [one.operation for one in made.plan.calls] == ["put_rule", "put_targets", "set_topic_attributes"]
    world.made(tmp_path, "events.tell-rotations", {})
    assert rotation(world)[2]["Statement"][: len(kept["Statement"])] == kept["Statement"]
    assert world.verdicts(checks)["review.rotation-alarms"].status is not FAIL
    events.disable_rule(Name=RULE)
    world.expect(checks)
    made = made_and_undone(world.kit, tmp_path / "off", "events.tell-rotations", lambda: rotation(world))
    assert made.plan is not None
    assert [one.operation for one in made.plan.calls] == ["put_rule"]
    world.made(tmp_path / "off", "events.tell-rotations", {})


def test_the_tag_of_the_costs_is_activated(world: Bench, tmp_path: Path) -> None:
    """What no bill has seen cannot be."""
    tags = world.inside.world.store(Ledger).tags
    tags["Project"] |= {"Status": "Inactive"}
    fixes(world, tmp_path, "ce.activate-tag", lambda: tags["Project"]["Status"], {"review.cost-tags": WARN})
    unseen = world.of_site("cost", tag="Nobody=knows")
    assert "no bill has seen" in told(unseen, tmp_path / "unseen", "ce.activate-tag", {})
    assert "paid" in told(world.of_site("cost", allow_paid_calls=False), tmp_path / "paid", "ce.activate-tag", {})


def test_a_budget_watches_the_costs(world: Bench, tmp_path: Path) -> None:
    """It tells the topic, which lets it; the limit is what the operator says."""
    budgets, account = world.client("budgets"), world.inside.world.account
    budgets.delete_budget(AccountId=account, BudgetName=BUDGET)

    def look() -> Any:
        names = [one["BudgetName"] for one in budgets.describe_budgets(AccountId=account).get("Budgets", [])]
        return names, rotation(world)[2]

    made = fixes(world, tmp_path, "budgets.create", look, {"review.cost-guards": WARN}, {"limit": "900"})
    assert made.plan is not None
    assert [one.operation for one in made.plan.calls] == ["set_topic_attributes", "create_budget"]
    assert look()[0] == [BUDGET]


def test_anomalies_of_cost_are_watched(world: Bench, tmp_path: Path) -> None:
    """Monitor and subscription come and go together; the topic lets the service publish."""
    ledger, ce = world.inside.world.store(Ledger), world.client("ce")
    ledger.monitors = []

    def look() -> Any:
        told = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
        return [one["MonitorName"] for one in ledger.monitors], told, rotation(world)[2]

    fixes(world, tmp_path, "ce.watch-anomalies", look, {"review.cost-guards": WARN}, {"impact": "50"})
    (subscription,) = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
    assert subscription["MonitorArnList"] == [one["MonitorArn"] for one in ledger.monitors]
    assert subscription["Subscribers"][0]["Address"].endswith(f":{SITE.obs.topic}")


def test_the_cluster_runs_on_what_stays(world: Bench, tmp_path: Path) -> None:
    """Capacity that AWS may withdraw is no default, and Fargate is there; what else is there stays."""
    ecs = world.client("ecs")
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    ecs.put_cluster_capacity_providers(
        cluster=CLUSTER, capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=spot
    )

    def look() -> Any:
        found = ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]
        return found["capacityProviders"], found["defaultCapacityProviderStrategy"]

    fixes(world, tmp_path, "ecs.set-capacity-providers", look, {"ecs.cluster.active": WARN})
    assert look() == (["FARGATE_SPOT", "FARGATE"], [{"capacityProvider": "FARGATE", "weight": 1}])


def test_sessions_that_may_have_leaked_are_revoked(world: Bench, tmp_path: Path) -> None:
    """By the time that the operator names; never by one to come, nor back to an earlier one."""
    task = SITE.iam.task_role_of("prod")
    past = {"before": "2026-01-31T12:00:00Z"}
    made = made_and_undone(world.kit, tmp_path, "iam.revoke-task-sessions", lambda: role(world, task), past)
    assert made.plan is not None
    assert made.plan.risk is Risk.DISRUPTIVE
    world.made(tmp_path, "iam.revoke-task-sessions", past)
    deny = role(world, task)["inline"]["AWSRevokeOlderSessions"]["Statement"][0]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"DateLessThan": {"aws:TokenIssueTime": past["before"]}})
    earlier = Acting(world.kit, tmp_path / "earlier", one_step("iam.revoke-task-sessions"), "prod")
    plan = earlier.planned(before="2025-01-31T12:00:00Z").plan
    earlier.close()
    assert plan is not None
    assert plan.idle
    assert "not come yet" in told(world, tmp_path, "iam.revoke-task-sessions", {"before": "2099-01-31T12:00:00Z"})
    assert "no time" in told(world, tmp_path / "word", "iam.revoke-task-sessions", {"before": "now"})
    world.client("iam").delete_role_policy(RoleName=task, PolicyName="AWSRevokeOlderSessions")


def test_every_resource_is_tagged(world: Bench, tmp_path: Path) -> None:
    """With what it lacks alone: other tags keep their values."""
    index = world.client("resourcegroupstaggingapi")

    def look() -> Any:
        found = index.get_resources()["ResourceTagMappingList"]
        return {one["ResourceARN"]: sorted((tag["Key"], tag["Value"]) for tag in one["Tags"]) for one in found}

    arns = [
        arn for arn in look() if any(part in arn for part in (":vpc/", f":cluster/{CLUSTER}", ":log-group:/aws/ecs"))
    ]
    arns += [arn for arn in look() if any(part in arn for part in (":repository/", ":targetgroup/", ":service/"))]
    answered = index.untag_resources(ResourceARNList=arns, TagKeys=["Component"])
    assert not answered["FailedResourcesMap"]
    fixes(world, tmp_path, "tags.tag-resources", look, {"pre.dedicated-resources": WARN})
    owned = world.of_site("tags", required=("Project", "Owner"))
    given = {"tag-Owner": "platform"}
    fixes(owned, tmp_path / "owned", "tags.tag-resources", look, {"pre.dedicated-resources": WARN}, given)
