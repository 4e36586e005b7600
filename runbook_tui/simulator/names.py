"""The names of the guide's environment, as the seed builds it and the site file says it."""

from runbook_tui.core.site import Alb, Cicd, Cost, Environment, Iam, Net, Site, environment_defaults

SITE_NAME = "asharvi"
ZONE = "asharvi.test"
# Where the guide leaves a choice, the tighter one: a task role an environment, a NAT gateway a zone, a web ACL.
SITE = Site(
    iam=Iam(roles_per_env=True),
    net=Net(nat_per_az=True),
    alb=Alb(waf="required"),
    cicd=Cicd(github_repo="asharvi/backend"),
    # questions to a simulated Cost Explorer cost nothing
    cost=Cost(allow_paid_calls=True, baseline_monthly=330.0, budget_name="asharvi-backend-monthly"),
)
TAGS = {"Project": "asharvi", "Component": "backend"}
SHARED = {**TAGS, "Environment": "shared"}
ENVIRONMENTS = {name: Environment(**environment_defaults(name, SITE_NAME, ZONE)) for name in ("staging", "prod")}


def tags_of(environment: Environment) -> dict[str, str]:
    return {**TAGS, "Environment": environment.name}
