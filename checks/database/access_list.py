"""Who an Atlas access list lets in, beside who should be. Pure; addresses are compared as sets."""

from collections.abc import Iterable

from msgspec import Struct

from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas import AccessEntry


class Wanted(Struct, frozen=True, kw_only=True):
    """``cidrs`` are the addresses that the tasks come from; ``group`` their security group, where Atlas can see it."""

    cidrs: tuple[str, ...]
    group: str = ""


class Judged(Struct, frozen=True, kw_only=True):
    """``uncovered`` addresses of the tasks are not let in; ``wider`` entries let in
    others too; ``passing`` ones end by themselves."""

    everywhere: bool
    uncovered: tuple[str, ...]
    wider: tuple[str, ...]
    passing: tuple[str, ...]


def judge(entries: Iterable[AccessEntry], wanted: Wanted) -> Judged:
    """Entries together cover what is wanted: two halves are a whole."""
    listed = tuple(entries)
    union = security.networks(one.cidr for one in listed)
    by_group = bool(wanted.group) and any(one.group == wanted.group for one in listed)
    uncovered = () if by_group else tuple(cidr for cidr in wanted.cidrs if not security.within(cidr, union))
    allowed = security.networks(wanted.cidrs)
    wider = tuple(one.cidr for one in listed if one.cidr and not security.within(one.cidr, allowed))
    others = tuple(one.aws_security_group for one in listed if one.group and one.group != wanted.group)
    return Judged(
        everywhere=any(security.within(every, union) for every in security.ANYWHERE),
        uncovered=uncovered,
        wider=wider + others,
        passing=tuple(one.cidr or one.aws_security_group for one in listed if one.delete_after_date is not None),
    )
