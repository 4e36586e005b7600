"""Identifiers in the shapes that ECS gives them, from the world's own chance."""

from random import Random

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def identifier(random: Random) -> str:
    """Like ``8f1c0f5e-3c5f-4d0c-9a0b-5d2f0e6c7a11``."""
    digits = hexadecimal(random)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def hexadecimal(random: Random) -> str:
    """32 digits, as of a task."""
    return f"{random.getrandbits(128):032x}"


def number(random: Random) -> str:
    """19 digits, as of a deployment and of a service revision."""
    return str(random.randrange(10**18, 10**19))


def word(random: Random) -> str:
    """21 characters, as of a service deployment."""
    return "".join(random.choice(_LETTERS) for _ in range(21))
