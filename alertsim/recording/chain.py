"""The hash chain over the lines of a recording: each link covers its line and all before it.

A chain without an anchor proves nothing, for whoever changes a line can make the rest anew. Its anchor is the head that
was published when the exercise ended: subscribers have it.
"""

from collections.abc import Mapping
from hashlib import sha256

from pydantic_core import to_json

from alertsim.events import Seal
from alertsim.recording.layout import Delivery

EVERY = 50
"""So many lines apart the recording itself notes how the chain stands."""

Sent = tuple[object, ...]
"""The fields of a `layout.Delivery`, in their order."""

_SEEN = (None,) * len(Delivery.model_fields)


class Chain:
    """SHA-256 of the link before, and of one line: a JSON array of how it was sent, a line feed, its bytes.

    The array is `[topic below the root, due_us, actual_us, seq, …]`, `seq` in its low 32 bits, then the fields of a
    `layout.Delivery`, null of an observation; compact, in UTF-8. The first link is over what the exercise is
    and what it was made from: the sorted metadata and the SHA-256 of each attachment by name, as one JSON array.
    """

    def __init__(self, metadata: Mapping[str, str], attachments: Mapping[str, bytes]) -> None:
        made_from = sorted((name, sha256(data).hexdigest()) for name, data in attachments.items())
        self._stand = 0, sha256(to_json([sorted(metadata.items()), made_from])).digest()

    @property
    def seal(self) -> Seal:
        """How many lines it covers, and its head; may be asked from any thread."""
        lines, digest = self._stand
        return Seal(lines=lines, head=digest.hex())

    @property
    def lines(self) -> int:
        """How many lines it covers."""
        return self._stand[0]

    @property
    def digest(self) -> bytes:
        """Its head, 32 bytes."""
        return self._stand[1]

    def add(self, topic: str, due_us: int, actual_us: int, seq: int, sent: Sent | None, data: bytes) -> None:
        """Cover one more line; of an observation `sent` is None."""
        lines, digest = self._stand
        array = to_json((topic, due_us, actual_us, seq % 2**32, *(sent or _SEEN)))
        self._stand = lines + 1, sha256(b"%b%b\n%b" % (digest, array, data)).digest()
