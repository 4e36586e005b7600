"""Uses of services that no trail of management events tells: IAM's reports know them all the same."""

from datetime import datetime


class ServicesUsed:
    """``at`` is the last use, by the ARN of a role or user and the service."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str], datetime] = {}
