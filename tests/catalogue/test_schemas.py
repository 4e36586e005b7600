"""The published schemas and the loaders are one description."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runbook_tui.catalogue import loader, site_file
from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import plain
from runbook_tui.catalogue.positions import parse
from runbook_tui.catalogue.schema import runbook_schema, site_schema
from runbook_tui.catalogue.site_file import complete
from runbook_tui.catalogue.site_shape import all_keys
from runbook_tui.core.site_values import values
from tests.support.check_ids import CHECK_IDS

RUNBOOK = Draft202012Validator(runbook_schema())
SITE = Draft202012Validator(site_schema())
HEAD = "id: one\ntitle: One\nfamily: rollback\noutcome: Done.\n"


def instance(text: str) -> Any:
    findings = Findings("x")
    node = parse(text, findings)
    assert findings.errors == ()
    return plain(node)


@pytest.mark.parametrize("validator", [RUNBOOK, SITE])
def test_the_schemas_are_schemas(validator: Draft202012Validator) -> None:
    """They obey the dialect that they name."""
    Draft202012Validator.check_schema(validator.schema)


@pytest.mark.parametrize("name", loader.shelf())
def test_every_bundled_runbook_obeys_the_schema(name: str) -> None:
    """What the loader takes, an editor shows without a mark."""
    text = loader.shelf()[name].read_text(encoding="utf-8")
    assert [error.message for error in RUNBOOK.iter_errors(instance(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + "steps: []\n",
        HEAD + "steps: [{id: a}]\n",
        HEAD + "steps: [{id: A, title: A}]\n",
        HEAD + "steps: [{id: a, title: ''}]\n",
        HEAD + "steps: [{id: a, title: 1}]\n",
        HEAD + "steps: [{id: a, title: A, unknown: 1}]\n",
        HEAD + "steps: [{id: a, title: A, guide: [9.2]}]\n",
        HEAD + "steps: [{id: a, title: A, guide: ['x']}]\n",
        HEAD + "steps: [{id: a, title: A, checks: tg.exists}]\n",
        HEAD + "steps: [{id: a, title: A, end: 1}]\n",
        HEAD + "steps: [{id: a, title: A, end: true, next: a}]\n",
        HEAD + "steps: [{id: a, title: A, wait: {until: [tg.exists], timeout: 15x}}]\n",
        HEAD + "steps: [{id: a, title: A, wait: {until: [tg.exists], timeout: 0}}]\n",
        HEAD + "steps: [{id: a, title: A, wait: {until: [], timeout: 15m}}]\n",
        HEAD + "steps: [{id: a, title: A, ask: {question: Q, options: {x: {label: X}}}}]\n",
        HEAD + "steps: [{id: a, title: A, ask: {question: Q, options: {X: {label: X}, y: {label: Y}}}}]\n",
        HEAD + "steps: [{id: a, title: A, otherwise: b}]\n",
        HEAD + "steps: [{id: a, title: A, console: 'ftp://x'}]\n",
        HEAD + "steps: [{id: a, title: A, by_hand: {x: y}}]\n",
        HEAD.replace("rollback", "other") + "steps: [{id: a, title: A}]\n",
        HEAD + "environments: []\nsteps: [{id: a, title: A}]\n",
    ],
)
def test_wrong_runbooks_are_refused_by_both(text: str) -> None:
    """No shape is wrong for the loader alone, or for the schema alone."""
    assert not RUNBOOK.is_valid(instance(text))
    assert loader.inspect(text, "x", CHECK_IDS)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "mode: other\n",
        "aws: {region: Mumbai}\n",
        "aws: {account_id: 123456789012}\n",
        "aws: {account_id: '123'}\n",
        "aws: {regoin: x}\n",
        "net: {nat: sometimes}\n",
        "net: {public_subnets: 10.20.0.0/24}\n",
        "app: {port: 0}\n",
        "app: {port: 80.5}\n",
        "app: {ready_path: ready}\n",
        "app: {ready_checks_db: perhaps}\n",
        "alb: {deletion_protection: 1}\n",
        "obs: {retention_days: 31}\n",
        "alarm: {p95_seconds: 0}\n",
        "environments: {dev: {}}\n",
        "environments: {prod: {cpu: 300}}\n",
        "environments: {prod: {secret_name: 'backend-AbCdEf'}}\n",
        "db: {dynamodb: {tables: [{pk: id}]}}\n",
        "cicd: {branches: {prod: 1}}\n",
        "net: null\n",
        "path: x\n",
    ],
)
def test_wrong_sites_are_refused_by_both(text: str) -> None:
    """Types, limits and names are the same in both."""
    assert not SITE.is_valid(instance(text))
    assert site_file.inspect(text, "x")[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "alb: {waf: off}\n",
        "app: {port: 8080.0, ready_checks_db: ask, smoke_expect: null}\n",
        "secrets: {allow_value_read: false}\n",
        "domain: {zone: example.com}\n",
        "net: {vpc_id: REPLACE-ME}\n",
        "db: {dynamodb: {tables: [{name: orders, pk: id, sk: at, sk_type: N}]}}\n",
        "cicd: {pipelines: {prod: release}}\n",
        "environments: {prod: {autoscale: {max: 9}, load_test_date: 2026-11-23}}\n",
    ],
)
def test_right_sites_are_taken_by_both(text: str) -> None:
    """What one allows the other allows, placeholders included."""
    assert [error.message for error in SITE.iter_errors(instance(text))] == []
    assert site_file.inspect(text, "x")[1] == ()


def test_every_value_of_the_site_has_a_key_of_the_file() -> None:
    """The description covers the types: a new attribute is a new key."""
    keys = {one.key for one in values(complete({})) if not one.rule.endswith("[]")}
    free = {key for key in keys if key.startswith("cicd.branches.")}
    assert keys - free <= set(all_keys())
    assert set(all_keys()) - keys == {"cicd.branches", "cicd.pipelines"}
