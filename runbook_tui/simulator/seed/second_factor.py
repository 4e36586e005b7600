"""Guide, section 1.1: people can do nothing but look after themselves until they have shown a second factor."""

import json
from collections.abc import Sequence

from runbook_tui.simulator.world import World

_WITHOUT_MFA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyAllButSelfServiceWithoutMfa",
            "Effect": "Deny",
            "NotAction": [
                "iam:ChangePassword",
                "iam:CreateVirtualMFADevice",
                "iam:EnableMFADevice",
                "iam:GetUser",
                "iam:ListMFADevices",
                "iam:ResyncMFADevice",
                "sts:GetSessionToken",
            ],
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        }
    ],
}


def seed(world: World, people: Sequence[str]) -> None:
    """Of each person, not of a group: machines, which have no second factor, are members of the same."""
    for person in people:
        world.call(
            "iam",
            "PutUserPolicy",
            UserName=person,
            PolicyName="NothingWithoutMfa",
            PolicyDocument=json.dumps(_WITHOUT_MFA),
        )
