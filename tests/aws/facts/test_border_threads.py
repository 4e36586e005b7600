import subprocess
import sys

import pytest

# Types that nobody has seen yet, each with others inside, met by eight threads at the same moment.
CROWD = """
import sys
from threading import Barrier, Thread

from msgspec import defstruct

from runbook_tui.aws.facts.border import parse, parse_all

sys.setswitchinterval(1e-6)
failed = []


def crowd(facts, together):
    together.wait()
    for fact in facts:
        failed.extend(() if parse({"below": [{}]}, fact).below else [fact])
        failed.extend(() if parse_all({"All": [{}]}, "All", fact) else [fact])


for _ in range(40):
    facts = [defstruct("Fact0", [("below", list[int], [])])]
    for number in range(1, 7):
        facts.insert(0, defstruct(f"Fact{number}", [("below", list[facts[0]], [])]))
    together = Barrier(8)
    threads = [Thread(target=crowd, args=(facts[:-1], together)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
sys.exit(len(failed))
"""


@pytest.mark.slow
def test_many_threads_meet_a_fact_for_the_first_time() -> None:
    """Checks that read the same new kind of fact at the same moment all get it, and the process lives on."""
    done = subprocess.run([sys.executable, "-c", CROWD], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
