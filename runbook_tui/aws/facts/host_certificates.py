"""The certificates that ACM holds for the site's hosts, whether a listener shows them or not."""

from collections.abc import Collection

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate, covers
from runbook_tui.aws.together import each
from runbook_tui.core.site import Site


def hosts_of(site: Site) -> tuple[str, ...]:
    """Production's first."""
    return tuple(one.host for one in sorted(site.environments.values(), key=lambda one: not one.is_prod) if one.host)


def held(aws: Aws, site: Site) -> tuple[Certificate, ...]:
    """Those that name one of the hosts, in the order of their ARNs; issued, or waiting for their proof."""
    hosts = hosts_of(site)
    fitting = [one.certificate_arn for one in aws.acm.summaries() if bare_of(one.names, hosts) != hosts]
    return each(aws.acm.certificate, sorted(fitting))


def meant(certificates: Collection[Certificate], hosts: tuple[str, ...]) -> tuple[Certificate, ...]:
    """The issued ones where they name every host: what waits besides them is not needed."""
    issued = tuple(one for one in certificates if one.status == "ISSUED")
    return tuple(certificates) if bare_of([name for one in issued for name in one.names], hosts) else issued


def bare_of(names: Collection[str], hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts that none of the names covers."""
    return tuple(host for host in hosts if not any(covers(name, host) for name in names))
