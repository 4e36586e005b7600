"""Where the operator is while no run is open: what the site says, until the runner knows it for sure."""

from runbook_tui.core.site import Site
from runbook_tui.engine.protocol import Hello
from runbook_tui.tui.widgets.topline import Place


def here(site: Site, hello: Hello | None) -> Place:
    if hello is None:
        return Place(
            simulated=site.simulated,
            title=site.site.name,
            account=site.aws.account_id,
            region=site.aws.region,
            read_only=site.read_only,
        )
    return Place(
        simulated=hello.world == "simulated",
        title=site.site.name,
        account=hello.account or site.aws.account_id,
        region=hello.region or site.aws.region,
        who=hello.operator,
        read_only=site.read_only,
    )
