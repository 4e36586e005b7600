"""The site file: found, read, and everything wrong with it said at once."""

import hashlib
from pathlib import Path

import pytest

from runbook_tui.catalogue import site_file
from runbook_tui.catalogue.site_file import complete, find_site, load_site
from runbook_tui.core.problems import SiteProblem


def said(text: str) -> list[str]:
    return [str(one) for one in site_file.inspect(text, "s.yaml")[1]]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "{}\n", "null\n"])
def test_an_empty_file_is_the_guides_site(text: str) -> None:
    """Every default is filled in, both environments included."""
    site, found = site_file.inspect(text, "s.yaml")
    assert found == ()
    assert site == complete({})
    assert site is not None
    assert list(site.environments) == ["staging", "prod"]
    assert site.environment("prod").memory == 2048
    assert site.environment("staging").scaling.max == 4


def test_names_of_environments_follow_the_site() -> None:
    """Its name and zone give the names that are not written; what is written stays, the rest of a section too."""
    site, _ = site_file.inspect(
        "site: {name: shop}\ndomain: {zone: shop.in}\nenvironments: {staging: {autoscale: {min: 3}}}\n", "s.yaml"
    )
    assert site is not None
    assert site.environment("prod").host == "api.shop.in"
    assert site.environment("prod").service == "shop-backend-prod"
    assert site.environment("staging").scaling.min == 3
    assert site.environment("staging").scaling.max == 4


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("aws:\n  regoin: x\n", 's.yaml:2:3: "regoin" is not a key of aws; did you mean "region"?'),
        ("region: x\n", 's.yaml:1:1: "region" is not a key of the site; it belongs there: aws.region'),
        (
            "aws:\n  account_id: 123456789012\n",
            "s.yaml:2:15: 123456789012 without quotes is not a text; put it in quotes",
        ),
        ("aws:\n  account_id: 012345678901\n", 'put it in quotes: "012345678901"'),
        ("environments:\n  dev: {}\n", 's.yaml:2:3: "dev" is not a key of environments'),
        ("environments:\n  prod:\n    name: x\n", 's.yaml:3:5: "name" is not a key of an environment'),
        ("net:\n  private_subnets:\n    - 10.20.10.0/24\n    - 10.99.0.0/24\n", "s.yaml:4:7: net.private_subnets.1:"),
        (
            "environments:\n  prod:\n    memory: 1024\n",
            "s.yaml:3:13: environments.prod.memory: 1024 MiB does not go with",
        ),
        ("environments:\n  prod:\n    cpu: 4096\n", "s.yaml:2:3: environments.prod.memory: 2048 MiB does not go with"),
        ("mode: real\n", "s.yaml:1:1: aws.account_id: a real site needs the account's id"),
        ("alb: {waf: sometimes}\n", "is not one of off, optional, required"),
        ("obs: {tracing: xrya}\n", 'did you mean "xray"?'),
        ("aws: [x]\n", "a list where a map of aws is wanted"),
        ("- a\n", "s.yaml:1:1: a list where a map of the site is wanted"),
        ("aws:\n\tregion: x\n", "s.yaml:2:1: not YAML"),
    ],
)
def test_each_mistake_has_its_place(text: str, finding: str) -> None:
    """File, line, column, what and remedy."""
    found = said(text)
    assert len(found) == 1
    assert finding in found[0]


def test_rules_and_types_are_told_together() -> None:
    """A wrong type does not hide a broken rule elsewhere."""
    found = said("app: {port: http}\nnet: {cidr: 8.8.0.0/16}\nmodus: real\n")
    assert [one.split(":")[1] for one in found] == ["1", "2", "3"]


@pytest.mark.parametrize("word", ["off", "no", "false", "Off", "'off'"])
def test_off_is_off_however_it_is_spelled(word: str) -> None:
    """YAML readers differ about off; a person does not."""
    site, found = site_file.inspect(f"obs: {{tracing: {word}}}\n", "s.yaml")
    assert found == ()
    assert site is not None
    assert site.obs.tracing == "off"


@pytest.mark.parametrize(("word", "meant"), [("yes", True), ("off", False), ("True", True)])
def test_truth_may_be_spelled_as_people_do(word: str, meant: bool) -> None:
    """yes, no, on and off are truth values where one is wanted."""
    site, _ = site_file.inspect(f"net: {{nat_per_az: {word}}}\n", "s.yaml")
    assert site is not None
    assert site.net.nat_per_az is meant


@pytest.mark.parametrize(
    "text",
    [
        "secrets: {required_keys: ['mongodb://u:pa55word@host/db']}\n",
        "# remember AKIAIOSFODNN7EXAMPLE\n",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY: x\n",
        "app:\n  cors_origin: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc\n",
    ],
)
def test_a_secret_is_refused_and_not_repeated(text: str) -> None:
    """Wherever it stands, also in a comment or as a key: the message holds its place and never its text."""
    found = said(text)
    assert len(found) == 1
    assert "here stands what looks like a secret" in found[0]
    assert not any(part in found[0] for part in ("pa55word", "AKIA", "wJalr", "eyJ"))


def test_loading_says_which_file_it_was(tmp_path: Path) -> None:
    """Path and digest go into the journal; the digest is that of the bytes."""
    path = tmp_path / "runbook-tui.yaml"
    path.write_bytes(b"\xef\xbb\xbfmode: simulator\r\n")
    site = load_site(path)
    assert (site.path, site.sha256) == (str(path), hashlib.sha256(path.read_bytes()).hexdigest())


def test_loading_tells_all_findings(tmp_path: Path) -> None:
    """One problem, one line a finding, exit code 2."""
    path = tmp_path / "s.yaml"
    path.write_text("modus: x\napp: {port: 0}\n")
    with pytest.raises(SiteProblem) as caught:
        load_site(path)
    assert len(str(caught.value).splitlines()) == 2
    assert caught.value.remedy == 'did you mean "mode"?'
    assert caught.value.exit_code == 2


def test_the_nearest_site_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--site, then the variable, then the working folder, then the platform's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("RUNBOOK_TUI_SITE", raising=False)
    with pytest.raises(SiteProblem, match="there is no site file") as caught:
        find_site(None)
    assert "runbook-tui setup" in caught.value.remedy
    places = [tmp_path / "config/runbook-tui/runbook-tui.yaml", tmp_path / "runbook-tui.yaml", tmp_path / "v.yaml"]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("{}\n")
    monkeypatch.setenv("RUNBOOK_TUI_SITE", str(places[2]))
    assert find_site(str(places[0])) == places[0]
    assert find_site(None) == places[2]
    monkeypatch.delenv("RUNBOOK_TUI_SITE")
    assert find_site(None) == Path("runbook-tui.yaml")
    places[1].unlink()
    assert find_site(None) == places[0]


@pytest.mark.parametrize("by_variable", [True, False])
def test_a_named_site_that_is_missing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    """Who names a file never gets another one."""
    monkeypatch.chdir(tmp_path)
    Path("runbook-tui.yaml").write_text("{}\n")
    monkeypatch.setenv("RUNBOOK_TUI_SITE", "gone.yaml" if by_variable else "")
    with pytest.raises(SiteProblem, match=r"there is no file gone\.yaml"):
        find_site(None if by_variable else "gone.yaml")
