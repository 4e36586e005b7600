"""The credential report as the stock client gets it."""

import csv
import io
from typing import Any

import pytest

from tests.support.stepped import advance, client, stepped

pytestmark = pytest.mark.slow


def report(iam: Any) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode()))
    return {row["user"]: row for row in rows}


def test_root_stands_first_and_users_follow() -> None:
    """Root has its row with device and keys."""
    with stepped() as simulator:
        iam = client(simulator, "iam")
        iam.generate_credential_report()
        advance(simulator.world, 60)
        iam.generate_credential_report()
        before = report(iam)
        assert next(iter(before)) == "<root_account>"
        root = before["<root_account>"]
        assert root["arn"] == f"arn:aws:iam::{simulator.world.account}:root"
        assert (root["password_enabled"], root["mfa_active"]) == ("not_supported", "true")
        assert (root["access_key_1_active"], root["access_key_2_active"]) == ("false", "false")
        users = {user["UserName"] for user in iam.list_users()["Users"]}
        assert users
        assert set(before) - {"<root_account>"} == users
