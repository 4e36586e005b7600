"""A plan as text, as AWS CLI calls and as Python."""

import ast
import json
import shlex

from runbook_tui.core.plan import ApiCall, Plan, Reading, Risk, answer, merged, secret, token
from runbook_tui.core.plan_text import as_boto3, as_cli, as_text

VPC = ApiCall(
    id="make-vpc",
    service="ec2",
    operation="create_vpc",
    parameters={"CidrBlock": "10.0.0.0/16", "DryRun": False, "ClientToken": token()},
    effect="a VPC is made",
    undo=(
        ApiCall(
            id="delete",
            service="ec2",
            operation="delete_vpc",
            parameters={"VpcId": answer("make-vpc", "Vpc.VpcId")},
            effect="it is gone",
        ),
    ),
)
SUBNET = ApiCall(
    id="subnet",
    service="ec2",
    operation="create_subnet",
    parameters={"VpcId": answer("make-vpc", "Vpc.Sets.0.VpcId"), "Note": "it's", "Password": secret("PASSWORD")},
    effect="a subnet is made",
)
PLAN = Plan(
    action="net.make",
    title="Make a network",
    environment="prod",
    resource="vpc",
    effect="There is a network.",
    risk=Risk.CHANGE,
    calls=(VPC, SUBNET),
    permissions=("ec2:CreateVpc",),
)


def test_cli_calls_are_shell_words_with_json() -> None:
    """A shell reads each line back as one call whose JSON is the parameters; what nobody knows yet is in brackets."""
    first, second = (shlex.split(line) for line in as_cli(PLAN).splitlines())
    assert first[:4] == ["aws", "ec2", "create-vpc", "--cli-input-json"]
    assert json.loads(first[4]) == {"CidrBlock": "10.0.0.0/16", "DryRun": False, "ClientToken": "<a token of your own>"}
    assert json.loads(second[4]) == {
        "VpcId": "<Vpc.Sets.0.VpcId of make-vpc>",
        "Note": "it's",
        "Password": "<PASSWORD>",
    }


def test_python_is_python() -> None:
    """The script can be parsed, takes answers from earlier calls, and asks for the secret."""
    script = as_boto3(PLAN, "ap-south-1")
    ast.parse(script)
    assert "VpcId=make_vpc['Vpc']['Sets'][0]['VpcId']" in script
    assert "Password=getpass.getpass('PASSWORD')" in script
    assert "ClientToken=str(uuid.uuid4())" in script


def test_python_imports_what_it_needs() -> None:
    """No getpass where nothing is typed."""
    alone = Plan(action="a", title="t", environment="prod", resource="r", effect="e", risk=Risk.CHANGE, calls=())
    assert as_boto3(alone, "ap-south-1").startswith("import boto3")


def test_text_says_everything_that_is_confirmed() -> None:
    """Calls, undo, risk, permissions and the digest."""
    text = as_text(PLAN)
    for said in ("call 2: ec2 create_subnet", "undo: ec2 delete_vpc", "risk: change", "ec2:CreateVpc", PLAN.digest):
        assert said in text


def test_a_merged_document_is_made_by_hand_too() -> None:
    """The script reads what is there and puts the typed member into it; a shell line says what is missing."""
    value = Reading(
        service="secretsmanager", operation="get_secret_value", parameters={"SecretId": "s"}, path="SecretString"
    )
    call = ApiCall(
        id="put",
        service="secretsmanager",
        operation="put_secret_value",
        parameters={"SecretId": "s", "SecretString": merged({"KEY": secret("KEY")}, value)},
        effect="a new version",
    )
    plan = Plan(action="a", title="t", environment="prod", resource="s", effect="e", risk=Risk.CHANGE, calls=(call,))
    assert "<a JSON object of KEY, in SecretString of secretsmanager get_secret_value>" in as_cli(plan)
    script = as_boto3(plan, "ap-south-1")
    ast.parse(script)
    assert "import json" in script
    assert "get_secret_value(**{'SecretId': 's'})['SecretString'])" in script
    assert "'KEY': getpass.getpass('KEY')" in script
