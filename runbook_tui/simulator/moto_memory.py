"""moto with the memory of one world: it would keep every object that it ever made, and read every model again."""

import importlib
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any

from runbook_tui.simulator import models


def prepare() -> None:
    """Before anything else of moto is imported; again changes nothing."""
    _read_models_once()
    _keep_no_instances()
    _list_folders_once()
    _list_methods_once()
    _leave_tasks_alone()
    _trace_nothing()
    _read_policies_once()
    _make_applications_once()
    _name_members_once()


def forget_everything() -> None:
    """No backend is left; the next one that somebody asks for is new."""
    from moto.core.base_backend import BackendDict

    instances: list[Any] = BackendDict._instances  # type: ignore[misc]  # noqa: SLF001 - listed nowhere else
    for backends in list(instances):
        for account in backends.values():
            for backend in account.values():
                _let_go(backend)
            account.clear()


def _let_go(backend: Any) -> None:
    """Only S3 holds what must be given back, files; a reset of any other makes it anew, to be thrown away."""
    from moto.core.base_backend import BaseBackend

    if type(backend).reset is not BaseBackend.reset:
        backend.reset()


def _read_models_once() -> None:
    utils: Any = importlib.import_module("moto.core.utils")
    utils.create_loader = models.loader
    base: Any = importlib.import_module("moto.core.base_backend")
    base.AccountSpecificBackend.get_session = staticmethod(models.shared_session)
    _import_regions()


def _import_regions() -> None:
    """moto's list of regions is made of three sessions, when its module is imported."""
    import boto3

    former, boto3.Session = boto3.Session, models.shared_session
    try:
        importlib.import_module("moto.ec2.models.availability_zones_and_regions")
    finally:
        boto3.Session = former


def _keep_no_instances() -> None:
    """For a page of its own that nobody here can open, moto keeps all instances of all models for ever."""
    from moto.core.common_models import BaseModel

    def new(cls: type[Any], *_args: Any, **_named: Any) -> Any:
        return object.__new__(cls)

    BaseModel.__new__ = new  # type: ignore[method-assign]


def _list_folders_once() -> None:
    """moto looks at its own 170 folders twice in each request: half of what a small one takes."""
    backends: Any = importlib.import_module("moto.backends")
    folders = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: folders


def _list_methods_once() -> None:
    """moto looks through all methods of a service in each request: 300 us where there are 200 of them."""
    responses: Any = importlib.import_module("moto.core.responses")
    if not hasattr(responses.method_names_from_class, "cache_info"):
        responses.method_names_from_class = cache(responses.method_names_from_class)


def _leave_tasks_alone() -> None:
    """moto takes a task one state further at each look; here the engine alone moves them, and looks at each 100 times
    in a simulated minute of trouble."""
    task: Any = importlib.import_module("moto.ecs.models").Task

    def put(self: Any, value: str) -> None:
        self._status = value  # moto's own name of it

    task.status = task.last_status = property(lambda self: self._status, put)
    task.advance = lambda _self: None


def _trace_nothing() -> None:
    """moto's X-Ray brings a client that traces one's own code: it opens a socket that nobody closes."""
    client: Any = ModuleType("moto.xray.mock_client")
    client.MockXrayClient = client.XRaySegment = object
    sys.modules.setdefault(client.__name__, client)


def _read_policies_once() -> None:
    """moto reads 5 MB of AWS's own policies for each IAM: a fifth of the time that a world takes to be built."""
    iam: Any = importlib.import_module("moto.iam.models")

    def policies(self: Any) -> list[Any]:
        return [iam.AWSManagedPolicy(name, self.account_id, self.region_name, **told) for name, told in _policies()]

    iam.IAMBackend._init_aws_policies = policies  # noqa: SLF001 - it has no other name


@cache
def _policies() -> Sequence[tuple[str, dict[str, Any]]]:
    data: Any = importlib.import_module("moto.iam.aws_managed_policies")
    return [(name, _told(each)) for name, each in json.loads(data.aws_managed_policies_data).items()]


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """As moto's own ``AWSManagedPolicy.from_data``."""
    return {
        "default_version_id": data.get("DefaultVersionId"),
        "path": data.get("Path"),
        "document": json.dumps(data.get("Document")),
        "create_date": datetime.fromisoformat(data["CreateDate"]),
        "update_date": datetime.fromisoformat(data["UpdateDate"]),
    }


def _make_applications_once() -> None:
    """A Flask application for each service has its routes and nothing of a world."""
    server: Any = importlib.import_module("moto.moto_server.werkzeug_app")
    if not hasattr(server.create_backend_app, "cache_info"):
        server.create_backend_app = cache(server.create_backend_app)


def _name_members_once() -> None:
    """moto works out anew for each value of an answer by which names its object may know it: a tenth of the answer."""
    serialize: Any = importlib.import_module("moto.core.serialize")
    picker = serialize.XFormedAttributePicker
    work_out = picker.get_possible_keys
    known: dict[Any, tuple[str, ...]] = {}

    def names(self: Any, context: Any) -> tuple[str, ...]:
        shape = context.shape
        parent = getattr(shape, "parent", None)
        asked = (type(context.obj), context.key, shape.name, shape.serialization.get("name"), parent and parent.name)
        where = (context.service_model.service_name, *asked)
        if where not in known:
            known[where] = tuple(dict.fromkeys(work_out(self, context)))
        return known[where]

    if work_out.__module__ == serialize.__name__:
        picker.get_possible_keys = names
