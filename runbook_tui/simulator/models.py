"""botocore's descriptions of the services: read once in a process, for moto and for ourselves.

moto and each botocore session would read every one for themselves, documentation included: 158 MB of a healthy world.
"""

from functools import cache
from typing import Any


@cache
def loader() -> Any:
    """moto's own loader, which knows its extras. What it gives is shared: do not change it."""
    from moto.core.loaders import create_loader

    from runbook_tui.aws.models import Models

    made = create_loader()
    made.file_loader = Models()
    return made


@cache
def service_model(service: str) -> Any:
    """botocore's ServiceModel."""
    from botocore.model import ServiceModel

    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@cache
def shared_session() -> Any:
    """A boto3 session for moto, which wants to know where there are regions."""
    import botocore.session
    from boto3.session import Session

    core = botocore.session.Session()
    core.register_component("data_loader", loader())
    return Session(botocore_session=core, region_name="us-east-1")
