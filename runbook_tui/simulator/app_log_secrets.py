"""Keeps the made-up secrets of the simulated world out of its own logs and its trail, as a careful application does."""

import re

from runbook_tui.simulator.names import SITE

_NAMES = "|".join(re.escape(name) for name in SITE.secrets.required_keys)
_URI = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"]+@")
_NAMED = re.compile(
    rf'("?(?:{_NAMES}|password|secret|token)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s,;}}"]+)', re.IGNORECASE
)
_HIDDEN = "[Redacted]"


def scrubbed(text: str) -> str:
    """Who signs in with an address, and what stands behind the name of a secret, replaced by pino's ``[Redacted]``."""
    return _NAMED.sub(_hide, _URI.sub(rf"\1{_HIDDEN}@", text))


def _hide(found: "re.Match[str]") -> str:
    quoted = found[2].startswith('"')
    return found[1] + (f'"{_HIDDEN}"' if quoted else _HIDDEN)
