"""What the recorded answers were asked."""

import json
from http.client import HTTPConnection, HTTPSConnection
from ssl import create_default_context
from typing import Any
from urllib.parse import urlsplit


def tell(url: str, path: str, bundle: str = "") -> Any:
    """The JSON that ``path`` of the answers' server gives."""
    where = urlsplit(url).netloc
    connection = (
        HTTPSConnection(where, timeout=30, context=create_default_context(cafile=bundle))
        if url.startswith("https:")
        else HTTPConnection(where, timeout=30)
    )
    try:
        connection.request("GET", f"/_bench/{path}")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
