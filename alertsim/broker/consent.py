"""What the owner of a broker elsewhere allows: a small document retained at that broker, and how it is read."""

import json
from dataclasses import asdict, dataclass

from alertsim.times import parse_instant

TOPIC = "alertsim-consent/v1"
MOST_BYTES = 4_096
HOW = "its owner gives it with `alertsim consent give`"


@dataclass(frozen=True)
class Consent:
    """Who answers for the broker, until when we may come, with how many connections, and how fast they may be made.

    `until` is RFC 3339 with an offset; `max_clients` counts every connection of ours, the one that watches this
    document too.

    Raises:
        ValueError: a value is not of its kind; the text says which, and what was expected.
    """

    contact: str
    until: str
    max_clients: int
    max_connects_per_s: float

    def __post_init__(self) -> None:
        """Check every value."""
        if not (_is_text(self.contact) and self.contact.strip() and len(self.contact) <= 200):
            raise ValueError("contact: expected printable text of at most 200 characters")
        if not _is_text(self.until):
            raise ValueError("until: expected a time as text")
        parse_instant(self.until)
        if type(self.max_clients) is not int or not 0 < self.max_clients <= 10_000_000:
            raise ValueError("max_clients: expected a whole number above 0")
        if type(self.max_connects_per_s) not in {int, float} or not 0.1 <= self.max_connects_per_s <= 1_000_000:
            raise ValueError("max_connects_per_s: expected a number of 0.1 or more")

    def left_s(self, now_us: int) -> float:
        """Seconds it still holds; 0 or less when it is over."""
        return parse_instant(self.until)[0] / 1e3 - now_us / 1e6

    def objection(self, clients: int, now_us: int) -> str:
        """Why it does not cover `clients` connections now; empty when it does."""
        if self.left_s(now_us) <= 0:
            return f"the consent of {self.contact} ended at {self.until}; {HOW}"
        if self.max_clients < clients:
            return (
                f"the consent of {self.contact} allows {self.max_clients} of the {clients} connections this takes "
                f"(one of them watches the consent itself); {HOW} and --max-clients {clients}"
            )
        return ""

    def document(self) -> bytes:
        """What is retained at the broker."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def read_consent(document: bytes) -> Consent:
    """The consent a document gives; fields it has beyond ours are left alone.

    Raises:
        ValueError: it gives none; the text says in a few words why not.
    """
    if len(document) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    fields = Consent.__annotations__
    missing = [name for name in fields if not isinstance(found, dict) or name not in found]
    if missing:
        raise ValueError(f"no {missing[0]}")
    return Consent(**{name: found[name] for name in fields})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()
