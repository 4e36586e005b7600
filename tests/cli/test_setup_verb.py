"""``runbook-tui setup``: by questions, and without any."""

import argparse
import sys
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_answers import parse_answer
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.cli import setup
from runbook_tui.cli.discovery import AwsDiscovery, Found
from runbook_tui.cli.wizard import Wizard, summary
from runbook_tui.core.problems import SignInExpired, UsageProblem
from runbook_tui.core.site import Site
from tests.support.asked import AccountReader, ScriptedAsker


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("RUNBOOK_TUI_SITE", raising=False)
    monkeypatch.setenv("USER", "asha")
    monkeypatch.setenv("LOGNAME", "asha")
    return tmp_path


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    setup.add(parser)
    return setup.run(parser.parse_args(words))


def answers(**values: str) -> list[str]:
    return [word for key, value in values.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]


REAL = answers(mode="real", aws__account_id="123456789012", domain__zone="asharvi.in")


def test_defaults_and_answers_need_no_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The path is the only data; the site is complete and says who made it."""
    assert run("--defaults", "--output", "s.yaml", *REAL, *answers(net__peer_cidrs="10.9.0.0/16,10.8.0.0/16")) == 0
    out, err = capsys.readouterr()
    assert out == "s.yaml\n"
    assert "Next: runbook-tui permissions" in err
    site = load_site(here / "s.yaml")
    assert (site.mode, site.aws.account_id, site.operator.name) == ("real", "123456789012", "asha")
    assert site.net.peer_cidrs == ("10.9.0.0/16", "10.8.0.0/16")


def test_a_site_to_practise_with_needs_no_answers(here: Path) -> None:
    """--simulator writes a site that asks for no account."""
    assert run("--defaults", "--simulator") == 0
    site = load_site(here / "config/runbook-tui/runbook-tui.yaml")
    assert (site.mode, site.aws.account_id) == ("simulator", "")


def test_the_file_in_the_working_folder_is_the_one_that_is_changed(here: Path) -> None:
    """Where a site lies already, it is replaced, and the former one kept."""
    Path("runbook-tui.yaml").write_text("app: {port: 3001}\n")
    assert run("--defaults", "--simulator") == 0
    assert load_site(here / "runbook-tui.yaml").app.port == 3000
    assert Path("runbook-tui.yaml.bak").read_text() == "app: {port: 3001}\n"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--set", "aws.regoin=x"], 'the site has no key "aws.regoin"'),
        (["--set", "aws.region"], "--set needs KEY=VALUE"),
        (["--set", "net=x"], "net is a section, not a value"),
        (["--set", "app.port=http"], "a whole number is wanted"),
        (["--set", "app.port=70000"], "70000 is not from 1 to 65535"),
        (["--set", "net.nat_per_az=perhaps"], "true or false is wanted"),
        (["--set", "db.dynamodb.tables=[{pk: id}]"], "has no name"),
        (["--set", "app.cors_origin=mongodb://a:b@c/d"], "looks like a secret"),
        (["--set", "domain.zone=example.com"], "is a placeholder"),
        (["--set", "aws.account_id=000000000000"], "is a placeholder"),
        (["--set", "net.cidr=8.8.0.0/16"], "is not a private range"),
        (["--set", "mode=real", "--set", "domain.zone=a.in"], "a real site needs the account's id"),
        (["--set", "mode=real", "--set", "aws.account_id=123456789012"], "a real site needs its DNS zone"),
    ],
)
def test_wrong_answers_are_refused_before_anything_is_written(here: Path, words: list[str], what: str) -> None:
    """Exit code 2, with what is wrong; no file appears."""
    with pytest.raises(UsageProblem) as caught:
        run("--defaults", "--output", "s.yaml", *words)
    assert what in str(caught.value)
    assert caught.value.remedy
    assert caught.value.exit_code == 2
    assert not Path("s.yaml").exists()


def test_questions_need_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, the message says how to go on without."""
    monkeypatch.setattr(sys, "stdin", Path("/dev/null").open(encoding="utf-8"))  # noqa: SIM115 - closed with the process
    with pytest.raises(UsageProblem, match="no terminal") as caught:
        run()
    sys.stdin.close()
    assert "--defaults --set" in caught.value.remedy


def walk(asker: ScriptedAsker, reader: Any = None, **given: Any) -> Site:
    found = AwsDiscovery(lambda _site: reader or AccountReader())
    return Wizard(asker, found, given, "asha").walk()


def test_what_exists_is_offered_and_taken() -> None:
    """With return on every question, the account, cluster, zone and VPC are those that exist by their names."""
    asker = ScriptedAsker(What_is_this_for="real", Which_cluster="backend", Which_DNS_zone="asharvi.in")
    site = walk(asker)
    assert site.aws.account_id == "123456789012"
    assert site.ecs.cluster == "backend"
    assert (site.domain.zone, site.domain.hosted_zone_id) == ("asharvi.in", "Z0123456789")
    assert (site.net.vpc_id, site.net.cidr) == ("vpc-0aaaaaaaaaaaaaaaa", "10.30.0.0/16")
    assert site.net.public_subnets == ("subnet-0" + "a" * 16, "subnet-0" + "b" * 16)
    assert site.net.private_subnets == ("subnet-0" + "c" * 16, "subnet-0" + "d" * 16)
    assert any("load balancers could not be read" in line for line in asker.said)
    assert not any(question.startswith("Which load balancer") for question in asker.asked)
    assert any(line.split() == ["domain.zone", "asharvi.in"] for line in summary(site))


def test_without_credentials_it_says_so_and_asks_on() -> None:
    """Discovery is a help, never a condition."""

    def nobody(_site: Site) -> AccountReader:
        raise SignInExpired("no credentials were found", "sign in")

    asker = ScriptedAsker(
        What_is_this_for="real",
        Account_id=["", "12", "000000000000", "210987654321"],
        DNS_zone=["", "example.com", "a.in"],
    )
    site = Wizard(asker, AwsDiscovery(nobody), {}, "asha").walk()
    assert any("the account could not be read: no credentials were found" in line for line in asker.said)
    assert (site.aws.account_id, site.domain.zone) == ("210987654321", "a.in")
    assert len(asker.refused) == 5


def test_the_questions_come_in_the_catalogues_order() -> None:
    """Sign-in, region, discovery, names, network, domain, database, pipeline, thresholds, alerts."""
    asker = ScriptedAsker(What_is_this_for="real", DNS_zone="asharvi.in")
    walk(asker)
    starts = ["What is", "Named profile", "Region", "You are", "Which cluster", "Names", "Network", "DNS zone"]
    starts += ["Domain", "Database", "Pipeline", "Thresholds", "Alerts"]
    places = [next(n for n, question in enumerate(asker.asked) if question.startswith(start)) for start in starts]
    assert places == sorted(places)
    assert sum(question.startswith("alarm.") for question in asker.asked) == 0


def test_practising_asks_nothing_about_aws() -> None:
    """No sign-in, no account, no discovery."""

    class Forbidden:
        def look(self, site: Site) -> Found:
            raise AssertionError("AWS was asked")

    asker = ScriptedAsker(DNS_zone="asharvi.in")
    site = Wizard(asker, Forbidden(), {}, "asha").walk(simulator=True)
    assert site.simulated
    assert not any(question.startswith(("Named", "Account", "You are")) for question in asker.asked)


def test_declined_defaults_are_asked_one_by_one() -> None:
    """Choices that depend on an answer follow it; an answer at odds with another is asked again."""
    asker = ScriptedAsker(
        What_is_this_for="simulator",
        DNS_zone="asharvi.in",
        Database="",
        Which_database="dynamodb",
        Tables=["[{pk: id}]", "[{name: orders, pk: id}]"],
    )
    site = walk(asker)
    assert site.db.kind == "dynamodb"
    assert [table.name for table in site.db.dynamodb.tables] == ["orders"]
    assert len(asker.refused) == 1


def test_what_an_old_site_has_wrong_is_asked_again() -> None:
    """A key that no section asks is asked at the end rather than failing the whole walk."""
    asker = ScriptedAsker(DNS_zone="asharvi.in", **{"review.days": "7"})
    site = walk(asker, review={"days": 900})
    assert site.review.days == 7
    assert any(line.startswith("  ✘ review.days: 900 is not from 1 to 400") for line in asker.said)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("aws.account_id", "012345678901", "012345678901"),
        ("aws.profile", "", None),
        ("net.peer_cidrs", "", []),
        ("net.peer_cidrs", "[10.9.0.0/16]", ["10.9.0.0/16"]),
        ("iam.password.max_age", "null", None),
        ("iam.password.max_age", "90", 90),
        ("secrets.allow_value_read", "no", False),
        ("alb.waf", "off", "off"),
        ("cicd.pipelines", "prod: release", {"prod": "release"}),
        ("obs.subscriptions", "[{protocol: email, endpoint: a@b.in}]", [{"protocol": "email", "endpoint": "a@b.in"}]),
    ],
)
def test_typed_answers_become_values(key: str, text: str, value: object) -> None:
    """Texts stay texts, lists go by commas, the rest is read as the file is."""
    assert parse_answer(key, text) == value
