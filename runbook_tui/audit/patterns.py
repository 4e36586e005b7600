"""What secrets look like in a text. Every search is linear: texts come from strangers and may be long."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

REDACTED: Final = "(redacted)"

# Nothing below can match a text that this does not match: most texts are done after one search.
SUSPICIOUS: Final = re.compile(
    r"[@:=]|eyJ|AKIA|ASIA|gh[pousr]_|github_pat_|xox|sk_|glpat-|npm_|AIza|SG\.|-----|(?i:bearer|basic)|\S{40}"
)

_PEM: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL
)
# user:password@ in a URI; a password may hold / or @, and a text that was cut may end before the @.
_USERINFO: Final = re.compile(
    r"://(?:[^\s/?#\"'<>:@\[]{0,100}:(?!\d{1,5}(?![^\s/?#,;)\]}\"'.]))[^\s<>]{1,400}(?:@|…)|[^\s/?#\"'<>@]{1,400}@)"
)
_AUTHORIZATION: Final = re.compile(
    r"(?i:(authorization\\*[\"']?[ \t]{0,3}[:=][ \t]{0,3}))\\*[\"']?"
    r"(?!\(redacted\))(?:[A-Za-z0-9-]{1,30}[ \t]+)?[^\s\"'\\]+"
)
_BEARER: Final = re.compile(
    r"\b((?i:bearer|basic))[ \t]+(?=[A-Za-z._~+/-]{0,100}[0-9=]|[A-Za-z]{0,100}?[a-z][A-Z])[A-Za-z0-9._~+/=-]{8,}"
)
_SHAPES: Final = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"  # JSON web token
    r"|(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16,}"  # AWS access key id
    r"|(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"  # GitHub
    r"|(?<![A-Za-z0-9])(?:xox[abeprs]-[A-Za-z0-9-]{10,}|sk_(?:live|test)_[A-Za-z0-9]{10,})"  # Slack, Stripe
    r"|(?<![A-Za-z0-9])(?:glpat-[\w-]{20,}|npm_[A-Za-z0-9]{30,}|AIza[\w-]{35}|SG\.[\w-]{16,64}\.[\w-]{16,64})"
    r"|(?<=hooks\.slack\.com/services/)[\w/]+"
)
# The rest of the line: a cookie has many parts, and what Secrets Manager keeps is often JSON.
_WHOLE_LINE: Final = re.compile(
    r"((?i:\b(?:(?:set-)?cookie|secret_?(?:string|binary)))\\*[\"']?[ \t]{0,3}[:=])"
    r"(?![ \t]{0,3}(?:\(redacted\)|$))([ \t]{0,3})[^\n]+"
)
_AWS_SECRET_KEY: Final = re.compile(
    r"(?i:(secret(?:[ _-]?access)?(?:[ _-]?key)?\W{1,5}))[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}+@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")

ARN: Final = re.compile(r"(\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:\d{0,12}:[\w:/.*+@-]+)", re.ASCII)

# Names whose values are secret wherever they stand.
_WORDS: Final = (
    r"password|passwd|passphrase|(?<=_)pass|(?<![A-Za-z])pwd|(?<=[?&])(?:token|sig)"
    r"|secret[ _-]?access[ _-]?key|(?:client|shared)[ _-]?secret"
    r"|(?:access|refresh|auth|session|security|id|api|bearer)[_-]?token|api[_-]?key|private[_-]?key|x-amz-signature"
)
_KEYS: Final = re.compile(
    r"(?:password|passwd|passphrase|secretaccesskey|clientsecret|sharedsecret|privatekey|apikey|authorization"
    r"|secretstring|secretbinary|(?:access|refresh|auth|session|security|id|api|bearer)token)$"
)
# What says something about a secret without saying the secret: placeholders, references, states.
_HARMLESS: Final = (
    r"\(redacted\)|arn:aws|\$\{\w+\}|\{\{|<[\w -]{1,40}>|…"
    r"|(?i:true|false|null|none|yes|no|present|missing|absent|empty|required|unset)(?![^\s,;.\"'\\)}\]])"
)
_VALUE: Final = (
    r"(?:(?P<escaped>\\+[\"']).*?(?:\\+[\"']|$)"
    r"|\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|`[^`\n]*+`?|[^\s:\\\"'`]\S*+)"
)


def named(names: Iterable[str]) -> re.Pattern[str]:
    """``NAME=value``, ``NAME: value``, ``"NAME": "value"`` of these names and of the words that always mean secrets."""
    own = [rf"(?<![A-Za-z0-9]){re.escape(name)}" for name in sorted(names, key=len, reverse=True) if name]
    words = "|".join([*own, _WORDS])
    return re.compile(
        rf"(?P<name>(?i:{words})\\*[\"'`]?[ \t]{{0,3}}(?:=>|[:=])[ \t]{{0,3}})"
        rf"(?!\\*[\"'`]?(?:{_HARMLESS}))(?P<value>{_VALUE})",
        re.MULTILINE,
    )


def secret_key(key: str) -> bool:
    """Whether the value under this key of a mapping is a secret by its name alone."""
    return _KEYS.search(re.sub(r"[^a-z]", "", key.lower())) is not None


harmless_value: Final = re.compile(rf"(?:{_HARMLESS}|$)").match


def scrub_shapes(text: str) -> str:
    """Without what is a secret by its own shape, wherever it stands."""
    text = _PEM.sub(REDACTED, text)
    text = _USERINFO.sub(f"://{REDACTED}@", text)
    text = _AUTHORIZATION.sub(rf"\1{REDACTED}", text)
    text = _WHOLE_LINE.sub(rf"\1\2{REDACTED}", text)
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    text = _SHAPES.sub(REDACTED, text)
    return _AWS_SECRET_KEY.sub(rf"\1{REDACTED}", text)


def scrub_named(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(_keep_name, text)


def scrub_email(text: str) -> str:
    return _EMAIL.sub(REDACTED, text) if "@" in text else text


def scrub_random(text: str) -> str:
    """Without runs of 40 characters and more that look drawn by lot: keys and tokens of unknown shape."""
    return _RUN.sub(lambda found: REDACTED if _drawn_by_lot(found[0]) else found[0], text)


def _keep_name(found: re.Match[str]) -> str:
    quote = found["escaped"] or (found["value"][0] if found["value"][0] in "\"'`" else "")
    return f"{found['name']}{quote}{REDACTED}{quote}"


def _drawn_by_lot(run: str) -> bool:
    """A hyphen or an underscore joins the words of names (stack-Role-1KXJ3Q9ZPLM2A): then more is asked for."""
    mixed = _well_mixed if "-" in run or "_" in run else _mixed
    return any(mixed(_kinds(run[start : start + 40])) for start in range(0, max(1, len(run) - 39), 10))


def _kinds(window: str) -> str:
    return "".join("U" if char.isupper() else "L" if char.islower() else "D" for char in window if char.isalnum())


def _mixed(kinds: str) -> bool:
    """Base64 of random bytes changes between A-Z, a-z and 0-9 at 25 of 39 places (standard deviation 3); names of
    things, hexadecimal digests and UUIDs at fewer than 16, or they lack one of the cases."""
    changes = sum(one != other for one, other in pairwise(kinds))
    return min(kinds.count("U"), kinds.count("L")) >= 6 and "D" in kinds and changes >= 16


def _well_mixed(kinds: str) -> bool:
    """Random text also has digits beside small letters, changes of case at 13 places, and no words."""
    pairs = [one + other for one, other in pairwise(kinds)]
    cases = pairs.count("LU") + pairs.count("UL")
    return _mixed(kinds) and cases >= 6 and ("LD" in kinds or "DL" in kinds) and "L" * 8 not in kinds
