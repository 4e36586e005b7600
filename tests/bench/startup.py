"""Commands that draw nothing: as fast as Python itself allows."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

from runbook_tui.catalogue.registry import all_checks
from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio
from tests.bench.journals import RUN, runbook_text, write_long
from tests.bench.timing import interleaved, process, python

HEAVY = ("textual", "boto3", "botocore", "moto")


def measure(bench: Bench) -> Iterator[Row]:
    book = bench.folder / "long.yaml"
    book.write_text(runbook_text(bench.sizes.steps, tuple(all_checks())))
    state = bench.folder / "verified"
    (state / "runs").mkdir(parents=True, mode=0o700)
    write_long(state / "runs" / f"{RUN}.jsonl", bench.sizes.verified)
    commands = {
        "`--version`": (["--version"], 2.5),
        f"`lint` of a runbook of {bench.sizes.steps} steps": (["lint", str(book)], 5.0),
        f"`audit verify` of {bench.sizes.verified:,} lines": (["audit", "verify", RUN, "--state-dir", str(state)], 5.0),
        "`schema`": (["schema"], 5.0),
    }
    sides = {what: process([*bench.program, *words]) for what, (words, _) in commands.items()}
    beside = "python -c pass"
    found = interleaved({beside: process(python("pass")), **sides}, bench.sizes.process_rounds)
    for what, (words, allowed) in commands.items():
        detail = f"{milliseconds(found[what])}; {beside} {milliseconds(found[beside])}"
        yield ratio(f"{what} : `{beside}`", found[what], found[beside], allowed, detail=detail)
        heavy = imported(words)
        yield Row(
            what=f"{what}: textual, boto3, botocore, moto imported",
            measured=len(heavy),
            allowed=0,
            unit="",
            detail=", ".join(heavy),
        )


def imported(words: Sequence[str]) -> list[str]:
    """Which heavy packages this command line imports."""
    code = (
        "import json, sys\nfrom runbook_tui.entry import main\n"
        f"code = main({list(words)!r})\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return names
