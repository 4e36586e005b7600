"""Users, their keys and second factors, the account's root and passwords: iam.users.*, iam.keys.* and the like."""

from runbook_tui.simulator.iam.root_user import RootUser
from runbook_tui.simulator.seed.people import MACHINE, PEOPLE
from tests.mutations.contract import FAIL, SKIP, WARN, Row
from tests.support.standing import Standing

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PASSWORDS = {
    "MinimumPasswordLength": 12,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 90,
    "PasswordReusePrevention": 24,
}


def _without_device(world: Standing) -> None:
    iam = world.client("iam")
    for device in iam.list_mfa_devices(UserName=PEOPLE[1])["MFADevices"]:
        iam.deactivate_mfa_device(UserName=PEOPLE[1], SerialNumber=device["SerialNumber"])


def _keys_of_the_pipeline(world: Standing) -> None:
    world.change_site("iam", cicd_users=(MACHINE,))


def _inactive_key_of_the_pipeline(world: Standing) -> None:
    _keys_of_the_pipeline(world)
    iam = world.client("iam")
    for key in iam.list_access_keys(UserName=MACHINE)["AccessKeyMetadata"]:
        iam.update_access_key(UserName=MACHINE, AccessKeyId=key["AccessKeyId"], Status="Inactive")


def _root_key(world: Standing) -> None:
    """No API makes one."""
    world.world.store(RootUser).keys = 1


ROWS = (
    Row(check="iam.root.secure", name="the root user has a key", change=_root_key, flips={"iam.root.secure": FAIL}),
    Row(
        check="iam.broad-policies",
        name="a machine is an administrator",
        change=lambda world: world.client("iam").attach_user_policy(UserName=MACHINE, PolicyArn=ADMINISTRATOR),
        flips={"iam.broad-policies": FAIL},
    ),
    Row(
        check="iam.password-policy.exists",
        name="the account has no password policy",
        change=lambda world: world.client("iam").delete_account_password_policy(),
        flips={"iam.password-policy.exists": FAIL, "iam.password-policy.strength": SKIP},
    ),
    Row(
        check="iam.password-policy.strength",
        name="passwords of 12 characters are enough",
        change=lambda world: world.client("iam").update_account_password_policy(**PASSWORDS),
        flips={"iam.password-policy.strength": WARN},
    ),
    Row(
        check="iam.users.mfa",
        name="a person has no second factor",
        change=_without_device,
        flips={"iam.users.mfa": FAIL},
    ),
    Row(
        check="iam.users.mfa-enforced",
        name="a person may act without a second factor",
        change=lambda world: world.client("iam").delete_user_policy(UserName=PEOPLE[0], PolicyName="NothingWithoutMfa"),
        flips={"iam.users.mfa-enforced": FAIL},
    ),
    Row(
        check="iam.keys.age",
        name="a key is 412 days old",
        change=lambda world: world.fault("key-leaked-old"),
        flips={"iam.keys.age": WARN},
    ),
    Row(
        check="iam.cicd.no-static-keys",
        name="the pipeline has a key as well",
        change=_keys_of_the_pipeline,
        flips={"iam.cicd.no-static-keys": WARN, "iam.keys.documented": WARN},
    ),
    Row(
        check="iam.keys.documented",
        name="nobody has stated where an inactive key of the pipeline is",
        change=_inactive_key_of_the_pipeline,
        flips={"iam.keys.documented": WARN},
    ),
)
