"""The host over HTTPS, as its clients see it (guide 6.1). Here a TLS error or a timeout is the finding itself."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.endpoint import no_host, unreached
from runbook_tui.aws.access import Aws
from runbook_tui.aws.probe import Failure
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail

SLOW_READY_MS: Final = 2000


@check("probe.https", guide="6.1", severity="critical", scope="environment")
def https(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The host shows a valid certificate and answers ready within two seconds."""
    if not env.host:
        return no_host(env)
    found = aws.probe.get(f"https://{env.host}{site.app.ready_path}")
    if isinstance(found, Failure):
        return unreached(found, site, env, {"host": env.host})
    evidence: dict[str, Any] = {"host": env.host, "status": found.status, "ms": round(found.ms)}
    if found.certificate is not None:
        evidence["certificate"] = clean(found.certificate.subject)
        evidence["not_after"] = found.certificate.not_after.isoformat()
    because = f"{site.app.ready_path} answers {found.status} in {found.ms:.0f} ms"
    if found.status >= 500:
        return fail(because, "see tg.targets-healthy, then the container's log", **evidence)
    concerns = []
    if found.status != 200:
        concerns.append(f"{because}, expected 200")
    elif found.ms > SLOW_READY_MS:
        concerns.append(f"{because}, expected within {SLOW_READY_MS} ms")
    return warn_or_pass(concerns, because, "ask again, then look at the application and its database", **evidence)
