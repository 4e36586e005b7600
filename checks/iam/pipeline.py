"""Who the pipeline is: a role, users with keys, or the roles of CodePipeline's deployments."""

from checks.iam.allowed import role_named
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import CICD_ROLE
from runbook_tui.aws.facts.permission import Principal
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, skip, unknown


def not_to_be_judged(site: Site) -> Verdict | None:
    """SKIP without a pipeline, UNKNOWN when the site does not say who it is."""
    if site.cicd.kind == "none":
        return skip("the site has no pipeline")
    if by_keys(site) and not site.iam.cicd_users:
        because = "the pipeline signs in with access keys, and the site does not name its users"
        return unknown(Cause.UNDECIDED, because, "name them in iam.cicd_users")
    return None


def by_keys(site: Site) -> bool:
    return site.cicd.kind == "github" and site.cicd.auth == "access_keys"


def principals(aws: Aws, site: Site) -> list[Principal]:
    if by_keys(site):
        known = {one.user_name: one.arn for one in aws.iam.users()}
        gone = [name for name in site.iam.cicd_users if name not in known]
        if gone:
            raise Missing("iam:user", gone[0], remedy="correct iam.cicd_users in the site file")
        return [Principal(name=name, arn=known[name]) for name in site.iam.cicd_users]
    names = [site.iam.cicd_role]
    if site.cicd.kind == "codepipeline" and site.cicd.pipelines:
        arns = [aws.codepipeline.pipeline(name).deploying_role for name in site.cicd.pipelines.values()]
        names = list(dict.fromkeys(arn.rpartition("/")[2] for arn in arns))
    return [role_named(aws, name, CICD_ROLE) for name in names]
