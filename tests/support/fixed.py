"""What every action that fixes a check is put through, on one simulator for a module."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.verdict import Status, Verdict
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.inside import Inside
from tests.support.stepped import stepped
from tests.support.undoable import made_and_undone, refused_when_moved


class Bench(Struct, frozen=True):
    inside: Inside
    kit: Kit

    def client(self, service: str) -> Any:
        return self.inside.client(service)

    def verdicts(self, checks: Iterable[str]) -> dict[str, Verdict]:
        self.kit.checks.begin_sweep()
        registry = self.kit.checks.registry
        return {one: self.kit.checks.run(one, "prod" if registry[one].per_environment else "") for one in checks}

    def expect(self, checks: Mapping[str, Status]) -> None:
        found = self.verdicts(checks)
        assert {name: one.status for name, one in found.items()} == dict(checks), [
            f"{name}: {one.status}: {one.because}" for name, one in found.items()
        ]

    def of_site(self, section: str, **values: Any) -> "Bench":
        """The same world, of which the site says something else."""
        site = replace(self.kit.site, **{section: replace(getattr(self.kit.site, section), **values)})
        return Bench(self.inside, Kit(site))

    def made(self, folder: Path, action: str, inputs: Mapping[str, str]) -> Change:
        """By somebody else, at once."""
        acting = Acting(self.kit, folder, one_step(action), "prod", "colleague")
        try:
            made = acting.made(acting.planned(**inputs))
            assert made.stage is Stage.DONE, (made.reason, made.calls)
            return made
        finally:
            acting.close()


@contextmanager
def bench() -> Iterator[Bench]:
    with stepped() as simulator:
        yield Bench(Inside(simulator), Kit(load_site(simulator.site_path)))


def fixes(
    bench: Bench,
    folder: Path,
    action: str,
    look: Callable[[], Any],
    checks: Mapping[str, Status],
    inputs: dict[str, str] | None = None,
) -> Change:
    """In a world that was broken before: each check says its status, and PASS afterwards; the action is undone to the
    same state, and refused when a colleague has made the same change meanwhile. The world is left put right."""
    given = inputs or {}
    bench.expect(checks)
    made = made_and_undone(bench.kit, folder, action, look, given)
    bench.expect(checks)
    refused_when_moved(bench.kit, folder, action, lambda: bench.made(folder, action, given), given)
    bench.expect(dict.fromkeys(checks, Status.PASS))
    return made


def document(raw: Any) -> Any:
    """A policy as it says, however it came."""
    return json.loads(unquote(raw)) if isinstance(raw, str) else raw


def role(bench: Bench, name: str) -> Any:
    """Everything of a role that an action may touch; None when there is none."""
    iam = bench.client("iam")
    try:
        found = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "trust": document(found["AssumeRolePolicyDocument"]),
        "attached": iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
        "inline": {
            one: document(iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]) for one in inline
        },
    }
