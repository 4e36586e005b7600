"""Parameter Store, for a site that uses it: param.*"""

import json

from runbook_tui.core.verdict import Status
from tests.mutations.contract import FAIL, PASS, WARN, Row, both
from tests.support.standing import Standing

PATH = "/asharvi/backend/prod/"
# the site's own seed has no endpoint for ssm: who uses parameters reaches them through the NAT gateway
USED = {"net.path.aws-apis": WARN} | {
    f"param.{name}@{environment}": PASS
    for name in ("exists", "not-sensitive", "iam-scope")
    for environment in ("staging", "prod")
}


def _used_with(**flips: Status) -> dict[str, Status]:
    """The checks apply now and pass, but for these of prod."""
    return {**USED, **{f"param.{name.replace('_', '-')}@prod": status for name, status in flips.items()}}


def _gone(world: Standing) -> None:
    world.change_site("params", enabled=True)
    world.client("ssm").delete_parameter(Name=f"{PATH}LOG_LEVEL")


def _secret(world: Standing) -> None:
    world.change_site("params", enabled=True)
    world.client("ssm").put_parameter(Name=f"{PATH}JWT_SECRET", Value="planted", Type="String")


def _everything(world: Standing) -> None:
    world.change_site("params", enabled=True)
    one = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": world.world.arn("ssm", "parameter/*")}
    world.client("iam").put_role_policy(
        RoleName=world.site.iam.execution_role,
        PolicyName="parameters",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [one]}),
    )


ROWS = (
    Row(check="param.exists", name="a setting of prod is gone", change=_gone, flips=_used_with(exists=WARN)),
    Row(
        check="param.not-sensitive",
        name="a secret among prod's parameters",
        change=_secret,
        flips=_used_with(not_sensitive=FAIL),
    ),
    Row(
        check="param.iam-scope",
        name="ECS may read every parameter",
        change=_everything,
        flips={**USED, **both("param.iam-scope", WARN)},
    ),
)
