"""What a check is given: typed facts of every service, a prober of real endpoints, and the time.

``Aws`` is cheap to make: one a sweep. Facts are read on first use, each API request once a sweep.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from runbook_tui.core.attestation import Attestation
from runbook_tui.core.events import Entry
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.records import AuditLog, Book, History

if TYPE_CHECKING:
    from runbook_tui.aws.facts.account_trail import AccountTrailFacts
    from runbook_tui.aws.facts.acm import AcmFacts
    from runbook_tui.aws.facts.atlas import AtlasFacts
    from runbook_tui.aws.facts.autoscaling import AutoscalingFacts
    from runbook_tui.aws.facts.cloudtrail import CloudTrailFacts
    from runbook_tui.aws.facts.cloudwatch import CloudWatchFacts
    from runbook_tui.aws.facts.codepipeline import CodePipelineFacts
    from runbook_tui.aws.facts.cost import CostFacts
    from runbook_tui.aws.facts.dynamodb import DynamodbFacts
    from runbook_tui.aws.facts.ec2 import Ec2Facts
    from runbook_tui.aws.facts.ecr import EcrFacts
    from runbook_tui.aws.facts.ecs import EcsFacts
    from runbook_tui.aws.facts.elb import ElbFacts
    from runbook_tui.aws.facts.events import EventsFacts
    from runbook_tui.aws.facts.frontend import FrontendFacts
    from runbook_tui.aws.facts.github import GitHubFacts
    from runbook_tui.aws.facts.health import HealthFacts
    from runbook_tui.aws.facts.iam import IamFacts
    from runbook_tui.aws.facts.identity import IdentityFacts
    from runbook_tui.aws.facts.images import ImageFacts
    from runbook_tui.aws.facts.leftovers import LeftoverFacts
    from runbook_tui.aws.facts.linting import LintingFacts
    from runbook_tui.aws.facts.load_trend import LoadFacts
    from runbook_tui.aws.facts.log_query import LogQueryFacts
    from runbook_tui.aws.facts.logs import LogsFacts
    from runbook_tui.aws.facts.parameters import ParameterFacts
    from runbook_tui.aws.facts.permission import PermissionFacts
    from runbook_tui.aws.facts.quotas import QuotaFacts
    from runbook_tui.aws.facts.route53 import Route53Facts
    from runbook_tui.aws.facts.secrets import SecretsFacts
    from runbook_tui.aws.facts.series import SeriesFacts
    from runbook_tui.aws.facts.sns import SnsFacts
    from runbook_tui.aws.facts.tagging import TaggingFacts
    from runbook_tui.aws.facts.wafv2 import Wafv2Facts
    from runbook_tui.aws.facts.xray import XrayFacts
    from runbook_tui.aws.probe import Probe


class Reader(Protocol):
    """Reads AWS for the facts: each request once a sweep, to its last page, errors already classified."""

    @property
    def region(self) -> str: ...

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        """The answer, pages merged, as boto3 gives it. ``operation`` is boto3's name (``describe_services``).

        Its ``ResponseMetadata`` holds at least ``RequestId`` and ``HTTPHeaders``.
        Raises one of ``aws.errors`` or ``core.problems.SignInExpired``.
        """

    def elsewhere(self, region: str) -> "Reader":
        """The same account's reader in another region."""


class AtlasReader(Protocol):
    """Reads one project of MongoDB Atlas: each request once a sweep, to its last page, errors already classified."""

    def read(self, path: str, version: str) -> Mapping[str, Any]:
        """``path`` below the project (``accessList``), ``version`` the date of the API's version (``2023-01-01``).

        A listing is answered whole, in ``results``. Raises one of ``aws.errors``.
        """


class GitHubReader(Protocol):
    """Reads the site's repository at GitHub: each request once a sweep, errors already classified."""

    def read(self, path: str, *, newest: int = 0) -> Mapping[str, Any]:
        """``path`` below the repository (``actions/secrets``). A listing is answered to its last page, or, with
        ``newest``, so many of its first entries. Raises one of ``aws.errors``; what is not there is Missing."""


class Attestations(Protocol):
    def attested(self, check: str, environment: str) -> Attestation | None:
        """The newest statement, expired or not; ``""`` takes one of any environment. JournalProblem when unsure."""


class Records(Protocol):
    """What the product itself has on disk."""

    def history(self) -> History: ...

    def entries(self, run: str) -> tuple[Entry, ...]:
        """Of one run of the history."""

    def audit_log(self) -> AuditLog: ...

    def books(self) -> tuple[Book, ...]:
        """The runbooks that it carries, in the order of the alphabet."""


class Aws:
    """Facts modules are imported on first use: a command that asks one service pays for one."""

    def __init__(
        self,
        reader: Reader,
        probe: "Probe",
        now: Callable[[], datetime],
        attestations: Attestations | None = None,
        *,
        atlas: AtlasReader | None = None,
        github: GitHubReader | None = None,
        records: Records | None = None,
    ) -> None:
        self.reader = reader
        self.probe = probe
        self.now = now
        self._attestations = attestations
        self._atlas = atlas
        self._github = github
        self._records = records

    def attested(self, check: str, environment: str) -> Attestation | None:
        """What an operator stated for this check; ``""`` is for a check that both environments share."""
        return self._attestations.attested(check, environment) if self._attestations else None

    @property
    def records(self) -> Records:
        """JournalProblem in a process that knows no state folder."""
        if self._records is None:
            raise JournalProblem("no state folder is known here: nothing can be said of the past", "give --state-dir")
        return self._records

    @cached_property
    def account_trail(self) -> "AccountTrailFacts":
        from runbook_tui.aws.facts.account_trail import AccountTrailFacts

        return AccountTrailFacts(self.reader)

    @cached_property
    def atlas(self) -> "AtlasFacts | None":
        """None where the site does not use the Admin API, or nobody gave a key for it: then people are asked."""
        from runbook_tui.aws.facts.atlas import AtlasFacts

        return AtlasFacts(self._atlas) if self._atlas else None

    @cached_property
    def acm(self) -> "AcmFacts":
        from runbook_tui.aws.facts.acm import AcmFacts

        return AcmFacts(self.reader)

    @cached_property
    def cloudwatch(self) -> "CloudWatchFacts":
        from runbook_tui.aws.facts.cloudwatch import CloudWatchFacts

        return CloudWatchFacts(self.reader)

    @cached_property
    def cloudtrail(self) -> "CloudTrailFacts":
        from runbook_tui.aws.facts.cloudtrail import CloudTrailFacts

        return CloudTrailFacts(self.reader)

    @cached_property
    def autoscaling(self) -> "AutoscalingFacts":
        from runbook_tui.aws.facts.autoscaling import AutoscalingFacts

        return AutoscalingFacts(self.reader)

    @cached_property
    def codepipeline(self) -> "CodePipelineFacts":
        from runbook_tui.aws.facts.codepipeline import CodePipelineFacts

        return CodePipelineFacts(self.reader)

    @cached_property
    def cost(self) -> "CostFacts":
        from runbook_tui.aws.facts.cost import CostFacts

        return CostFacts(self.reader)

    @cached_property
    def dynamodb(self) -> "DynamodbFacts":
        from runbook_tui.aws.facts.dynamodb import DynamodbFacts

        return DynamodbFacts(self.reader)

    @cached_property
    def ec2(self) -> "Ec2Facts":
        from runbook_tui.aws.facts.ec2 import Ec2Facts

        return Ec2Facts(self.reader)

    @cached_property
    def ecr(self) -> "EcrFacts":
        from runbook_tui.aws.facts.ecr import EcrFacts

        return EcrFacts(self.reader)

    @cached_property
    def ecs(self) -> "EcsFacts":
        from runbook_tui.aws.facts.ecs import EcsFacts

        return EcsFacts(self.reader)

    @cached_property
    def elb(self) -> "ElbFacts":
        from runbook_tui.aws.facts.elb import ElbFacts

        return ElbFacts(self.reader)

    @cached_property
    def events(self) -> "EventsFacts":
        from runbook_tui.aws.facts.events import EventsFacts

        return EventsFacts(self.reader)

    @cached_property
    def frontend(self) -> "FrontendFacts":
        from runbook_tui.aws.facts.frontend import FrontendFacts

        return FrontendFacts(self.reader)

    @cached_property
    def github(self) -> "GitHubFacts | None":
        """None where the pipeline is not GitHub's, or nobody gave a token for it: then people are asked."""
        from runbook_tui.aws.facts.github import GitHubFacts

        return GitHubFacts(self._github) if self._github else None

    @cached_property
    def health(self) -> "HealthFacts":
        from runbook_tui.aws.facts.health import HealthFacts

        return HealthFacts(self.reader)

    @cached_property
    def iam(self) -> "IamFacts":
        from runbook_tui.aws.facts.iam import IamFacts

        return IamFacts(self.reader)

    @cached_property
    def identity(self) -> "IdentityFacts":
        from runbook_tui.aws.facts.identity import IdentityFacts

        return IdentityFacts(self.reader)

    @cached_property
    def images(self) -> "ImageFacts":
        from runbook_tui.aws.facts.images import ImageFacts

        return ImageFacts(self.reader)

    @cached_property
    def leftovers(self) -> "LeftoverFacts":
        from runbook_tui.aws.facts.leftovers import LeftoverFacts

        return LeftoverFacts(self.reader)

    @cached_property
    def linting(self) -> "LintingFacts":
        from runbook_tui.aws.facts.linting import LintingFacts

        return LintingFacts(self.reader)

    @cached_property
    def load(self) -> "LoadFacts":
        from runbook_tui.aws.facts.load_trend import LoadFacts

        return LoadFacts(self.reader)

    @cached_property
    def log_query(self) -> "LogQueryFacts":
        from runbook_tui.aws.facts.log_query import LogQueryFacts

        return LogQueryFacts(self.reader)

    @cached_property
    def logs(self) -> "LogsFacts":
        from runbook_tui.aws.facts.logs import LogsFacts

        return LogsFacts(self.reader)

    @cached_property
    def parameters(self) -> "ParameterFacts":
        from runbook_tui.aws.facts.parameters import ParameterFacts

        return ParameterFacts(self.reader)

    @cached_property
    def permission(self) -> "PermissionFacts":
        from runbook_tui.aws.facts.permission import PermissionFacts

        return PermissionFacts(self.reader, self.iam)

    @cached_property
    def route53(self) -> "Route53Facts":
        from runbook_tui.aws.facts.route53 import Route53Facts

        return Route53Facts(self.reader)

    @cached_property
    def quotas(self) -> "QuotaFacts":
        from runbook_tui.aws.facts.quotas import QuotaFacts

        return QuotaFacts(self.reader)

    @cached_property
    def series(self) -> "SeriesFacts":
        from runbook_tui.aws.facts.series import SeriesFacts

        return SeriesFacts(self.reader)

    @cached_property
    def secrets(self) -> "SecretsFacts":
        from runbook_tui.aws.facts.secrets import SecretsFacts

        return SecretsFacts(self.reader)

    @cached_property
    def sns(self) -> "SnsFacts":
        from runbook_tui.aws.facts.sns import SnsFacts

        return SnsFacts(self.reader)

    @cached_property
    def tagging(self) -> "TaggingFacts":
        from runbook_tui.aws.facts.tagging import TaggingFacts

        return TaggingFacts(self.reader)

    @cached_property
    def wafv2(self) -> "Wafv2Facts":
        from runbook_tui.aws.facts.wafv2 import Wafv2Facts

        return Wafv2Facts(self.reader)

    @cached_property
    def xray(self) -> "XrayFacts":
        from runbook_tui.aws.facts.xray import XrayFacts

        return XrayFacts(self.reader)
