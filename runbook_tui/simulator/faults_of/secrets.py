"""Secrets Manager: what a new task wants to read is not there."""

import json

from runbook_tui.simulator.faults_of.prod import PROD, undo_call
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_MISSING_KEY = "SMTP_PASS"


@fault("secret-key-missing", f"prod: the secret lacks {_MISSING_KEY}")
def secret_key_missing(world: World, _argument: str) -> Undo:
    name = PROD.secret_name
    former = world.call("secretsmanager", "GetSecretValue", SecretId=name)["SecretString"]
    kept = {key: value for key, value in json.loads(former).items() if key != _MISSING_KEY}
    world.call("secretsmanager", "PutSecretValue", SecretId=name, SecretString=json.dumps(kept))
    return undo_call(world, "secretsmanager", "PutSecretValue", SecretId=name, SecretString=former)


@fault("secret-missing", "prod: somebody has marked the secret for deletion")
def secret_missing(world: World, _argument: str) -> Undo:
    name = PROD.secret_name
    world.call("secretsmanager", "DeleteSecret", SecretId=name, RecoveryWindowInDays=7)
    return undo_call(world, "secretsmanager", "RestoreSecret", SecretId=name)
