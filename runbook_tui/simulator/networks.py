"""Addresses and networks read once: the same few are asked about at every change of the world."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=4096)
def holds(network: str, inner: str) -> bool:
    """Whether a range holds an address or a smaller range. Both are IPv4, written as AWS writes them."""
    return ipaddress.IPv4Network(inner, strict=False).subnet_of(ipaddress.IPv4Network(network, strict=False))


@lru_cache(maxsize=256)
def address_in(network: str, number: int) -> str:
    """The address of that number in a range."""
    return str(ipaddress.IPv4Network(network).network_address + number)


@lru_cache(maxsize=256)
def is_private(network: str) -> bool:
    return ipaddress.IPv4Network(network, strict=False).is_private
