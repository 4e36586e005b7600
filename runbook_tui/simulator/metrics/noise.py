"""Chance without a state: the same seed and the same minute make the same number, in whatever order they are asked."""

from zlib import crc32

_MASK = (1 << 64) - 1


def noise(seed: int, number: int) -> float:
    """At least 0, less than 1."""
    mixed = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ (mixed >> 31)) / 2.0**64


def stream(seed: int, name: str) -> int:
    """A seed of one's own for each thing that has noise: ``hash`` differs from process to process."""
    return (seed << 32) ^ crc32(name.encode())


def whole(expected: float, seed: int, number: int) -> int:
    """A whole number that is ``expected`` in the mean."""
    return int(expected + noise(seed, number))
