"""Who has lost coverage: decided by a stable hash of a client's name, so that runs repeat and nobody is remembered."""

from hashlib import blake2b


def place(name: str) -> float:
    """Where a client stands among all others, evenly from 0 to below 1; the same in every run.

    `name` is its client id without the prefix of the exercise.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") / 2**64


def is_cut(name: str, up: float) -> bool:
    """Whether this client is without coverage where the share `up` (0 to 1) of an operator's service is up.

    Who is cut at some share is also cut at every lower one.
    """
    return place(name) >= up
