"""Secrets are found by shape and by name; what names a thing survives."""

import base64
import hashlib
import random
import string
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.audit.patterns import REDACTED
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.events import CheckFinished, NoteAdded, RunResumed, RunStarted, StepLeft
from runbook_tui.core.verdict import Cause, passed, unknown

REDACTOR = Redactor(["MONGO_URI", "JWT_SECRET", "SMTP_USER", "SMTP_PASS"])

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
RANDOM_BASE64 = base64.b64encode(hashlib.sha512(b"any").digest()).decode()

# text, the secret in it, what must be left of the text
SECRETS = [
    ("mongodb+srv://app:hunter2@db.example.net/prod", "hunter2", "mongodb+srv://(redacted)@db.example.net/prod"),
    ("mongodb://app:p@ss/w:rd@db.example.net/prod", "p@ss", "mongodb://(redacted)@db.example.net/prod"),
    ("https://ghtoken@example.com/x", "ghtoken", "https://(redacted)@example.com/x"),
    ("cut off: mongodb+srv://app:hunt…", "hunt", "cut off: mongodb+srv://(redacted)@"),
    ("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE", "key (redacted) used"),
    ("ASIAIOSFODNN7EXAMPLE", "ASIA", "(redacted)"),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr", "aws_secret_access_key = (redacted)"),
    ('"SecretAccessKey":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', "aaaa", '"SecretAccessKey":"(redacted)"'),
    (f"token {JWT} refused", JWT, "token (redacted) refused"),
    (f"before {PEM} after", "MIIEow", "before (redacted) after"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEow… cut", "MIIEow", "(redacted)"),
    ("mail jane.doe+x@mail.example.com please", "jane", "mail (redacted) please"),
    ("Authorization: Bearer abc.def-ghi", "abc.def", "Authorization: (redacted)"),
    ("authorization=Basic dXNlcjpwYXNz", "dXNl", "authorization=(redacted)"),
    ("curl -H 'Bearer 0123456789abcdef'", "0123", "curl -H 'Bearer (redacted)'"),
    ("sent basic dXNlcjpwYXNz there", "dXNl", "sent basic (redacted) there"),
    ("password=hunter2 host=db", "hunter2", "password=(redacted) host=db"),
    ("DB_PASSWORD: 'two words' x", "two words", "DB_PASSWORD: '(redacted)' x"),
    ('{"JWT_SECRET": "correct horse", "PORT": "8080"}', "correct", '{"JWT_SECRET": "(redacted)", "PORT": "8080"}'),
    (r'"{\"SMTP_PASS\": \"co rr\", \"PORT\": 1}"', "co rr", r'"{\"SMTP_PASS\": \"(redacted)\", \"PORT\": 1}"'),
    ('"JWT_SECRET": "quote \\" inside", "a": 1', "inside", '"JWT_SECRET": "(redacted)", "a": 1'),
    ("export PROD_JWT_SECRET=abc", "abc", "export PROD_JWT_SECRET=(redacted)"),
    ("smtp_pass: s3cr3t", "s3cr3t", "smtp_pass: (redacted)"),
    ("ghp_" + "a1B2" * 9, "a1B2", "(redacted)"),
    ("github_pat_" + "11ABCDEFG0_" + "x" * 50, "11ABC", "(redacted)"),
    ("xoxb-123456789012-abcdefABCDEF", "xoxb", "(redacted)"),
    (f"blob {RANDOM_BASE64}", RANDOM_BASE64[:20], "blob (redacted)"),
    ("https://s3/x?X-Amz-Signature=" + "ab" * 32, "abab", "https://s3/x?X-Amz-Signature=(redacted)"),
    ("Set-Cookie: session=abc; Path=/\nnext", "abc", "Set-Cookie: (redacted)\nnext"),
    ('SecretString: {"a": "b c"}', "b c", "SecretString: (redacted)"),
    ("https://h.example/cb?x=1&token=abc", "abc", "https://h.example/cb?x=1&token=(redacted)"),
    ("AIza" + "Ab1_-" * 7, "Ab1", "(redacted)"),
    ("https://hooks.slack.com/services/T0/B0/abc", "T0", "https://hooks.slack.com/services/(redacted)"),
    ("AKIA\u200bIOSFODNN7\x1b[0mEXAMPLE", "IOSFODNN7", "(redacted)"),
]

SURVIVORS = [
    "arn:aws:iam::123456789012:role/AsharviCicdDeployRole",
    "arn:aws:sts::123456789012:assumed-role/AsharviOnCall/jane@example.com",
    "arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod-AbCdEf:JWT_SECRET::",
    "arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod-AbCdEf:JWT_SECRET:AWSCURRENT:",
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:loadbalancer/app/asharvi-alb/50dc6c495c0c9188",
    "arn:aws:ecs:ap-south-1:123456789012:task/asharvi-backend-prod/0123456789abcdef0123456789abcdef",
    "arn:aws:cloudformation:ap-south-1:123456789012:stack/x-AsharviTaskRole-1KXJ3Q9ZPLM2A/3f2504e0-4f89-11d3-9a0c",
    "asharvi-stack-AsharviTaskRole-1KXJ3Q9ZPLM2A",
    "AmazonECSTaskExecutionRolePolicyServiceRoleForECS2",
    "AsharviBackendProductionTaskExecutionRoleForFargate1",
    "123456789012.dkr.ecr.ap-south-1.amazonaws.com/asharvi-backend-prod@sha256:" + "0f" * 32,
    "sha256:" + hashlib.sha256(b"x").hexdigest(),
    "asharvi-backend-prod:42",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "request id 3F2504E0-4F89-11D3-9A0C-0305E82C3301",
    "Root=1-67891233-abcdef012345678912345678",
    "https://api.example.com:8443/ready?x=1",
    "https://api.example.com:8443, http://[::1]:8080/@scope/x",
    "http://127.0.0.1:4566",
    "https://ap-south-1.console.aws.amazon.com/ecs/v2/clusters/AsharviBackendProd/services/AsharviBackendProd/health",
    "asharvi-alb-1234567890.ap-south-1.elb.amazonaws.com",
    "git+ssh npm left-pad@1.3.0",
    "you@laptop",
    "JWT_SECRET: missing, SMTP_PASS: present; MONGO_URI=${MONGO_URI}",
    "missing keys: JWT_SECRET, SMTP_PASS",
    "password_policy: minimum length 14",
    "basic information and bearer tokens",
    "12 pass: 3 fail: 0",
    "the session cookie is set; nextToken=abc",
    "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "AsharviProd-BackendTaskDefinitionExecutionRole5C7F2A-1B9QXW3K0ZLMT",
    "SubnetId subnet-0123456789abcdef0, eni-0123456789abcdef0",
    "20261123-031602-validation-9f3c",
    "2026-11-23T03:16:02.000000Z",
    "targets 0 of 2 healthy: Target.ResponseCodeMismatch [503]",
]


@pytest.mark.parametrize(("text", "secret", "left"), SECRETS)
def test_each_shape_of_secret_goes(text: str, secret: str, left: str) -> None:
    """The secret is replaced, the words around it stay."""
    scrubbed = REDACTOR.text(text)
    assert secret not in scrubbed
    assert scrubbed == left


@pytest.mark.parametrize("text", SURVIVORS)
def test_names_of_things_survive(text: str) -> None:
    """Host names, ARNs, digests, revisions, ids and plain sentences are no secrets."""
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize(("text", "secret", "left"), SECRETS)
def test_redacting_twice_changes_nothing(text: str, secret: str, left: str) -> None:
    """What was redacted is left alone."""
    assert REDACTOR.text(left) == left


_HEX = st.text("0123456789abcdef", min_size=32, max_size=64)
_NAME = st.from_regex(r"[A-Z]?[a-z]{2,12}(-[A-Za-z][a-z]{1,8}){0,4}", fullmatch=True)
_HOST = st.from_regex(r"([a-z][a-z0-9-]{0,20}[a-z0-9]\.){1,3}(com|net|internal)", fullmatch=True)


@given(
    st.one_of(
        _HEX,
        _HEX.map(lambda digest: f"sha256:{digest}"),
        st.uuids().map(str),
        st.uuids().map(lambda one: str(one).upper()),
        _HOST,
        st.tuples(_HOST, st.integers(1, 65535), _NAME).map(lambda url: f"https://{url[0]}:{url[1]}/{url[2]}"),
        st.tuples(_NAME, st.integers(1, 9999)).map(lambda revision: f"{revision[0]}:{revision[1]}"),
        st.tuples(_NAME, _NAME, _HEX).map(lambda a: f"arn:aws:ecs:ap-south-1:123456789012:{a[0]}/{a[1]}/{a[2]}"),
    ),
    st.sampled_from(["{}", "is {} there", "id={}", "({})", "[{}], and"]),
)
def test_any_name_of_a_thing_survives(name: str, frame: str) -> None:
    """However it is made, and wherever it stands in a sentence."""
    text = frame.format(name)
    assert REDACTOR.text(text) == text


@given(st.integers(0, 2**64), st.sampled_from(["{}", "x {} y", '{{"k":"{}"}}', "({})"]), st.integers(0, 7))
def test_any_secret_of_a_known_shape_goes(seed: int, frame: str, shape: int) -> None:
    """Random keys, tokens and passwords of every shape are never left in the text."""
    lot = random.Random(seed)

    def drawn(alphabet: str, length: int) -> str:
        return "".join(lot.choices(alphabet, k=length))

    alnum = string.ascii_letters + string.digits
    core, text = [
        lambda core: (core, f"AKIA{core}"),
        lambda core: (core, f"ghp_{core}"),
        lambda core: (core, f"eyJhbGci.{core}.{core}"),
        lambda core: (core, f"password={core}"),
        lambda core: (core, f"mongodb+srv://app:{core}@db.example.net"),
        lambda core: (core, f"JWT_SECRET: {core}"),
        lambda core: (core, f"{core}@example.com"),
        lambda core: (core, f"aws_secret_access_key={core}"),
    ][shape](drawn(string.ascii_uppercase + string.digits if shape == 0 else alnum, 40 if shape in (1, 7) else 16))
    assert core not in REDACTOR.text(frame.format(text))


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_can_be_stored(text: str) -> None:
    """Whatever comes in, what goes out is UTF-8, and redacting it again changes nothing."""
    once = REDACTOR.text(text)
    once.encode()
    assert REDACTOR.text(once) == once


def test_long_hostile_texts_are_searched_in_one_go() -> None:
    """No text makes a pattern quadratic: the test's time limit would strike."""
    for piece in (
        "://a:",
        "a@",
        "eyJ_",
        'password=\\"',
        "x" * 7,
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "bearer a",
        ":",
    ):
        REDACTOR.text(piece * (100_000 // len(piece)))


def test_values_under_secret_names_go() -> None:
    """A mapping's key can be what makes a secret of its value; booleans, states and references stay."""
    evidence: dict[str, Any] = {
        "JWT_SECRET": "hunter2",
        "dbPassword": ["a", {"x": 7}],
        "SMTP_PASS": True,
        "MONGO_URI": "arn:aws:secretsmanager:ap-south-1:123456789012:secret:x",
        "smtp_user": "missing",
        "password_policy": {"length": 14},
        "AKIAIOSFODNN7EXAMPLE": 1,
    }
    assert REDACTOR.value(evidence) == {
        "JWT_SECRET": REDACTED,
        "dbPassword": [REDACTED, {"x": REDACTED}],
        "SMTP_PASS": True,
        "MONGO_URI": "arn:aws:secretsmanager:ap-south-1:123456789012:secret:x",
        "smtp_user": "missing",
        "password_policy": {"length": 14},
        REDACTED: 1,
    }


def test_anything_becomes_what_json_knows() -> None:
    """Exceptions, sets, read-only mappings, times and infinite numbers are stored as plain values."""
    value = MappingProxyType(
        {
            "e": ValueError("password=hunter2"),
            "t": ("a", {"b"}),
            "n": float("inf"),
            "d": datetime(2026, 11, 23, tzinfo=UTC),
        }
    )
    assert REDACTOR.value(value) == {
        "e": "password=(redacted)",
        "t": ["a", ["b"]],
        "n": "inf",
        "d": "2026-11-23T00:00:00Z",
    }


def _started(**changes: Any) -> RunStarted:
    text = "id: x\nsteps:\n  - id: a\n    text: |\n      Ask `you@laptop`; see https://example.com:8443/\u202e\n"
    fields: dict[str, Any] = {
        "runbook": "x",
        "title": "X",
        "runbook_text": text,
        "runbook_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "site": "asharvi",
        "site_sha256": "0" * 64,
        "environment": "prod",
        "tool_version": "0.1.0",
        "operator": "jane@example.com (AsharviOnCall)",
        "account": "123456789012",
        "region": "ap-south-1",
    }
    return RunStarted(**fields | changes)


def test_a_runbook_without_secrets_stays_byte_for_byte() -> None:
    """Its digest must still match the text in the journal."""
    started = REDACTOR.event(_started())
    assert isinstance(started, RunStarted)
    assert hashlib.sha256(started.runbook_text.encode()).hexdigest() == started.runbook_sha256


def test_the_operator_is_still_known() -> None:
    """An e-mail address that says who somebody is stays; a key in the same place goes."""
    event = REDACTOR.event(RunResumed(operator="jane@example.com AKIAIOSFODNN7EXAMPLE", tool_version="1"))
    assert event == RunResumed(operator="jane@example.com (redacted)", tool_version="1")


def test_events_and_verdicts_keep_their_types() -> None:
    """An event comes back as the same kind of event, with only its secrets gone; names of steps are no texts."""
    finished = CheckFinished(
        step="a", sweep=1, check="secret.keys", verdict=unknown(Cause.ERROR, f"saw {JWT}", "ask a@b.com", count=3)
    )
    expected = unknown(Cause.ERROR, "saw (redacted)", "ask (redacted)", count=3)
    assert REDACTOR.event(finished) == msgspec.structs.replace(finished, verdict=expected)
    assert REDACTOR.verdict(finished.verdict) == expected
    assert REDACTOR.verdict(passed("fine")) == passed("fine")
    left = StepLeft(step="password-reset", outcome="done", reason="password=x", next=None)  # type: ignore[arg-type]
    assert REDACTOR.event(left) == msgspec.convert(
        {"event": "StepLeft", "step": "password-reset", "outcome": "done", "reason": "password=(redacted)"}, StepLeft
    )
    assert REDACTOR.event(NoteAdded(text="plain")) == NoteAdded(text="plain")
