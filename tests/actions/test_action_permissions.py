"""Which IAM actions a plan says that it needs."""

from runbook_tui.actions.permissions import needed
from runbook_tui.core.plan import ApiCall


def _create(**parameters: object) -> ApiCall:
    return ApiCall(id="create", service="ec2", operation="create_vpc", parameters=parameters, effect="a VPC")


def test_what_is_made_with_tags_needs_the_right_to_tag() -> None:
    """EC2 asks for it beside the right to create."""
    assert needed([_create(CidrBlock="10.0.0.0/16")]) == ("ec2:CreateVpc",)
    assert needed([_create(TagSpecifications=[{"ResourceType": "vpc"}])]) == ("ec2:CreateVpc", "ec2:CreateTags")
