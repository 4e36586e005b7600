"""What ``dynamodb`` says about the site's tables, and CloudWatch and the autoscaler about what they bear."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.facts.secrets import TABLE_KEY
from runbook_tui.aws.facts.throttling import Load, MetricResult, load_of, questions

TABLE: Final = "dynamodb:table"
CREATE_TABLE: Final = "create the table, or correct its name in db.dynamodb.tables in the site file"
QUESTIONS_A_REQUEST: Final = 500  # get_metric_data takes no more


class KeyElement(Fact, frozen=True, kw_only=True):
    """``key_type`` is HASH for the partition key, RANGE for the sort key."""

    attribute_name: str
    key_type: str


class AttributeDefinition(Fact, frozen=True, kw_only=True):
    attribute_name: str
    attribute_type: str


class BillingMode(Fact, frozen=True, kw_only=True):
    billing_mode: str = "PROVISIONED"


class SecondaryIndex(Fact, frozen=True, kw_only=True):
    index_name: str
    index_status: str = ""


class Encryption(Fact, frozen=True, kw_only=True):
    status: str = ""


class Table(Fact, frozen=True, kw_only=True):
    """``billing_mode_summary`` is absent from a table that was always PROVISIONED."""

    table_name: str
    table_status: str
    key_schema: tuple[KeyElement, ...]
    attribute_definitions: tuple[AttributeDefinition, ...] = ()
    billing_mode_summary: BillingMode = BillingMode()
    global_secondary_indexes: tuple[SecondaryIndex, ...] = ()
    encryption: Encryption | None = field(default=None, name="SSEDescription")
    deletion_protection_enabled: bool = False

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def provisioned(self) -> bool:
        return self.billing_mode_summary.billing_mode == "PROVISIONED"

    def key(self, key_type: str) -> tuple[str, str] | None:
        """Name and type (S, N or B) of the HASH or RANGE key; None when the table has none."""
        name = next((one.attribute_name for one in self.key_schema if one.key_type == key_type), None)
        if name is None:
            return None
        kinds = {one.attribute_name: one.attribute_type for one in self.attribute_definitions}
        return name, kinds.get(name, "")


class Recovery(Fact, frozen=True, kw_only=True):
    point_in_time_recovery_status: str
    latest_restorable_date_time: Moment | None = None


class ContinuousBackups(Fact, frozen=True, kw_only=True):
    continuous_backups_status: str
    point_in_time_recovery_description: Recovery | None = None

    @property
    def recovery(self) -> Recovery:
        return self.point_in_time_recovery_description or Recovery(point_in_time_recovery_status="DISABLED")


class ScalableTarget(Fact, frozen=True, kw_only=True):
    resource_id: str


class Parameter(Fact, frozen=True, kw_only=True):
    name: str
    type: str = "String"
    value: str = ""


class DynamodbFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def table(self, name: str) -> Table:
        """Missing ``dynamodb:table``."""
        with missing_is(TABLE, name, CREATE_TABLE):
            answer = self._reader.read("dynamodb", "describe_table", TableName=name)
        return Table.from_api(answer.get("Table"))

    def names(self) -> frozenset[str]:
        """Of every table in the account and region."""
        return frozenset(listed(self._reader.read("dynamodb", "list_tables"), "TableNames", str))

    def backups(self, name: str) -> ContinuousBackups:
        """Missing ``dynamodb:table``."""
        with missing_is(TABLE, name, CREATE_TABLE):
            answer = self._reader.read("dynamodb", "describe_continuous_backups", TableName=name)
        return parse(answer.get("ContinuousBackupsDescription"), ContinuousBackups)

    def loads(self, names: Iterable[str], until: datetime) -> Mapping[str, Load]:
        """Requests and throttles of each table in the 24 hours before ``until``, which is cut to a whole minute."""
        asked = questions(tuple(names))
        end = until.replace(second=0, microsecond=0)
        results: list[MetricResult] = []
        for start in range(0, len(asked), QUESTIONS_A_REQUEST):
            chunk = asked[start : start + QUESTIONS_A_REQUEST]
            answer = self._reader.read(
                "cloudwatch",
                "get_metric_data",
                MetricDataQueries=[one.query for one in chunk],
                StartTime=end - timedelta(hours=24),
                EndTime=end,
            )
            results += listed(answer, "MetricDataResults", MetricResult)
        return load_of(asked, results)

    def scaled(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the tables whose capacity the autoscaler looks after."""
        ids = sorted(f"table/{name}" for name in names)
        answer = self._reader.read(
            "application-autoscaling", "describe_scalable_targets", ServiceNamespace="dynamodb", ResourceIds=ids
        )
        found = listed(answer, "ScalableTargets", ScalableTarget)
        targets = {one.resource_id.removeprefix("table/") for one in found}
        if not targets <= set(names):
            raise Malformed("the autoscaler answered tables that were not asked for", remedy="re-check")
        return frozenset(targets)

    def named_by_parameters(self, path: str) -> Mapping[str, str]:
        """Tables that parameters right below ``path`` name, by the last part of the parameter's name.

        Malformed when one is a SecureString: a table's name is no secret, and its ciphertext is not its name.
        """
        answer = self._reader.read("ssm", "get_parameters_by_path", Path=path)
        named = {one.name.rpartition("/")[2]: one for one in listed(answer, "Parameters", Parameter)}
        tables = {key: one for key, one in named.items() if key.startswith(TABLE_KEY)}
        for one in tables.values():
            if one.type == "SecureString":
                raise Malformed(f"{one.name} is a SecureString", remedy="store the table's name as a String")
        return {key: one.value for key, one in tables.items()}
