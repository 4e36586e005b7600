"""Scenario files: what is in them, and what is said when they are wrong."""

from pathlib import Path

import pytest

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import story
from runbook_tui.simulator.scenarios import find_scenario, tales

GOOD = """\
name: mine
description: something happens
timeline:
  - at: 5m
    call: {service: ecs, operation: ListClusters}
  - fault: expired
ends:
  at: 10m
  truths:
    - says: nobody may ask
      call: {service: ecs, operation: ListClusters}
      error: ExpiredTokenException
"""


def _read(folder: Path, text: str, name: str = "mine.yaml") -> story.Tale:
    path = folder / name
    path.write_text(text)
    return story.load(path)


def test_every_bundled_story_is_sound() -> None:
    """Faults, services, operations and parameters all exist, and there are a dozen at least."""
    known = list(tales())
    for tale in known:
        story.check(tale)
        assert tale.ends_at >= max(event.at for event in tale.timeline), tale.name
        assert len(tale.description) < 120
    assert len(known) >= 12


def test_a_timeline_is_in_the_order_of_time(tmp_path: Path) -> None:
    """However the file is ordered; what has no time happens at the start."""
    tale = _read(tmp_path, GOOD)
    assert [(event.at, event.fault) for event in tale.timeline] == [(0, "expired"), (300, "")]
    assert (tale.world, tale.ends_at, tale.truths[0].error) == ("healthy", 600, "ExpiredTokenException")


@pytest.mark.parametrize(
    ("former", "present", "said", "remedy"),
    [
        (
            "- fault: expired",
            "- fault: expried",
            'mine.yaml:6:5: there is no fault "expried"',
            'did you mean "expired"?',
        ),
        ("- fault: expired", "- falt: expired", '"falt" is not a key of an event', 'did you mean "fault"?'),
        ("- fault: expired", "- says: nothing", "nothing happens here", "add fault: NAME"),
        ("- fault: expired", "- {fault: expired, clear: expired}", "exclude each other", "keep one of them"),
        ("at: 5m", "at: soon", '"soon" where a duration is wanted', "write 90s, 15m, 1h"),
        ("name: mine", "name: yours", "the file is called mine", "the same"),
        (
            "name: mine",
            "name: mine\nworld: flat",
            '"flat" is not one of healthy, migrating, empty',
            "healthy, migrating, empty",
        ),
        ("description: something happens\n", "", "a scenario has no description", "add description"),
        (GOOD, "", "the file is empty", "a scenario needs name"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, former: str, present: str, said: str, remedy: str) -> None:
    """Where it is, what is wrong, and what was probably meant."""
    with pytest.raises(UsageProblem) as raised:
        _read(tmp_path, GOOD.replace(former, present))
    assert said in raised.value.what
    assert remedy in raised.value.remedy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("former", "present", "said", "remedy"),
    [
        ("service: ecs,", "service: ecx,", "boto3 has no service ecx", "did you mean ecs?"),
        ("ListClusters}", "ListCluster}", "ecs has no operation ListCluster", "did you mean ListClusters?"),
        ("ListClusters}", "ListClusters, parameters: {maxResults: many}}", "ecs:ListClusters: Invalid type", "API"),
        ("fault: expired", "fault: denied:ecs:Nothing", "ecs has no action Nothing", ""),
    ],
)
def test_what_only_aws_knows_is_judged_before_anything_starts(
    tmp_path: Path, former: str, present: str, said: str, remedy: str
) -> None:
    """A story of one's own is checked against the API when it is chosen."""
    (tmp_path / "mine.yaml").write_text(GOOD.replace(former, present))
    with pytest.raises(UsageProblem) as raised:
        find_scenario(str(tmp_path / "mine.yaml"))
    assert said in raised.value.what
    assert remedy in raised.value.remedy


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its path, not by a traceback."""
    with pytest.raises(UsageProblem, match=r"none\.yaml"):
        find_scenario(str(tmp_path / "none.yaml"))


@pytest.mark.slow
def test_the_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    """What people copy is a scenario that can be played."""
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    tale = _read(tmp_path, example, "friday-evening.yaml")
    story.check(tale)
    assert [event.fault or event.clear for event in tale.timeline[:3]] == ["slow-app", "db-blackholed", "db-blackholed"]
