"""Sections of the guide, by which checks are shown."""

from collections.abc import Mapping
from typing import Final

SECTIONS: Final[Mapping[str, str]] = {
    "P": "Before everything",
    "1": "Identity and access",
    "2": "Network",
    "3": "Secrets and environment values",
    "4": "Registry and pipeline",
    "5": "ECS Fargate",
    "6": "Load balancer and routing",
    "7": "Database",
    "8": "Monitoring, logs, alerts",
    "9": "Deployment and validation",
    "10": "Maintenance",
}


def section_of(clause: str) -> str:
    """``5`` for ``5.3``."""
    return clause.partition(".")[0]


def heading(section: str) -> str:
    """``5  ECS Fargate``; the section alone when this version has no name for it."""
    return f"{section}  {SECTIONS.get(section, '')}".rstrip()


def order(section: str) -> int:
    """Place in the guide; unknown sections come last."""
    names = list(SECTIONS)
    return names.index(section) if section in names else len(names)
