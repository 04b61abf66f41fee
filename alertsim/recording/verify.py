"""Whether a recording is as it was when its exercise ended: its checksums, its own chain, and a head from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alertsim.events import Seal
from alertsim.recording.chain import Chain, Sent
from alertsim.recording.layout import Delivery
from alertsim.recording.read import Recorded, Recording

_KEPT = 8
"""Bytes of each link that are kept to compare: nobody who can choose them would be found out by more."""

_ENDED = "ended"


@dataclass(frozen=True)
class Verdict:
    """What was found out about a recording.

    `seal`: the chain over all lines that can be read. `published`: what its own last message says. `covered`: how many
    lines the head asked for covers, None where no link has it. `differs`: of the lines as they were first written, the
    first and the last of those among which the first difference is (0: before the first line); None where every note
    of the chain fits.
    """

    damage: str | None
    seal: Seal
    published: Seal | None
    head: str | None
    covered: int | None
    differs: tuple[int, int] | None

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it. Without a head from elsewhere that is no proof."""
        return not self.damage and self.differs is None and (self.head is None or self.covered is not None)

    def as_json(self) -> dict[str, object]:
        """The same as plain JSON."""
        return {
            "good": self.good,
            "damage": self.damage,
            "lines": self.seal.lines,
            "chain": self.seal.head,
            "published": self.published and self.published.model_dump(),
            "head": self.head,
            "covered": self.covered,
            "differs": self.differs and {"first": self.differs[0], "last": self.differs[1]},
        }


def verify(recording: Recording, lines: Iterable[Recorded], head: str | None = None) -> Verdict:
    """Read it through. `lines` are those of the recording, perhaps counted on their way."""
    links = _Links(recording, head)
    published = None
    for line in lines:
        links.add(line)
        published = _published(line) or published
    notes = [*recording.seals, *([published] if published else [])]
    return Verdict(recording.damage, links.seal, published, head, links.covered, _differs(notes, links))


class _Links:
    """The chain made anew, and a piece of each of its links."""

    def __init__(self, recording: Recording, head: str | None) -> None:
        self._chain = Chain(recording.metadata, recording.attachments)
        self._head = bytes.fromhex(head or "")
        self._kept = bytearray()
        self.covered: int | None = None

    @property
    def seal(self) -> Seal:
        return self._chain.seal

    def add(self, line: Recorded) -> None:
        """Cover one more line."""
        self._chain.add(line.topic, line.due_us, line.actual_us, line.seq, _sent(line.delivery), line.data)
        self._kept += self._chain.digest[:_KEPT]
        if self._chain.digest == self._head:
            self.covered = self._chain.lines

    def fit(self, note: Seal) -> bool:
        """Whether the chain stood so after as many lines; nothing is said of a note before the first."""
        piece = self._kept[(note.lines - 1) * _KEPT : note.lines * _KEPT] if note.lines else b""
        return not note.lines or piece.hex() == note.head[: 2 * _KEPT]


def _sent(delivery: Delivery | None) -> Sent | None:
    return None if delivery is None else tuple(getattr(delivery, name) for name in Delivery.model_fields)


def _published(line: Recorded) -> Seal | None:
    """What the message that ended the exercise says of the chain."""
    said = line.of if isinstance(line.of, dict) else {}
    if said.get("state") != _ENDED or "chain" not in said:
        return None
    try:
        return Seal.model_validate(said["chain"])
    except ValueError:
        return None


def _differs(notes: Sequence[Seal], links: _Links) -> tuple[int, int] | None:
    """Between the last note that fits and the first that does not."""
    fitting = 0
    for note in sorted(notes, key=lambda note: note.lines):
        if not links.fit(note):
            return (fitting + 1 if fitting else 0), note.lines
        fitting = note.lines
    return None
