"""Which operations a service has, by boto3's names. Read from botocore's models without making objects of them."""

from functools import cache
from pathlib import Path
from typing import Final
from zlib import MAX_WBITS, decompress

from msgspec import Raw, json

_GZIP: Final = MAX_WBITS | 16
_ENTRIES: Final = json.Decoder(dict[str, Raw])


@cache
def services() -> frozenset[str]:
    """boto3's names."""
    return frozenset(path.name for path in _folder().iterdir() if path.is_dir())


@cache
def operations(service: str) -> frozenset[str]:
    """``describe_services`` and so on. ec2, the largest, takes 60 ms; a loaded model would take a second."""
    from botocore import xform_name

    newest = max(path for path in (_folder() / service).iterdir() if path.is_dir())
    packed, plain = newest / "service-2.json.gz", newest / "service-2.json"
    text = decompress(packed.read_bytes(), _GZIP) if packed.exists() else plain.read_bytes()
    return frozenset(map(xform_name, _ENTRIES.decode(_ENTRIES.decode(text)["operations"])))


@cache
def _folder() -> Path:
    import botocore

    return Path(botocore.__file__).parent / "data"
