"""What several folders of tests share."""

from tests.support.simulator import simulator

__all__ = ["simulator"]
