"""Everything that the product asks of the simulator is answered as AWS could have answered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.engine.survey import survey
from runbook_tui.wiring.kit import Kit
from tests.support.shapes import wrong_with
from tests.support.simulator import Running

# AWS answers these, whatever botocore's enums say: the documented examples and every real account have them so.
REAL = (
    ("InternetGateways", "State: available is none of"),
    ("NetworkInterfaces", "InterfaceType: nat_gateway is none of"),
    ("VpcEndpoints", "State: available is none of"),
)
DECODED = "PolicyDocument: {"  # botocore itself makes mappings of policy documents

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_every_answer_to_a_check_has_the_shape_of_its_operation(simulator: Running, tmp_path: Path) -> None:
    """Required members, types, enums and time formats of every answer that a sweep of all checks gets are AWS's."""
    site = load_site(simulator.site)
    kit = Kit(site, state_dir=tmp_path)
    kit.guard()
    jobs = kit.jobs(tuple(site.environments))
    survey(kit.checks, kit.clock, jobs, lambda _: None)
    connection = kit.checks.connection()
    asked = {(call.service, call.operation) for call in connection.reader.calls()}
    wrong: list[str] = []
    seen: set[str] = set()

    def look(parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        seen.add(model.name)
        answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        if "Error" not in answer and model.output_shape is not None:
            wrong.extend(wrong_with(model.output_shape, answer, model.name))

    for service in {service for service, _ in asked}:
        connection.session.client(service).meta.events.register("after-call", look)
    survey(kit.checks, kit.clock, jobs, lambda _: None)
    strange = {
        each for each in wrong if DECODED not in each and not any(one in each and two in each for one, two in REAL)
    }
    assert sorted(strange) == []
    assert len(seen) >= len({operation for _, operation in asked})
