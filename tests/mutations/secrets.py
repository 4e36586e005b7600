"""Secrets: secret.*"""

from tests.mutations.contract import FAIL, SKIP, Row
from tests.support.changes import PROD

ROWS = (
    Row(
        check="secret.exists",
        name="prod's secret is scheduled for deletion",
        change=lambda world: world.client("secretsmanager").delete_secret(SecretId=PROD.secret_name),
        flips={"secret.exists@prod": FAIL, "secret.keys@prod": SKIP},
    ),
    Row(
        check="secret.keys",
        name="prod's secret lacks a key",
        change=lambda world: world.fault("secret-key-missing"),
        flips={"secret.keys@prod": FAIL},
    ),
)
