"""Image repositories: ecr.*"""

from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import PROD
from tests.support.standing import Standing


def _another_filter(world: Standing) -> None:
    rule = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "site-*", "filterType": "WILDCARD"}]}
    world.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[rule])


ROWS = (
    Row(
        check="ecr.repo.exists",
        name="prod's repository is gone",
        change=lambda world: world.client("ecr").delete_repository(repositoryName=PROD.ecr_repo, force=True),
        flips={
            "ecr.repo.exists@prod": FAIL,
            "ecr.lifecycle@prod": SKIP,
            "ecr.scan-on-push@prod": SKIP,
            "pre.dedicated-resources": WARN,
        },
    ),
    Row(
        check="ecr.lifecycle",
        name="prod's repository keeps every image",
        change=lambda world: world.client("ecr").delete_lifecycle_policy(repositoryName=PROD.ecr_repo),
        flips={"ecr.lifecycle@prod": FAIL},
    ),
    Row(
        check="ecr.scan-on-push",
        name="the registry's rule covers other repositories",
        change=_another_filter,
        flips=both("ecr.scan-on-push", FAIL),
    ),
)
