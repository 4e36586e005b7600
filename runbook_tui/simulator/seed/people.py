"""The people and machines of the account: users with a second factor, keys with an age, a password policy."""

import json
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.iam.principals import user_key
from runbook_tui.simulator.names import SHARED
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

GROUP = "asharvi-operators"
PEOPLE = ("asha.rao", "dev.mehta")
MACHINE = "asharvi-backup"
_READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}


def seed(world: World) -> None:
    world.call(
        "iam",
        "UpdateAccountPasswordPolicy",
        MinimumPasswordLength=14,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
        MaxPasswordAge=90,
        PasswordReusePrevention=24,
    )
    world.call("iam", "CreateGroup", GroupName=GROUP)
    world.call("iam", "PutGroupPolicy", GroupName=GROUP, PolicyName="Read", PolicyDocument=json.dumps(_READ))
    for number, person in enumerate(PEOPLE):
        _person(world, person, number)
    world.call("iam", "CreateUser", UserName=MACHINE, Tags=listed(SHARED))
    world.call("iam", "AddUserToGroup", GroupName=GROUP, UserName=MACHINE)
    _model_of(world, MACHINE).create_date = (world.clock.now() - timedelta(days=300)).replace(tzinfo=None)
    key = world.call("iam", "CreateAccessKey", UserName=MACHINE)["AccessKey"]["AccessKeyId"]
    age_key(world, key, days=41)
    use_key(world, key, "s3", hours_ago=5)


def age_key(world: World, key: str, *, days: float) -> None:
    """Lets an access key have been made so long ago. No API can."""
    _model(world, key).create_date = (world.clock.now() - timedelta(days=days)).replace(tzinfo=None)


def use_key(world: World, key: str, service: str, *, hours_ago: float) -> None:
    """Lets an access key have been used last for a service, so long ago."""
    from moto.iam.models import AccessKeyLastUsed

    at = (world.clock.now() - timedelta(hours=hours_ago)).replace(tzinfo=None)
    _model(world, key).last_used = AccessKeyLastUsed(at, service, world.region)


def _person(world: World, name: str, number: int) -> None:
    world.call("iam", "CreateUser", UserName=name, Tags=listed(SHARED))
    world.call("iam", "AddUserToGroup", GroupName=GROUP, UserName=name)
    world.call("iam", "CreateLoginProfile", UserName=name, Password="Simulated-0pens-Nothing!")  # noqa: S106 - made up
    device = world.call("iam", "CreateVirtualMFADevice", VirtualMFADeviceName=name)["VirtualMFADevice"]
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
    world.call("iam", "EnableMFADevice", UserName=name, SerialNumber=device["SerialNumber"], **codes)
    model = _model_of(world, name)
    now = world.clock.now().replace(tzinfo=None)
    model.create_date, model.password_last_used = now - timedelta(days=400), now - timedelta(hours=20 + number)


def _model_of(world: World, user: str) -> Any:
    return next(each for each in world.backend("iam").users.values() if each.name == user)


def _model(world: World, key: str) -> Any:
    found = user_key(world, key)
    assert found is not None, f"there is no access key {key}"
    return found[1]
