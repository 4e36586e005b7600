"""Times as requests hold them: moto's parsers leave their zone out, and it is UTC."""

from datetime import UTC, datetime


def aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
