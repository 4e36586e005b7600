"""Guide 3.1: each environment has values of its own. Compared in memory; same or different is all that is told."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import Comparison
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown, warn

GRAVE: Final = ("MONGO_URI", "JWT_SECRET", "DYNAMO_TABLE_*")
LIGHT: Final = ("CORS_ORIGIN", "SMTP_*")


class _Pair(Struct, frozen=True):
    first: Environment
    second: Environment
    comparison: Comparison

    @property
    def label(self) -> str:
        return f"{self.first.name} and {self.second.name}"

    @property
    def told(self) -> dict[str, list[str]]:
        """Names of keys alone."""
        compared = self.comparison.same.items()
        return {"same": [key for key, one in compared if one], "different": [key for key, one in compared if not one]}

    def same(self, patterns: tuple[str, ...]) -> list[str]:
        equal = (key for key, one in self.comparison.same.items() if one)
        return [key for key in equal if any(fnmatchcase(key, pattern) for pattern in patterns)]

    def only(self) -> list[str]:
        sides = ((self.first, self.comparison.only_first), (self.second, self.comparison.only_second))
        return [f"only {env.name} has {', '.join(keys)}" for env, keys in sides if keys]


@check(
    "secret.env-distinct",
    guide="3.1",
    severity="high",
    scope="shared",
    needs=["secretsmanager:GetSecretValue"],
)
def env_distinct(aws: Aws, site: Site) -> Verdict:
    """No environment works with the database or the signing secret of another."""
    if site.secrets.allow_value_read is not True:
        return skip("values are not read: set secrets.allow_value_read: true in the site to let this check compare")
    pairs = list(combinations(site.environments.values(), 2))
    if not pairs:
        return skip("the site has one environment")
    compared = each(lambda pair: aws.secrets.comparison(pair[0].secret_name, pair[1].secret_name), pairs)
    found = [_Pair(*pair, one) for pair, one in zip(pairs, compared, strict=True) if one is not None]
    if len(found) < len(pairs):
        because = "a secret's value is not a JSON object: see secret.keys"
        return unknown(Cause.UNDECIDED, because, "correct the secret, then re-check")
    evidence = {pair.label: pair.told for pair in found}
    remedy = "give staging its own database, signing secret and CORS origin, then force a new deployment"
    grave = list(_told((pair, pair.same(GRAVE)) for pair in found))
    if grave:
        return fail("; ".join(grave), remedy, **evidence)
    light = [*_told((pair, pair.same(LIGHT)) for pair in found), *(one for pair in found for one in pair.only())]
    if light:
        return warn("; ".join(light), remedy, **evidence)
    return passed(f"{', '.join(pair.label for pair in found)} have values of their own", **evidence)


def _told(found: Iterable[tuple[_Pair, list[str]]]) -> Iterable[str]:
    return (f"{', '.join(keys)} is the same in {pair.label}" for pair, keys in found if keys)
