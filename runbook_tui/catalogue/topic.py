"""Where the site's alarms are sent."""

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.site import Site


def topic_arn(aws: Aws, site: Site) -> str:
    """The one that the site gives, else the one of the site's name in the site's account."""
    if site.obs.topic_arn:
        return site.obs.topic_arn
    account = site.aws.account_id or aws.identity.caller().account
    return f"arn:{partition(site.aws.region)}:sns:{site.aws.region}:{account}:{site.obs.topic}"
