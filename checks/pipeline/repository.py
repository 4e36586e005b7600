"""Guide 4.1: the image repositories."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecr import REPOSITORY, LifecycleRule, RegistryScanning, Repository
from runbook_tui.aws.facts.resource_policy import Reach, openings, principals
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

FEWEST_IMAGES: Final = 10  # fewer, and the image to roll back to may be gone
IMMUTABLE: Final = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")


@check(
    "ecr.repo.exists",
    guide="4.1",
    severity="critical",
    scope="environment",
    needs=["ecr:DescribeRepositories"],
    establishes=[REPOSITORY],
)
def repo_exists(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The environment's image repository exists."""
    repository = aws.ecr.repository(env.ecr_repo)
    return passed(f"{repository.repository_name} is there", uri=repository.repository_uri)


@check(
    "ecr.scan-on-push",
    guide="4.1",
    severity="high",
    scope="environment",
    needs=["ecr:DescribeRepositories", "ecr:GetRegistryScanningConfiguration"],
)
def scan_on_push(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """Each image is scanned when it is pushed."""
    repository, scanning = aws.ecr.repository(env.ecr_repo), aws.ecr.registry_scanning()
    matching = [rule for rule in scanning.rules if rule.matches(repository.repository_name)]
    scanned = [rule for rule in matching if rule.scan_frequency in scanning.on_push]
    evidence = {
        "scan_type": scanning.scan_type,
        "rules": len(scanning.rules),
        "matching": [rule.scan_frequency for rule in matching],
        "repository_flag": repository.image_scanning_configuration.scan_on_push,
    }
    remedy = "turn on scan-on-push for the registry: aws ecr put-registry-scanning-configuration"
    if scanned:
        because = f"{scanning.scan_type.lower()} scanning by a rule of the registry: {scanned[0].scan_frequency}"
        return passed(because, **evidence)
    if _own_flag_counts(repository, scanning):
        return passed("basic scanning by the repository's own flag", **evidence)
    if matching:
        because = f"the registry's rule scans {env.ecr_repo} on demand only ({matching[0].scan_frequency})"
        return warn(because, remedy, **evidence)
    return fail(_unscanned(env.ecr_repo, scanning), remedy, **evidence)


@check(
    "ecr.lifecycle",
    guide="4.1",
    severity="medium",
    scope="environment",
    needs=["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy"],
)
def lifecycle(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Old images are removed, and enough are kept to roll back to."""
    rules, keep = aws.ecr.lifecycle(env.ecr_repo), site.ecr.keep_images
    evidence = {"rules": [_summary(rule) for rule in rules]}
    remedy = f"keep the last {keep} images, tagged or not; the running and the previous one must be among them"
    counting = [rule for rule in rules if rule.selection.count_type == "imageCountMoreThan"]
    general = [rule for rule in counting if rule.is_general]
    if not counting:
        because = "no rule counts images: rules by age could expire the running one" if rules else "it has no rules"
        return warn(because, remedy, **evidence)
    if not general:
        because = f"only some images are counted: {'; '.join(_summary(rule) for rule in counting)}"
        return warn(because, remedy, **evidence)
    kept = min(rule.selection.count_number for rule in general)
    if kept < FEWEST_IMAGES:
        return warn(f"{kept} images are kept: the one to roll back to may be gone", remedy, **evidence)
    if kept > 5 * keep:
        return warn(f"{kept} images are kept, the site wants {keep}", remedy, **evidence)
    return passed(f"the last {kept} images are kept", **evidence)


@check(
    "ecr.tag-immutability",
    guide="4.1",
    severity="medium",
    scope="environment",
    needs=["ecr:DescribeRepositories"],
)
def tag_immutability(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A tag means the same image for ever."""
    if not site.ecr.immutable:
        return skip("the site lets tags move (ecr.immutable is false)")
    repository = aws.ecr.repository(env.ecr_repo)
    setting = repository.image_tag_mutability
    excluded = [one.filter for one in repository.image_tag_mutability_exclusion_filters]
    evidence = {"setting": setting, "excluded": excluded}
    remedy = f"aws ecr put-image-tag-mutability --repository-name {env.ecr_repo} --image-tag-mutability IMMUTABLE"
    if setting not in IMMUTABLE:
        return warn(f"tags can be moved ({setting}): a rollback by tag may start other bytes", remedy, **evidence)
    wide = [one for one in excluded if one != "latest"]
    if setting != "IMMUTABLE" and wide:
        return warn(f"tags like {', '.join(wide)} can be moved: a rollback may start other bytes", remedy, **evidence)
    return passed(f"tags stay: {setting}", **evidence)


@check("ecr.repo-policy", guide="4.1", severity="medium", scope="environment", needs=["ecr:GetRepositoryPolicy"])
def repo_policy(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The repository's own policy lets nobody in from outside."""
    document = aws.ecr.policy(env.ecr_repo)
    if document is None:
        return passed("the repository has no policy of its own: IAM's policies decide")
    found = openings(document, site.aws.account_id)
    evidence = {"principals": list(principals(document))}
    remedy = f"put the policy again without it: aws ecr set-repository-policy --repository-name {env.ecr_repo}"
    public = [one for one in found if one.reach is Reach.EVERYONE]
    if public:
        told = ", ".join(f"{one.statement} ({one.who})" for one in public)
        return fail(f"the policy opens the repository to everyone: {told}", remedy, **evidence)
    foreign = [f"{one.who} in {one.statement}" for one in found]
    if foreign:
        return warn(f"another account may use the repository: {', '.join(foreign)}", remedy, **evidence)
    return passed("its policy names known principals alone", **evidence)


def _own_flag_counts(repository: Repository, scanning: RegistryScanning) -> bool:
    """As soon as the registry has rules, they win over the repository's flag."""
    flag = repository.image_scanning_configuration.scan_on_push
    return flag and scanning.scan_type == "BASIC" and not scanning.rules


def _unscanned(repository: str, scanning: RegistryScanning) -> str:
    if scanning.rules:
        return f"no rule of the registry covers {repository}, whose own flag is ignored then"
    if scanning.scan_type == "ENHANCED":
        return "enhanced scanning has no rules"
    return f"{repository} is not scanned on push"


def _summary(rule: LifecycleRule) -> str:
    chosen = rule.selection
    tags = ", ".join((*chosen.tag_prefix_list, *chosen.tag_pattern_list))
    return f"{chosen.tag_status}{f' ({tags})' if tags else ''}: {chosen.count_type} {chosen.count_number}"
