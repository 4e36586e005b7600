"""Where nothing was built yet."""

from runbook_tui.core.verdict import blocked, fail, passed
from runbook_tui.tui.beginning import in_words, unbuilt
from runbook_tui.tui.survey import Health

GONE = fail("not found", "create it")
WAITS = blocked("ecs.cluster.active", "cluster not found")


def health(**verdicts: object) -> Health:
    return Health(verdicts={f"ecs.service.{name}": verdict for name, verdict in verdicts.items()})  # type: ignore[misc]


def test_an_environment_without_a_service_is_not_built() -> None:
    """Whether the service lacks, or the cluster too; staging is set up first."""
    found = {"prod": health(active=GONE), "staging": health(active=WAITS)}
    assert unbuilt(found) == ("staging", "prod")
    assert in_words(unbuilt(found)) == "staging and PROD"


def test_a_service_that_is_there_was_built_whatever_ails_it() -> None:
    """And of one that was not asked about nobody knows."""
    assert unbuilt({"prod": health(active=passed("active"), steady=GONE), "staging": Health()}) == ()
