"""What several folders of tests share."""

from hypothesis import HealthCheck, settings

from tests.support.simulator import simulator

__all__ = ["simulator"]

# The same examples every time, however busy the machine is: a red run means a change.
# Another thousand: pytest --hypothesis-profile=search
settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")
