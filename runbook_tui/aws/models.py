"""botocore's descriptions of the services, decoded entry by entry as they are used.

A client needs the names of its service's operations, and the shapes of the few that are called. Stock botocore makes
Python objects of everything, documentation included: 11 MB of JSON for the fifteen services of a sweep. Clients of
them all take 0.53 of the CPU and 0.42 of the memory this way.
"""

import re
from collections.abc import ItemsView, Iterator, ValuesView
from functools import cache
from pathlib import Path
from typing import Any, Final
from zlib import MAX_WBITS, decompress

from botocore.loaders import JSONFileLoader, create_loader
from msgspec import DecodeError, Raw, json

_GZIP: Final = MAX_WBITS | 16
# Half of all bytes. The key stays, so that no comma is left over. A quote after one or three backslashes belongs to the
# text, which is all that AWS writes; to count them costs 11 ms more, and what is cut too early is no JSON any more.
_DOCUMENTATION: Final = re.compile(rb'"documentation"\s*:\s*"[^"]*+(?:(?:(?<=[^\\]\\)|(?<=[^\\]\\{3}))"[^"]*+)*+"')
_ANY_DOCUMENTATION: Final = re.compile(rb'"documentation"\s*:\s*"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_UNDOCUMENTED: Final = b'"documentation":""'
# Large mappings by name: of a service model, and of a partition in endpoints.json.
_BY_NAME: Final = ("operations", "shapes", "services")

_WHOLE: Final = json.Decoder()
_ENTRIES: Final = json.Decoder(dict[str, Raw])
_MANY: Final = json.Decoder(list[Raw])


class Entries(dict[str, Any]):
    """Decodes an entry when it is first asked for. A dict, because botocore merges only into dicts."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, Raw):
            value = self[key] = _WHOLE.decode(value)
        return value

    def __iter__(self) -> Iterator[str]:
        """Defined so that ``dict(entries)`` and ``update`` go through ``__getitem__``, too."""
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    __hash__ = None

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        return ItemsView(self)

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        return ValuesView(self)


def share(core: Any) -> None:
    """Let a botocore session read what any other of this process has read: a run has one for reading and one for
    changes. What a loader gives is for all of them: nobody changes it."""
    core.register_component("data_loader", _loader(core.get_config_variable("data_path")))


@cache
def _loader(data_path: str | None) -> Any:
    made = create_loader(data_path)
    made.file_loader = Models()
    return made


class Models(JSONFileLoader):  # type: ignore[misc]
    """Reads the files in botocore's data folder, and those that ``AWS_DATA_PATH`` and ``~/.aws/models`` add.

    What it gives equals what stock botocore gives, but for the texts of documentation, which are empty.
    """

    def load_file(self, file_path: str) -> Any:
        """``file_path`` is without its suffix; None when there is no such file."""
        text = _text(file_path)
        if text is None:
            return None
        try:
            return _top(_DOCUMENTATION.sub(_UNDOCUMENTED, text))
        except DecodeError:
            return _top(_ANY_DOCUMENTATION.sub(_UNDOCUMENTED, text))


def _text(path: str) -> bytes | None:
    plain, packed = Path(f"{path}.json"), Path(f"{path}.json.gz")
    if plain.is_file():
        return plain.read_bytes()
    return decompress(packed.read_bytes(), _GZIP) if packed.is_file() else None


def _top(text: bytes | Raw) -> dict[str, Any]:
    return {key: _below(key, value) for key, value in _ENTRIES.decode(text).items()}


def _below(key: str, text: Raw) -> Any:
    if key in _BY_NAME:
        return Entries(_ENTRIES.decode(text))
    if key == "partitions":
        return [_top(each) for each in _MANY.decode(text)]
    return _WHOLE.decode(text)
