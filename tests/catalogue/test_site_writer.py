"""Writing the site file: only what differs, whole or not at all, the former file kept."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.catalogue import site_file
from runbook_tui.catalogue.site_answers import put
from runbook_tui.catalogue.site_file import complete, load_site
from runbook_tui.catalogue.site_writer import rendered, write_site
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.site import Site

GIVEN: dict[str, Any] = {
    "mode": "real",
    "aws": {"account_id": "012345678901"},
    "domain": {"zone": "asharvi.in"},
    "environments": {"prod": {"desired_min": 3, "autoscale": {"max": 9}}},
    "alarm": {"5xx_percent": 2.5},
    "alb": {"waf": "required", "deletion_protection": False},
    "obs": {"subscriptions": [{"protocol": "email", "endpoint": "ops@asharvi.in"}], "retention_days": 90},
    "cicd": {"pipelines": {"staging": "back end"}, "branches": {}},
    "db": {"dynamodb": {"tables": [{"name": "orders", "pk": "id"}]}},
    "app": {"smoke_expect": '^"ok": .*\\n\t#', "ready_checks_db": False, "cors_origin": "off"},
    "secrets": {"allow_value_read": True},
}


def read_back(site: Site) -> Site:
    again, found = site_file.inspect(rendered(site), "s.yaml")
    assert [str(one) for one in found if one.severity == "error"] == []
    assert again is not None
    return again


def test_what_is_written_is_what_was_meant() -> None:
    """Every kind of value survives the way through the file."""
    site = complete(GIVEN)
    assert read_back(site) == site


def test_only_what_differs_is_written() -> None:
    """In the catalogue's order; enums and the account id are quoted; mode, name and region always stand there."""
    site = complete({"alb": {"waf": "required"}, "aws": {"account_id": "012345678901"}, "net": {"az_count": 3}})
    lines = [line for line in rendered(site).splitlines() if line and not line.startswith("#")]
    assert lines == [
        "site:",
        "  name: asharvi",
        'mode: "simulator"',
        "aws:",
        '  account_id: "012345678901"',
        "  region: ap-south-1",
        "net:",
        "  az_count: 3",
        "alb:",
        '  waf: "required"',
    ]


def test_every_section_has_a_line_for_people() -> None:
    """Above each section stands what it is about."""
    lines = rendered(complete(GIVEN)).splitlines()
    sections = [place for place, line in enumerate(lines) if line and line[0].isalpha()]
    assert len(sections) > 8
    assert all(lines[place - 1].startswith("# ") for place in sections)


_TEXT = st.text(min_size=1, max_size=30).filter(lambda text: "://" not in text)
_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "app.cors_origin": _TEXT,
        "operator.name": _TEXT,
        "obs.dashboard": _TEXT,
        "obs.error_patterns": st.lists(_TEXT, max_size=3),
        "iam.admin_allowlist": st.lists(_TEXT, max_size=3),
        "cicd.workflow_path": st.one_of(st.none(), _TEXT),
        "alarm.p95_seconds": st.floats(0.001, 1e15, allow_nan=False),
        "cost.baseline_monthly": st.one_of(st.none(), st.floats(0, 1e9)),
        "app.port": st.integers(1, 65535),
        "read_only": st.booleans(),
        "alb.waf": st.sampled_from(("off", "optional", "required")),
        "secrets.allow_value_read": st.sampled_from((True, False, "ask")),
        "domain.zone": st.sampled_from(("asharvi.in", "shop.co.in")),
        "site.name": st.sampled_from(("asharvi", "0", "off", "null")),
        "environments.staging.container": st.sampled_from(("app", "1", "true", "no", "_")),
        "environments.prod.autoscale.max": st.integers(3, 5000),
    },
)


@given(_ANSWERS)
def test_any_site_survives_the_file(answers: dict[str, Any]) -> None:
    """No text, number or word that YAML could take for something else changes on its way."""
    given_values: dict[str, Any] = {}
    for key, value in answers.items():
        given_values = put(given_values, key, value)
    site = complete(given_values)
    assert read_back(site) == site


def test_a_file_is_private_and_the_former_ones_are_kept(tmp_path: Path) -> None:
    """0600; .bak, .bak.1 … never overwrite each other; nothing else is left in the folder."""
    path = tmp_path / "new" / "s.yaml"
    assert write_site(complete({}), path) is None
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    texts = [path.read_text()]
    for number in range(3):
        kept = write_site(complete({"app": {"port": 3001 + number}}), path)
        assert kept == path.with_name("s.yaml.bak" + (f".{number - 1 + 1}" if number else ""))
        assert kept.read_text() == texts[-1]
        texts.append(path.read_text())
    assert sorted(one.name for one in path.parent.iterdir()) == ["s.yaml", "s.yaml.bak", "s.yaml.bak.1", "s.yaml.bak.2"]
    assert load_site(path).app.port == 3003


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Somebody who keeps the site in a repository and links to it finds the change there."""
    (tmp_path / "repo").mkdir()
    real = tmp_path / "repo" / "s.yaml"
    real.write_text("{}\n")
    link = tmp_path / "s.yaml"
    link.symlink_to(real)
    write_site(complete({"app": {"port": 3001}}), link)
    assert link.is_symlink()
    assert load_site(real).app.port == 3001


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """A file in the place of a folder: said with what to do, and nothing is changed."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(SiteProblem, match="cannot be written") as caught:
        write_site(complete({}), tmp_path / "file" / "s.yaml")
    assert "--output" in caught.value.remedy


_KILLED = """
import os, signal, sys
from pathlib import Path
from runbook_tui.catalogue import site_writer
from runbook_tui.catalogue.site_file import complete

def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv[2]
if where == "write":
    os.fsync = die
elif where == "keep":
    site_writer._keep = die
else:
    Path.replace = die
site_writer.write_site(complete({"app": {"port": 4000}}), Path(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", ["write", "keep", "replace"])
def test_a_killed_writer_leaves_the_former_file(tmp_path: Path, where: str) -> None:
    """Killed before any of its steps is done, the site is whole and the old one; the next write works."""
    path = tmp_path / "s.yaml"
    write_site(complete({"app": {"port": 3001}}), path)
    before = path.read_bytes()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(path), where],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    write_site(complete({"app": {"port": 3002}}), path)
    assert load_site(path).app.port == 3002
