"""The actions that FIS offers for what the guide runs, with their parameters and the targets that they need."""

from collections.abc import Mapping

from msgspec import Struct

_DURATION = "The duration, from one minute to 12 hours (ISO 8601 duration)."
_DEPENDENCIES = "Install required dependencies in the SSM agent container, if they are not installed already."
_ENDPOINTS = "Use the Amazon ECS fault injection endpoints. The default is false."


class Parameter(Struct, frozen=True):
    description: str
    required: bool = True


class Action(Struct, frozen=True, kw_only=True):
    """``targets``: the key that a template must use -> the type of resource behind it."""

    id: str
    description: str
    parameters: Mapping[str, Parameter] = {}
    targets: Mapping[str, str] = {}


class ResourceType(Struct, frozen=True, kw_only=True):
    id: str
    description: str
    parameters: Mapping[str, Parameter] = {}


_CLUSTERS, _TASKS = {"Clusters": "aws:ecs:cluster"}, {"Tasks": "aws:ecs:task"}
_SUBNETS = {"Subnets": "aws:ec2:subnet"}
_STRESS = {
    "duration": Parameter(_DURATION),
    "percent": Parameter("The target load percentage, from 0 to 100. The default is 100.", required=False),
    "workers": Parameter("The number of stressors to use.", required=False),
    "installDependencies": Parameter(_DEPENDENCIES, required=False),
}
_NETWORK_OF_TASKS = {
    "duration": Parameter(_DURATION),
    "installDependencies": Parameter(_DEPENDENCIES, required=False),
    "useEcsFaultInjectionEndpoints": Parameter(_ENDPOINTS, required=False),
}
_SOURCES = Parameter("The sources, separated by commas: IPv4 addresses, CIDR blocks, domain names, DYNAMODB, S3.")

ACTIONS: Mapping[str, Action] = {
    each.id: each
    for each in (
        Action(
            id="aws:cloudwatch:assert-alarm-state",
            description="Verifies that the specified alarms are in one of the specified alarm states.",
            parameters={
                "alarmArns": Parameter("The ARNs of the alarms, separated by commas."),
                "alarmStates": Parameter("The alarm states, separated by commas: OK, ALARM, INSUFFICIENT_DATA."),
            },
        ),
        Action(
            id="aws:ecs:drain-container-instances",
            description="Drain percentage of underlying EC2 instances on an ECS cluster.",
            parameters={
                "drainagePercentage": Parameter("The percentage of instances to drain, from 1 to 100."),
                "duration": Parameter(_DURATION),
            },
            targets=_CLUSTERS,
        ),
        Action(id="aws:ecs:stop-task", description="Stops the target task.", targets=_TASKS),
        Action(
            id="aws:ecs:task-cpu-stress",
            description="Runs CPU stress on the target tasks.",
            parameters=_STRESS,
            targets=_TASKS,
        ),
        Action(
            id="aws:ecs:task-io-stress",
            description="Runs I/O stress on the target tasks.",
            parameters=_STRESS,
            targets=_TASKS,
        ),
        Action(
            id="aws:ecs:task-kill-process",
            description="Stops the specified process in the tasks.",
            parameters={
                "processName": Parameter("The name of the process to stop."),
                "signal": Parameter("The signal to send along with the command.", required=False),
                "installDependencies": Parameter(_DEPENDENCIES, required=False),
            },
            targets=_TASKS,
        ),
        Action(
            id="aws:ecs:task-network-blackhole-port",
            description="Drops inbound or outbound traffic for the specified protocol and port.",
            parameters={
                **_NETWORK_OF_TASKS,
                "port": Parameter("The port number."),
                "protocol": Parameter("The protocol: tcp or udp."),
                "trafficType": Parameter("The type of traffic: ingress or egress."),
            },
            targets=_TASKS,
        ),
        Action(
            id="aws:ecs:task-network-latency",
            description="Adds latency and jitter to the network interface for egress traffic to specific sources.",
            parameters={
                **_NETWORK_OF_TASKS,
                "delayMilliseconds": Parameter("The delay, in milliseconds. The default is 200.", required=False),
                "jitterMilliseconds": Parameter("The jitter, in milliseconds. The default is 10.", required=False),
                "sources": _SOURCES,
            },
            targets=_TASKS,
        ),
        Action(
            id="aws:ecs:task-network-packet-loss",
            description="Adds packet loss to the network interface for egress traffic to specific sources.",
            parameters={
                **_NETWORK_OF_TASKS,
                "lossPercent": Parameter("The percentage of packet loss. The default is 7.", required=False),
                "sources": _SOURCES,
            },
            targets=_TASKS,
        ),
        Action(
            id="aws:fis:wait",
            description="Wait for the specified duration.",
            parameters={"duration": Parameter(_DURATION)},
        ),
        Action(
            id="aws:network:disrupt-connectivity",
            description="Denies the specified traffic to the target subnets by temporarily cloning their network ACL.",
            parameters={
                "duration": Parameter(_DURATION),
                "scope": Parameter(
                    "The type of traffic to deny: all, availability-zone, dynamodb, prefix-list, s3, s3express, vpc."
                ),
                "prefixListIdentifier": Parameter(
                    "The customer managed prefix list, by its ID or ARN, if scope is prefix-list.", required=False
                ),
            },
            targets=_SUBNETS,
        ),
    )
}

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    each.id: each
    for each in (
        ResourceType(
            id="aws:ec2:subnet",
            description="An Amazon EC2 subnet",
            parameters={
                "availabilityZoneIdentifier": Parameter("The Availability Zone of the subnets.", required=False),
                "vpc": Parameter("The virtual private cloud of the subnets.", required=False),
            },
        ),
        ResourceType(id="aws:ecs:cluster", description="An Amazon ECS cluster"),
        ResourceType(
            id="aws:ecs:task",
            description="An Amazon ECS task",
            parameters={
                "cluster": Parameter("The cluster that contains the target tasks.", required=False),
                "service": Parameter("The service that contains the target tasks.", required=False),
            },
        ),
    )
}
