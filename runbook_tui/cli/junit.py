"""A sweep as JUnit XML, which CI servers read."""

from xml.etree import ElementTree as ET

from runbook_tui.cli.sweep import Result, Sweep
from runbook_tui.core.verdict import Status


def as_junit(sweep: Sweep) -> str:
    """One test case a verdict: FAIL is a failure, UNKNOWN an error, SKIP and a waived FAIL are skipped; WARN passes
    and says so."""
    shown = sweep.shown
    counts = {
        "tests": str(len(shown)),
        "failures": str(sum(result.fails for result in shown)),
        "errors": str(sum(result.status is Status.UNKNOWN for result in shown)),
        "time": f"{sweep.seconds:.3f}",
    }
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(
        root,
        "testsuite",
        {
            "name": f"runbook-tui.{sweep.environment or 'all'}",
            **counts,
            "skipped": str(sum(result.status is Status.SKIP or result.waived for result in shown)),
            "timestamp": f"{sweep.started_at:%Y-%m-%dT%H:%M:%S}",
            "hostname": f"{sweep.world}-{sweep.account}",
        },
    )
    for result in shown:
        _case(suite, result)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _case(suite: ET.Element, result: Result) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"{result.where}.{result.id.partition('.')[0]}",
            "name": result.id,
            "time": f"{result.duration_ms / 1000:.3f}",
        },
    )
    text = f"{result.because}\n{result.remedy}".strip()
    match result.status:
        case Status.FAIL if result.waived:
            ET.SubElement(case, "skipped", {"message": result.because})
        case Status.FAIL:
            ET.SubElement(case, "failure", {"type": result.severity.value, "message": result.because}).text = text
        case Status.UNKNOWN:
            ET.SubElement(case, "error", {"type": "unknown", "message": result.because}).text = text
        case Status.SKIP:
            ET.SubElement(case, "skipped", {"message": result.because})
        case Status.WARN:
            ET.SubElement(case, "system-out").text = f"warning: {text}"
        case Status.PASS:
            if result.attested:
                ET.SubElement(case, "system-out").text = text
