import threading
import time
from concurrent.futures import ThreadPoolExecutor

from runbook_tui.aws.clients import CONNECTIONS
from runbook_tui.aws.session import open_session
from tests.support.aws import PATIENT, simulated_site
from tests.support.wire import WHO, Asked, Reply, serving


def test_requests_under_way_are_bounded() -> None:
    """However many threads ask, 32 requests are under way at once: no fewer when all ask, and never more."""
    lock, full = threading.Lock(), threading.Barrier(CONNECTIONS, timeout=10)
    under_way = most = 0

    def says(_: Asked) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.2)  # for one too many to be seen
        full.wait()  # answered only when 32 are here
        with lock:
            under_way -= 1
        return WHO

    with serving(says) as wire, ThreadPoolExecutor(2 * CONNECTIONS) as threads:
        session = open_session(simulated_site(wire.url()), patience=PATIENT)
        client = session.client("sts")
        asked = [threads.submit(client.get_caller_identity) for _ in range(2 * CONNECTIONS)]
        assert all(answer.result()["Account"] for answer in asked)
        session.close()
    assert most == CONNECTIONS
