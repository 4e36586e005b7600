"""A child process: a database that speaks MongoDB's protocol, in memory, on a loopback port. It ends with its parent.

Run by its path, so that it needs nothing of the product: ``python database.py``.
"""

import json
import logging
import os
import socket
import sys
import threading


def main() -> None:
    from nx_27017.handler import NeoSQLiteHandler
    from nx_27017.server import handle_client_threaded

    logging.disable(logging.CRITICAL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    handler = NeoSQLiteHandler(":memory:")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
        sys.stdout.flush()
        while True:
            client, _ = listener.accept()
            threading.Thread(target=handle_client_threaded, args=(client, handler), daemon=True).start()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
