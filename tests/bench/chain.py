"""A million lines verified, beside hashing their bytes once."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.journals import write_long
from tests.bench.timing import interleaved, process, python

_VERIFY = (
    "import sys; from pathlib import Path; from runbook_tui.audit.verify import verify; "
    "sys.exit(not verify(Path({path!r})).ok)"
)
_DIGEST = "import hashlib; hashlib.file_digest(open({path!r}, 'rb'), 'sha256').hexdigest()"


_MORE = """
import json, sys
before = set(sys.modules)
import runbook_tui.audit.verify
names = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(names - sys.stdlib_module_names - {"runbook_tui"})))
"""


def million(bench: Bench) -> Path:
    """The long journal, written once for all benchmarks, outside any state folder."""
    path = bench.folder / "million.jsonl"
    if not path.exists():
        write_long(path, bench.sizes.million)
    return path


def measure(bench: Bench) -> Iterator[Row]:
    path = million(bench)
    digest = shutil.which("sha256sum")
    beside = [digest, str(path)] if digest else python(_DIGEST.format(path=str(path)))
    name = "sha256sum" if digest else "hashlib.file_digest"
    found = interleaved(
        {"ours": process(python(_VERIFY.format(path=str(path)))), "beside": process(beside)},
        bench.sizes.chain_rounds,
    )
    size = path.stat().st_size / 2**20
    detail = f"{milliseconds(found['ours'])}; {name} {milliseconds(found['beside'])}, {size:.0f} MiB"
    yield ratio(f"verify {bench.sizes.million:,} lines : `{name}`", found["ours"], found["beside"], 1.25, detail=detail)
    done = subprocess.run(python(_MORE), capture_output=True, text=True, check=True)
    more: list[str] = json.loads(done.stdout)
    what = "verify: packages imported beyond the standard library"
    yield Row(what=what, measured=len(more), allowed=0, unit="", detail=", ".join(more))
