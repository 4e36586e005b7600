"""Which IAM actions a plan says that it needs."""

from runbook_tui.actions.permissions import needed
from runbook_tui.core.plan import ApiCall


def _create(**parameters: object) -> ApiCall:
    return ApiCall(id="create", service="ec2", operation="create_vpc", parameters=parameters, effect="a VPC")


def test_what_is_made_with_tags_needs_the_right_to_tag() -> None:
    """EC2 asks for it beside the right to create."""
    assert needed([_create(CidrBlock="10.0.0.0/16")]) == ("ec2:CreateVpc",)
    assert needed([_create(TagSpecifications=[{"ResourceType": "vpc"}])]) == ("ec2:CreateVpc", "ec2:CreateTags")


def test_each_service_has_a_right_to_tag_of_its_own() -> None:
    """A role's differs from a provider's; whoever tags by that very call needs it once."""

    def of(service: str, operation: str, **parameters: object) -> tuple[str, ...]:
        return needed([ApiCall(id="make", service=service, operation=operation, parameters=parameters, effect="it")])

    assert of("iam", "create_role", Tags=[]) == ("iam:CreateRole", "iam:TagRole")
    assert of("cloudtrail", "create_trail", TagsList=[]) == ("cloudtrail:CreateTrail", "cloudtrail:AddTags")
    assert of("ecs", "create_cluster", tags=[]) == (
        "ecs:CreateCluster",
        "ecs:TagResource",
        "iam:CreateServiceLinkedRole",
    )
    assert of("budgets", "delete_budget") == ("budgets:ModifyBudget",)
