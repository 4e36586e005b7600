"""Where the simulated load balancer listens."""

import json
import time
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.site import Site

if TYPE_CHECKING:
    from runbook_tui.aws.probe import Ingress


def ingress_of(site: Site, patience: float) -> "Ingress | None":
    """Where the simulated load balancer listens; None in the live world, whose names resolve by themselves.

    UsageProblem when the simulator does not answer within ``patience`` seconds.
    """
    if not site.simulated or not site.aws.endpoint_url:
        return None
    from runbook_tui.aws.probe import Ingress

    opener = build_opener(ProxyHandler({}))  # loopback is never asked through a proxy
    end = time.monotonic() + patience
    while True:
        try:
            with opener.open(f"{site.aws.endpoint_url}/_sim/ingress", timeout=5) as answer:
                words = json.load(answer)
                return Ingress(http=words["http"], https=words["https"], ca=words["ca"])
        except (OSError, ValueError) as error:
            if time.monotonic() > end:
                raise UsageProblem(
                    f"the simulator does not answer at {site.aws.endpoint_url}",
                    "start it: runbook-tui sim, or use demo",
                ) from error
            time.sleep(0.1)
