"""Facts of the network, read through a fake reader."""

from typing import Any

import pytest

from runbook_tui.aws.errors import Ambiguous, Malformed, Missing
from runbook_tui.aws.facts.ec2 import Ec2Facts
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.core.site import Net, Site
from tests.support.facts import answers

SITE = Site()
VPC = {"VpcId": "vpc-1", "CidrBlock": "10.20.0.0/16", "State": "available"}


def group(group_id: str, name: str) -> dict[str, Any]:
    return {"GroupId": group_id, "GroupName": name, "VpcId": "vpc-1"}


def facts(**by_operation: Any) -> Ec2Facts:
    return Ec2Facts(answers({("ec2", operation): answer for operation, answer in by_operation.items()}))


def test_vpc_by_name() -> None:
    """Without an id in the site, the VPC is found by its Name tag."""
    reader = answers({("ec2", "describe_vpcs"): {"Vpcs": [VPC]}})
    assert Ec2Facts(reader).vpc(SITE).vpc_id == "vpc-1"
    assert reader.asked[0][2] == {"Filters": [{"Name": "tag:Name", "Values": ["asharvi-backend-vpc"]}]}


def test_vpc_by_id() -> None:
    """An id in the site is asked for as an id, whatever the VPC is called."""
    reader = answers({("ec2", "describe_vpcs"): {"Vpcs": [VPC]}})
    Ec2Facts(reader).vpc(Site(net=Net(vpc_id="vpc-1")))
    assert reader.asked[0][2] == {"VpcIds": ["vpc-1"]}


def test_vpc_that_is_not_there() -> None:
    """No VPC of that name is Missing, in the catalogue's own kind."""
    with pytest.raises(Missing) as caught:
        facts(describe_vpcs={"Vpcs": []}).vpc(SITE)
    assert (caught.value.kind, caught.value.name) == ("ec2:vpc", "asharvi-backend-vpc")


def test_vpc_id_that_aws_does_not_know() -> None:
    """AWS's own not-found error for an id becomes Missing of the same kind."""
    raised = Missing("ec2:describe-vpcs", "vpc-9")
    with pytest.raises(Missing) as caught:
        facts(describe_vpcs=raised).vpc(Site(net=Net(vpc_id="vpc-9")))
    assert (caught.value.kind, caught.value.name) == ("ec2:vpc", "vpc-9")


def test_two_vpcs_of_one_name() -> None:
    """A name tag on several VPCs is Ambiguous and says their ids."""
    with pytest.raises(Ambiguous) as caught:
        facts(describe_vpcs={"Vpcs": [{**VPC, "VpcId": "vpc-2"}, VPC]}).vpc(SITE)
    assert caught.value.ids == ("vpc-1", "vpc-2")


def test_ranges_in_use() -> None:
    """A range whose association failed or went away does not count as one of the VPC's."""
    raw = {
        **VPC,
        "CidrBlockAssociationSet": [
            {"CidrBlock": "10.20.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "10.21.0.0/16", "CidrBlockState": {"State": "disassociated"}},
            {"CidrBlock": "10.22.0.0/16", "CidrBlockState": {"State": "associating"}},
        ],
    }
    assert facts(describe_vpcs={"Vpcs": [raw]}).vpc(SITE).cidrs == ("10.20.0.0/16", "10.22.0.0/16")


def test_chosen_subnets_by_id_and_by_range() -> None:
    """The site may name a subnet by id or by CIDR; they come in the site's order, each once."""
    subnets = [
        {"SubnetId": "subnet-a", "VpcId": "vpc-1", "CidrBlock": "10.20.0.0/24"},
        {"SubnetId": "subnet-b", "VpcId": "vpc-1", "CidrBlock": "10.20.1.0/24"},
    ]
    found = facts(describe_vpcs={"Vpcs": [VPC]}, describe_subnets={"Subnets": subnets})
    chosen = found.chosen_subnets(SITE, ("10.20.1.0/24", "subnet-a", "subnet-b"))
    assert [subnet.subnet_id for subnet in chosen] == ["subnet-b", "subnet-a"]


def test_chosen_subnet_that_is_not_there() -> None:
    """A subnet that the VPC does not have is Missing by the name the site gives it."""
    found = facts(describe_vpcs={"Vpcs": [VPC]}, describe_subnets={"Subnets": []})
    with pytest.raises(Missing) as caught:
        found.public_subnets(SITE)
    assert (caught.value.kind, caught.value.name) == ("ec2:subnet", "10.20.0.0/24")


def test_security_group_is_matched_exactly() -> None:
    """A filter that answers a similar name too does not mislead."""
    found = facts(describe_security_groups={"SecurityGroups": [group("sg-2", "alb-sg-old"), group("sg-1", "alb-sg")]})
    assert found.security_group("alb-sg", "vpc-1").group_id == "sg-1"


@pytest.mark.parametrize(
    ("role", "kind"), [("alb_group", "ec2:alb-security-group"), ("ecs_group", "ec2:ecs-security-group")]
)
def test_missing_group_says_its_role(role: str, kind: str) -> None:
    """Which of the two groups is missing decides which check reports it."""
    found = facts(describe_vpcs={"Vpcs": [VPC]}, describe_security_groups={"SecurityGroups": []})
    with pytest.raises(Missing) as caught:
        getattr(found, role)(SITE)
    assert caught.value.kind == kind


def test_two_groups_of_one_name() -> None:
    """Two groups of one name are Ambiguous."""
    both = [group("sg-2", "alb-sg"), group("sg-1", "alb-sg")]
    with pytest.raises(Ambiguous) as caught:
        facts(describe_security_groups={"SecurityGroups": both}).security_group("alb-sg", "vpc-1")
    assert caught.value.ids == ("sg-1", "sg-2")


def test_rule_with_a_referenced_group() -> None:
    """A rule's source group is parsed, and ports are -1 where the protocol has none."""
    raw = {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "-1",
        "ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": "123456789012"},
    }
    rule = facts(describe_security_group_rules={"SecurityGroupRules": [raw]}).security_group_rules("sg-1")[0]
    assert (rule.referenced_group, rule.from_port, rule.to_port) == ("sg-2", -1, -1)


def test_attribute() -> None:
    """An attribute of a VPC is read from the member that bears its name."""
    assert facts(describe_vpc_attribute={"EnableDnsSupport": {"Value": True}}).vpc_attribute(
        "vpc-1", "enableDnsSupport"
    )


def test_attribute_that_is_not_in_the_answer() -> None:
    """An answer without the attribute is not taken for false."""
    with pytest.raises(Malformed):
        facts(describe_vpc_attribute={"VpcId": "vpc-1"}).vpc_attribute("vpc-1", "enableDnsSupport")


def test_prefix_list_of_the_region() -> None:
    """The prefix list of a service is asked by its full name in this region, and absent is None."""
    lists = {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.ap-south-1.s3"}]}
    assert facts(describe_managed_prefix_lists=lists).prefix_list("s3") == "pl-1"
    assert facts(describe_managed_prefix_lists=lists).prefix_list("dynamodb") is None


@pytest.mark.parametrize("raw", [{"VpcId": "vpc-1"}, {"SubnetId": 7, "VpcId": "vpc-1"}, "subnet-1", None])
def test_impossible_shapes(raw: Any) -> None:
    """A subnet without its id, or of another type, is Malformed: never half a fact."""
    with pytest.raises(Malformed):
        Subnet.from_api(raw)


def test_hostile_text_is_cleaned() -> None:
    """Escape sequences in what AWS answers do not reach a fact."""
    raw = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "a\x1b[31mred\nb"}]}
    value = Subnet.from_api(raw).tags[0].value
    assert "\x1b" not in value
    assert "\n" not in value
