"""The account's past as CloudTrail tells it: releases, sign-ins, scaling, use of keys. Told when somebody asks."""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from runbook_tui.core.site import Environment
from runbook_tui.simulator import service_linked
from runbook_tui.simulator.iam.principals import Kind, Principal, role_named
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, SITE_NAME
from runbook_tui.simulator.scaling.activities import count_set
from runbook_tui.simulator.seed.people import PEOPLE
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.trail_event import Resource, TrailEvent, make
from runbook_tui.simulator.world import World

TRAIL = f"{SITE_NAME}-trail"
_DAYS = 90
_RELEASE_EVERY = 7
_OFFICE = "203.0.113.24"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
_RUNNER = "aws-sdk-js/3.864.0 os/linux lang/js md/nodejs#22.18.0 amazon-ecs-deploy-task-definition-for-github-actions"


def seed(world: World) -> None:
    """A trail of all regions that writes into a bucket of its own, and the past."""
    bucket = f"{SITE_NAME}-trail-{world.account}"
    world.call("s3", "CreateBucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": world.region})
    world.call(
        "cloudtrail",
        "CreateTrail",
        Name=TRAIL,
        S3BucketName=bucket,
        IncludeGlobalServiceEvents=True,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        TagsList=listed(SHARED),
    )
    world.call("cloudtrail", "StartLogging", Name=TRAIL)
    status = world.backend("cloudtrail").get_trail_status(TRAIL)
    status.started = (world.began - timedelta(days=200)).replace(tzinfo=None)
    world.trail.with_past(partial(past, world))


def past(world: World) -> list[TrailEvent]:
    """The same for the same seed of the world; everything lies before its beginning."""
    chance = random.Random(f"{world.seed}: trail")  # noqa: S311 - a story, no secret
    told = _Told(world, chance)
    return [*told.releases(), *told.sign_ins(), *told.scalings()]


class _Told:
    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._region = world.region

    def releases(self) -> Iterator[TrailEvent]:
        """Staging first, prod an hour later, once a week; the last one brought what runs now."""
        count = _DAYS // _RELEASE_EVERY
        for number in range(count):
            day = self._world.began - timedelta(days=3 + _RELEASE_EVERY * (count - 1 - number), hours=2)
            for environment in ENVIRONMENTS.values():
                at = day + timedelta(hours=1 if environment.is_prod else 0, seconds=self._chance.randint(0, 900))
                yield from self._release(at, environment, number + 1)

    def sign_ins(self) -> Iterator[TrailEvent]:
        """On working days, with a second factor."""
        for day in range(1, _DAYS):
            at = (self._world.began - timedelta(days=day)).replace(hour=4, minute=self._chance.randint(0, 59))
            person = self._chance.choice(PEOPLE)
            if at.weekday() < 5 and self._chance.random() < 0.6:
                yield self._sign_in(at, person)

    def scalings(self) -> Iterator[TrailEvent]:
        """Application Auto Scaling adds a task for the evening and takes it back at night."""
        for day in range(1, _DAYS, 5):
            evening = (self._world.began - timedelta(days=day)).replace(hour=14, minute=self._chance.randint(0, 59))
            for at, count in ((evening, 3), (evening + timedelta(hours=4), 2)):
                yield self._scaling(at, count)

    def _release(self, at: datetime, environment: Environment, revision: int) -> Iterator[TrailEvent]:
        caller = self._delivery(at)
        definition = self._world.arn("ecs", f"task-definition/{environment.task_family}:{revision}")
        service = self._world.arn("ecs", f"service/{SITE.ecs.cluster}/{environment.service}")
        asked: tuple[tuple[str, Mapping[str, Any], str, str], ...] = (
            ("RegisterTaskDefinition", {"family": environment.task_family}, "AWS::ECS::TaskDefinition", definition),
            (
                "UpdateService",
                {"cluster": SITE.ecs.cluster, "service": environment.service, "taskDefinition": definition},
                "AWS::ECS::Service",
                service,
            ),
        )
        for place, (name, parameters, kind, arn) in enumerate(asked):
            resources = [(kind, arn.rpartition("/")[2]), (kind, arn)]
            told = {"sourceIPAddress": "192.0.2.77", "userAgent": _RUNNER, "requestParameters": parameters}
            moment = at + timedelta(seconds=8 * place)
            yield self._event(moment, name, "ecs", {**told, "responseElements": None}, resources, caller=caller)

    def _delivery(self, at: datetime) -> Principal:
        role = role_named(self._world, SITE.iam.cicd_role)
        account = self._world.account
        return Principal(
            kind=Kind.ROLE,
            arn=f"arn:aws:sts::{account}:assumed-role/{SITE.iam.cicd_role}/GitHubActions",
            owner=f"arn:aws:iam::{account}:role/{SITE.iam.cicd_role}",
            name=SITE.iam.cicd_role,
            identifier=role.id if role is not None else "AROASIMULATEDDELIVER",
            key=self._key("ASIA"),
            session="GitHubActions",
            since=at - timedelta(minutes=2),
        )

    def _sign_in(self, at: datetime, person: str) -> TrailEvent:
        identity = {
            "type": "IAMUser",
            "principalId": f"AIDASIMULATED{person[:7].upper().replace('.', 'X'):X<7}",
            "arn": f"arn:aws:iam::{self._world.account}:user/{person}",
            "accountId": self._world.account,
            "userName": person,
        }
        told = {
            "sourceIPAddress": _OFFICE,
            "userAgent": _BROWSER,
            "requestParameters": None,
            "responseElements": {"ConsoleLogin": "Success"},
            "additionalEventData": {
                "LoginTo": f"https://console.aws.amazon.com/console/home?region={self._region}",
                "MobileVersion": "No",
                "MFAIdentifier": f"arn:aws:iam::{self._world.account}:mfa/{person}",
                "MFAUsed": "Yes",
            },
            "eventType": "AwsConsoleSignIn",
        }
        return self._event(at, "ConsoleLogin", "signin", told, (), identity=identity)

    def _scaling(self, at: datetime, count: int) -> TrailEvent:
        deed = count_set(self._world, SITE.ecs.cluster, ENVIRONMENTS["prod"].service, count)
        return service_linked.event(self._world, deed, at=at, identifier=self._identifier())

    def _event(
        self,
        at: datetime,
        name: str,
        service: str,
        told: Mapping[str, Any],
        resources: Sequence[Resource],
        *,
        caller: Principal | None = None,
        identity: Mapping[str, Any] | None = None,
    ) -> TrailEvent:
        return make(
            self._world,
            at=at,
            name=name,
            service=service,
            caller=caller,
            identity=identity,
            read_only=False,
            resources=resources,
            told=told,
            identifier=self._identifier(),
        )

    def _identifier(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _key(self, prefix: str) -> str:
        return prefix + "".join(self._chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
