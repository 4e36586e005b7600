"""Is a journal whole? By slicing bytes, with the standard library alone: nobody has to trust our parser.

A line is ``{"seq":N,…,"prev":"<64 hex>","hash":"<64 hex>"}`` and a newline. ``hash`` is the SHA-256 of the line's
bytes before ``,"hash":"``; ``prev`` is the hash of the line before, 64 zeros in the first.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

ZEROS: Final = "0" * 64
HASH: Final = b',"hash":"'
SEAL: Final = len(HASH) + 64 + len(b'"}\n')  # bytes from the comma before "hash" to the newline
TORN: Final = "the line has no end: cut off, or torn by a crash (resuming the run sets a torn line aside)"
_CHUNK: Final = 1 << 20


class Report(NamedTuple):
    """``lines`` that are good, from the first; ``tip`` is the hash of the last of them. ``what`` is wrong with
    line ``first_bad_line`` (from 1); empty and 0 in a journal that is whole."""

    path: Path
    lines: int
    tip: str
    ok: bool
    first_bad_line: int = 0
    what: str = ""


def verify(path: Path) -> Report:
    """OSError when the file cannot be read. What was cut off at the end cannot be seen: compare the tip."""
    number = 0
    prev = ZEROS.encode()
    with path.open("rb", buffering=_CHUNK) as file:
        for line in file:
            digest = sha256(line[:-SEAL]).hexdigest().encode()
            # One comparison covers prev, hash and everything that stands around them.
            if not (
                line.endswith(b'"prev":"%b","hash":"%b"}\n' % (prev, digest))
                and line.startswith(b'{"seq":%d,' % number)
            ):
                tip = prev.decode()
                what = trouble(line, number, tip)
                return Report(path, number, tip, ok=False, first_bad_line=number + 1, what=what)
            prev = digest
            number += 1
    return Report(path, number, prev.decode(), ok=True)


def trouble(line: bytes, seq: int, prev: str) -> str:
    """What is wrong with the line that should be number ``seq`` and follow the line with hash ``prev``; or nothing."""
    if not line.endswith(b"\n"):
        return TORN
    body, seal = line[:-SEAL], line[-SEAL:]
    if not (seal.startswith(HASH) and seal.endswith(b'"}\n')):
        return "the line does not end in its hash"
    if seal[len(HASH) : -3] != sha256(body).hexdigest().encode():
        return "the line was changed: its hash does not match"
    if not body.startswith(b'{"seq":%d,' % seq):
        return f"this is not entry {seq}: a line is missing, added or moved"
    if not body.endswith(b'"prev":"%b"' % prev.encode()):
        return "the line does not follow the one before it: a line is missing, added or moved"
    return ""
