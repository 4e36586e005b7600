"""S3: what moto answers otherwise than S3."""

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("s3", "PutBucketPolicy")
def without_a_body(_world: World, _parameters: Parameters) -> Reply:
    """moto puts a word there, which is no XML."""
    return {}
