"""A point in time as AWS answers it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

# Aware, always: a naive time cannot be compared with now, so an answer that holds one cannot be read.
Moment = Annotated[datetime, Meta(tz=True)]
