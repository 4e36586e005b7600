"""The account itself: keys that should not be."""

from datetime import timedelta

from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_USER = "legacy-deploy"
_AGE = timedelta(days=412)


@fault("key-leaked-old", "an IAM user with an access key of 412 days, such as leaks are made of")
def key_leaked_old(world: World, _argument: str) -> Undo:
    world.call("iam", "CreateUser", UserName=_USER)
    identifier = world.call("iam", "CreateAccessKey", UserName=_USER)["AccessKey"]["AccessKeyId"]
    user = world.backend("iam").users[_USER]
    then = (world.clock.now() - _AGE).replace(tzinfo=None)
    user.create_date = then
    for key in user.access_keys:
        key.create_date = then

    def undo() -> None:
        world.call("iam", "DeleteAccessKey", UserName=_USER, AccessKeyId=identifier)
        world.call("iam", "DeleteUser", UserName=_USER)

    return undo
