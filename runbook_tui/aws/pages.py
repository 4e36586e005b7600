"""One answer from many pages, and from many chunks where AWS limits how many names one request may hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from runbook_tui.aws.errors import Malformed, Truncated

MOST_PAGES: Final = 200

# (service, operation): the parameter that holds names, and how many of them a request takes.
CHUNKS: Final[Mapping[tuple[str, str], tuple[str, int]]] = {
    ("ecr", "batch_get_image"): ("imageIds", 100),
    ("ecs", "describe_clusters"): ("clusters", 100),
    ("ecs", "describe_service_revisions"): ("serviceRevisionArns", 20),
    ("ecs", "describe_services"): ("services", 10),
    ("ecs", "describe_tasks"): ("tasks", 100),
    ("elbv2", "describe_tags"): ("ResourceArns", 20),
}

# Token of the answer: parameter that brings the next page, for operations that botocore has no paginator for.
TOKENS: Final[Mapping[str, str]] = {
    "nextToken": "nextToken",
    "NextToken": "NextToken",
    "NextPageToken": "NextPageToken",
    "NextMarker": "Marker",
    "Marker": "Marker",
}
# A merged answer is whole: nothing is left that these could point to.
LEFT_OVER: Final = frozenset({*TOKENS, "PaginationToken", "position"})

Page = dict[str, Any]
Timed = Callable[[Callable[[], Page | None]], Page | None]
Lists = Mapping[str, Any]  # a tree of names whose leaves are lists to be joined


def read_whole(client: Any, service: str, operation: str, parameters: Mapping[str, Any], timed: Timed) -> Page:
    """Every page of every chunk. ``timed`` carries out one API call and may record it.

    Truncated after 200 pages; botocore's exceptions as they are.
    """
    whole: Page = {}
    count = 0
    for part in _chunks(service, operation, parameters):
        for page, lists in _pages(client, operation, part, timed):
            count += 1
            whole = _merged(whole, page, lists) if whole else page
            if count >= MOST_PAGES and _goes_on(page, lists):
                raise Truncated(
                    f"{operation} has more than {MOST_PAGES} pages",
                    remedy="narrow what is asked: fewer log groups, a shorter time",
                    service=service,
                    operation=operation,
                )
    return {name: value for name, value in whole.items() if name not in LEFT_OVER}


def _chunks(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    name, size = CHUNKS.get((service, operation), ("", 0))
    names = parameters.get(name)
    if not isinstance(names, Sequence) or len(names) <= size:
        yield parameters
        return
    for start in range(0, len(names), size):
        yield {**parameters, name: list(names[start : start + size])}


def _pages(client: Any, operation: str, parameters: Mapping[str, Any], timed: Timed) -> Iterator[tuple[Page, Lists]]:
    if client.can_paginate(operation):
        return _by_paginator(client.get_paginator(operation), parameters, timed)
    return _by_token(client, operation, parameters, timed)


def _by_paginator(paginator: Any, parameters: Mapping[str, Any], timed: Timed) -> Iterator[tuple[Page, Lists]]:
    pages = paginator.paginate(**parameters)
    lists = _tree(str(key.expression) for key in pages.result_keys)
    each = iter(pages)
    while (page := timed(lambda: next(each, None))) is not None:
        yield page, lists


def _by_token(client: Any, operation: str, parameters: Mapping[str, Any], timed: Timed) -> Iterator[tuple[Page, Lists]]:
    call = getattr(client, operation)
    accepted = _accepted(client, operation)
    sent: set[str] = set()
    asked = dict(parameters)
    while True:
        page = timed(lambda: call(**asked))
        assert page is not None, "a call answers or raises"
        yield page, {name: {} for name, value in page.items() if isinstance(value, list)}
        token = next((name for name in TOKENS if page.get(name) and TOKENS[name] in accepted), None)
        if token is None:
            return
        if page[token] in sent:
            raise Malformed(f"{operation} gave the same page twice", remedy="try again", operation=operation)
        sent.add(page[token])
        asked[TOKENS[token]] = page[token]


def _accepted(client: Any, operation: str) -> frozenset[str]:
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    return frozenset(model.input_shape.members) if model.input_shape else frozenset()


def _tree(paths: Iterator[str]) -> Lists:
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for name in path.split("."):
            node = node.setdefault(name, {})
    return tree


def _merged(former: Page, page: Page, lists: Lists) -> Page:
    """``page`` after ``former``: lists that continue are joined, of everything else the newest word counts."""
    merged = {**former, **page}
    for name, inner in lists.items():
        before, after = former.get(name), page.get(name)
        if inner and isinstance(before, dict) and isinstance(after, dict):
            merged[name] = _merged(before, after, inner)
        elif isinstance(before, list):
            merged[name] = [*before, *(after or [])]
    return merged


def _goes_on(page: Page, lists: Lists) -> bool:
    if any(page.get(name) for name in LEFT_OVER):
        return True
    return any(
        _goes_on(page[name], inner) for name, inner in lists.items() if inner and isinstance(page.get(name), dict)
    )
