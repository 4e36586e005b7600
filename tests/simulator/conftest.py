"""One simulator process for the whole folder."""

from tests.support.simulator import simulator

__all__ = ["simulator"]
