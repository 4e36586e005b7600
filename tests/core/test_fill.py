"""Templates of runbooks: values in texts, and safely in commands."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.catalogue.site_file import complete
from runbook_tui.core.fill import fill, fill_command, template_problems

SITE = complete({"domain": {"zone": "asharvi.in"}, "alarm": {"5xx_percent": 2.5}})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ site.aws.region }}", "ap-south-1"),
        ("{{env.service}} and {{ env.name }}", "asharvi-backend-prod and prod"),
        ("{{ site.environments.staging.host }}", "staging-api.asharvi.in"),
        ("{{ env.autoscale.max }}", "6"),
        ("{{ site.alarm.5xx_percent }} {{ site.alarm.percent_5xx }}", "2.5 2.5"),
        ("{{ site.alb.deletion_protection }}", "true"),
        ("{{ site.net.public_subnets }}", "10.20.0.0/24,10.20.1.0/24"),
        ("{{ site.net.vpc_id }}", "<site.net.vpc_id>"),
        ("{{ site.cicd.branches.prod }}", "main"),
        ("{{ env.task_role }}", "AsharviBackendEcsTaskRole"),
        ("%{http_code} {json} {{ else }}", "%{http_code} {json} {{ else }}"),
    ],
)
def test_values_take_the_place_of_their_names(template: str, text: str) -> None:
    """Keys of the file and attributes both work; a value that is not set stays visible as its name."""
    assert fill(template, SITE, "prod") == text


def test_the_role_of_an_environment_s_tasks_is_its_own_where_it_has_one() -> None:
    """With ``iam.roles_per_env`` the shared name is no role's."""
    site = complete({"iam": {"roles_per_env": True}})
    assert fill("{{ env.task_role }}", site, "staging") == "AsharviBackendEcsTaskRole-staging"


@given(st.text(min_size=1, max_size=30))
def test_no_value_can_leave_its_word_in_a_command(name: str) -> None:
    """Whatever a site holds, a POSIX shell reads it as one word."""
    site = complete({"ecs": {"cluster": name}})
    assert shlex.split(fill_command("aws --cluster {{ site.ecs.cluster }} --x", site, "prod")) == [
        "aws",
        "--cluster",
        name,
        "--x",
    ]


def test_lists_become_words_and_gaps_are_quoted() -> None:
    """The aws CLI takes lists as several words; < and > of a gap must not redirect anything."""
    command = "aws {{ site.net.public_subnets }} {{ site.net.vpc_id }}"
    assert fill_command(command, SITE, "prod") == "aws 10.20.0.0/24 10.20.1.0/24 '<site.net.vpc_id>'"


@pytest.mark.parametrize(
    "template", ["{{ site.net.vpc_id }}", "{{ env.autoscale.min }}", "{{ env.name }}", "{{ env.task_role }}"]
)
def test_real_names_are_no_problem(template: str) -> None:
    """What can be filled is not complained about."""
    assert list(template_problems(template)) == []


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{{ site.nett.vpc_id }}", "there is no site.nett.vpc_id"),
        ("{{ env.servce }}", "there is no env.servce"),
        ("{{ env.service.name }}", "there is no env.service.name: name has nothing above it"),
        ("{{ site.net }}", "site.net is a section, not a value"),
        ("{{ site.environments.prod }}", "site.environments.prod is a section, not a value"),
        ("{{ site }}", "{{ site }} is neither site.… nor env.…"),
        ("{{ site.path }}", "there is no site.path"),
        ("{{ env.is_prod }}", "there is no env.is_prod"),
        ("{{ env.__class__ }}", "there is no env.__class__"),
    ],
)
def test_names_that_do_not_exist_are_problems(template: str, what: str) -> None:
    """A runbook that cannot be filled is refused when it is loaded, not when it is needed."""
    assert [found for found, _ in template_problems(template)] == [what]


@pytest.mark.parametrize(
    ("command", "unsafe"),
    [
        ("aws {{ env.service }}", False),
        ("aws '{{ env.service }}'", True),
        ('aws "$(aws {{ env.service }})"', True),
        ("aws --query 'a[0]' {{ env.service }}", False),
        ('aws "it\'s" {{ env.service }}', False),
        ("aws \\' {{ env.service }}", False),
        ("aws `x {{ env.service }}`", True),
    ],
)
def test_a_value_inside_quotes_is_refused_in_commands(command: str, unsafe: bool) -> None:
    """Quoting inside quotes is no quoting: "'$(x)'" would run x."""
    assert bool(list(template_problems(command, command=True))) == unsafe
    assert list(template_problems(command)) == []
