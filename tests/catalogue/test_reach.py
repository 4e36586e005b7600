"""What an action may call is found in its source."""

from runbook_tui.aws.vocabulary import operations
from runbook_tui.catalogue.actions import all_actions
from runbook_tui.catalogue.operator_policy import needed_by_action
from runbook_tui.catalogue.reach import calls_of


def test_a_change_and_its_way_back_are_found_with_what_they_read() -> None:
    """Through helpers in other modules, constants and facts; nothing that another action calls."""
    assert calls_of("ecs.rollback-to-revision") == {
        ("ecr", "describe_images"),
        ("ecs", "deregister_task_definition"),
        ("ecs", "describe_service_revisions"),
        ("ecs", "describe_services"),
        ("ecs", "describe_task_definition"),
        ("ecs", "list_service_deployments"),
        ("ecs", "register_task_definition"),
        ("ecs", "update_service"),
    }
    assert calls_of("ecs.restart") == {("ecs", "describe_services"), ("ecs", "update_service")}


def test_every_action_calls_something() -> None:
    """Operations that their services have."""
    for action in all_actions():
        assert calls_of(action), action
        assert all(operation in operations(service) for service, operation in calls_of(action))


def test_what_aws_asks_besides_is_needed_too() -> None:
    """A task definition hands roles on."""
    assert "iam:PassRole" in needed_by_action("ecs.rollback-to-revision")
    assert "iam:PassRole" not in needed_by_action("ecs.stop-deployment")
