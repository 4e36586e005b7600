"""An experiment template that cuts production off, and time that passes while somebody looks at an experiment."""

from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.wire import Call
from runbook_tui.simulator.world import Rule
from tests.support.stepped import advance, client, private_subnets


def template(simulator: Simulator, service: str = "", duration: str = "PT5M") -> str:
    """One that cuts the private subnets of prod."""
    prefixes = simulator.world.call(
        "ec2",
        "CreateManagedPrefixList",
        PrefixListName="atlas",
        MaxEntries=1,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "192.168.248.0/21"}],
    )["PrefixList"]["PrefixListId"]
    made = client(simulator, "fis").create_experiment_template(
        description="practice",
        roleArn="arn:aws:iam::123456789012:role/FisRole",
        stopConditions=[{"source": "none"}],
        targets={
            "them": {
                "resourceType": "aws:ec2:subnet",
                "resourceArns": private_subnets(simulator.world),
                "selectionMode": "ALL",
            }
        },
        actions={
            "cut": {
                "actionId": "aws:network:disrupt-connectivity",
                "parameters": {"duration": duration, "scope": "prefix-list", "prefixListIdentifier": prefixes},
                "targets": {"Subnets": "them"},
            }
        },
        tags={"Environment": "prod"},
    )
    return str(made["experimentTemplate"]["id"])


def tick(simulator: Simulator) -> None:
    """Whoever looks at an experiment finds it five seconds later."""
    world = simulator.world

    def pass_time(_call: Call) -> None:
        advance(world, 5)

    world.rules.append(Rule(service="fis", operation="GetExperiment", before=pass_time))
