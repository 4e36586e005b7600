"""Everything that can go wrong while AWS is read, classified once (catalogue, section 1).

AwsProblem
├── Denied          no permission; ``action`` is the IAM action that is missing
├── Throttled       too many requests, after all retries
├── Missing         what was asked for does not exist; ``kind`` and ``name`` say what
├── Ambiguous       a name that should mean one thing means several
├── WrongRegion     the region is disabled, or the service is not there
├── NotEnabled      the account has not subscribed to the service
├── Unreachable     timeout, refused connection, TLS or proxy trouble
├── ServerFault     AWS answered 5xx, after all retries
├── Unsupported     the endpoint does not know the operation (the simulator says NotSimulated)
├── Conflict        the thing is being changed by somebody else right now
├── Malformed       an answer that cannot be parsed
└── Truncated       more than 200 pages
Expired or wrong credentials raise ``core.problems.SignInExpired``: they stop the run, not one check.
"""


class AwsProblem(Exception):
    """``remedy`` is what the operator can do about it."""

    def __init__(self, what: str, *, remedy: str = "", service: str = "", operation: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.service = service
        self.operation = operation


class Denied(AwsProblem):
    def __init__(self, what: str, *, action: str, remedy: str = "", service: str = "", operation: str = "") -> None:
        super().__init__(what, remedy=remedy, service=service, operation=operation)
        self.action = action


class Throttled(AwsProblem):
    pass


class Missing(AwsProblem):
    """``kind`` is ``service:thing`` in AWS's words (``ecs:service``, ``ec2:vpc``): see ``Check.establishes``."""

    def __init__(self, kind: str, name: str, *, remedy: str = "", service: str = "", operation: str = "") -> None:
        thing = kind.partition(":")[2].replace("-", " ")
        super().__init__(f"{thing} {name} not found", remedy=remedy, service=service, operation=operation)
        self.kind = kind
        self.name = name


class Ambiguous(AwsProblem):
    def __init__(self, kind: str, name: str, ids: tuple[str, ...]) -> None:
        thing = kind.partition(":")[2].replace("-", " ")
        super().__init__(f"{len(ids)} {thing}s are called {name}", remedy="give the id in the site file")
        self.kind = kind
        self.name = name
        self.ids = ids


class WrongRegion(AwsProblem):
    pass


class NotEnabled(AwsProblem):
    pass


class Unreachable(AwsProblem):
    pass


class ServerFault(AwsProblem):
    pass


class Unsupported(AwsProblem):
    pass


class Conflict(AwsProblem):
    pass


class Malformed(AwsProblem):
    pass


class Truncated(AwsProblem):
    pass
