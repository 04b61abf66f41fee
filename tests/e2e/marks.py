"""Checks every message heard at a broker for every layer of the exercise mark, by the published contract alone.

    mosquitto_sub -V mqttv5 -t '#' -q 1 -F '%x %J' | python3 marks.py

Nothing of alertsim is imported: what is checked cannot vouch for itself. `%x` is the payload as it came, for `%J`
writes numbers its own way. Exit 1 with the first line that lacks a layer, 0 with the number of messages otherwise.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

FIRST = ["intended_us", "status", "exercise", "v", "event", "seq", "kind", "at"]
FIRST_OF_ACK = ["at_us", "status", "exercise", "v", "event", "seq", "what"]
LONGEST = 160
LEASE_S = 180
FRAMES = {
    "alert": {"uk": ("НАВЧАЛЬНА ТРИВОГА. ", " НАВЧАЛЬНА ТРИВОГА"), "en": ("EXERCISE. ", " EXERCISE")},
    "other": {"uk": ("УМОВНО, НАВЧАННЯ ЦЗ. ", " УМОВНО"), "en": ("EXERCISE. ", " EXERCISE")},
}
NOT_ALL_CLEAR = {
    "uk": "Це не справжній відбій. Дійте за офіційним сигналом.",
    "en": "This is not a real all-clear. Follow the official signal.",
}
NO_DANGER_LEFT = {"cleared", "cancelled", "ended", "terminated"}
BEFORE_A_CLEAR = {"cleared", "cancelled", "ended"}
WILL = "terminated"
"""Said by the broker for a publisher that died: no word of the publisher's, so outside the order of its words."""

_LINE = re.compile(r"((?:[0-9a-f]{2})*) (\{.*\})")
_TOPIC = re.compile(r"exercise/([a-z0-9][a-z0-9-]{2,63})/((?:public|control|ack)/.+)")
_STATE = re.compile(r"public/(state|alert/.+|incident/.+)|control/network/.+")
"""What the contract says is retained; the flag itself reaches newcomers only, and not from every broker."""

_FIRST_BYTES = re.compile(rb'\{"intended_us":[1-9][0-9]{15},"status":"Exercise","exercise":"')
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?[+-]\d{2}:\d{2}")


class UnmarkedError(Exception):
    """A message lacks a layer; the text says which."""


@dataclass(frozen=True)
class Heard:
    """One message as mosquitto_sub tells it."""

    topic: str
    retained: bool
    expiry_s: int | None
    properties: dict[str, Any]
    payload: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The fields of the payload; none of a zero-byte clear."""
        return _parsed(self.payload) if self.payload else {}

    @property
    def word(self) -> str:
        """What it says: its kind's last word, or the state of the exercise; `clear` without a payload."""
        return _word(self.body) if self.payload else "clear"


@dataclass
class Checker:
    """What must be remembered from message to message: per topic the last word, and whether it may be cleared."""

    last: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def check(self, heard: Heard) -> None:
        """UnmarkedError where a layer is missing."""
        exercise, below = _check_topic(heard.topic)
        _check_properties(heard.properties, exercise)
        if not heard.payload:
            self._check_clear(heard.topic)
            return
        body = _parsed(heard.payload)
        _check_no_actual(heard, body)
        _check_status(body)
        if below.startswith("ack/"):
            _check_first(body, FIRST_OF_ACK, exercise)
            return
        demand(_FIRST_BYTES.match(heard.payload), "the payload does not begin with sixteen digits of intended_us")
        _check_first(body, FIRST, exercise)
        _check_headlines(body)
        _check_expiry(heard, stands=_STATE.fullmatch(below) is not None)
        self._check_order(heard, body)

    def _check_clear(self, topic: str) -> None:
        demand(topic in self.words, "zero bytes where nothing stands")
        word = self.words.pop(topic)
        demand(word in BEFORE_A_CLEAR, f"cleared after {word!r}")

    def _check_order(self, heard: Heard, body: dict[str, Any]) -> None:
        """Numbers rise; a duplicate is the last word on its topic, byte for byte; a will counts for nothing here."""
        if _STATE.fullmatch(heard.topic.split("/", 2)[2]):
            self.words[heard.topic] = _word(body)
        if _word(body) == WILL:
            return
        seq, before = self.last.get(heard.topic, (-1, b""))
        demand(body["seq"] > seq or heard.payload == before, f"seq {body['seq']} after {seq}")
        self.last[heard.topic] = body["seq"], heard.payload


def demand(condition: object, otherwise: str) -> None:
    """UnmarkedError unless the condition holds."""
    if not condition:
        raise UnmarkedError(otherwise)


def read(line: str) -> Heard:
    """One line of `mosquitto_sub -F '%x %J'`; %J is empty where the payload is no JSON."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise UnmarkedError("the payload is not JSON")
    told = _parsed(found[2])
    properties = told.get("properties", {})
    return Heard(
        topic=told["topic"],
        retained=bool(told["retain"]),
        expiry_s=properties.get("message-expiry-interval"),
        properties=properties.get("user-properties", {}),
        payload=bytes.fromhex(found[1]),
    )


def offence(lines: Iterable[str]) -> tuple[int, str]:
    """How many messages there were, and the first offending line with what it lacks; empty when none does."""
    checker, count = Checker(), 0
    for line in lines:
        count += 1
        try:
            checker.check(read(line.rstrip("\n")))
        except UnmarkedError as error:
            return count, f"message {count}: {error}\n{line.rstrip()}"
    return count, ""


def _check_topic(topic: str) -> tuple[str, str]:
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise UnmarkedError("the topic is not below exercise/<id>/public, control or ack")
    return found[1], found[2]


def _check_properties(properties: dict[str, Any], exercise: str) -> None:
    demand(properties.get("status") == "Exercise", "user property status")
    demand(properties.get("exercise") == exercise, "user property exercise is not that of the topic")
    demand(str(properties.get("contact", "")).strip(), "user property contact")


def _parsed(text: str | bytes) -> dict[str, Any]:
    """A JSON object in which nothing is said twice."""
    try:
        body = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise UnmarkedError(f"no JSON: {error}") from None
    demand(isinstance(body, dict), "the payload is no JSON object")
    return dict(body)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    demand(len(fields) == len(pairs), "a field or a user property is said twice")
    return fields


def _check_no_actual(heard: Heard, body: dict[str, Any]) -> None:
    told = f"{heard.topic} {heard.properties} {heard.payload!r} {json.dumps(body, ensure_ascii=False)}"
    demand("Actual" not in told, "the word Actual")


def _check_status(value: object) -> None:
    """`status` is Exercise wherever it stands."""
    if isinstance(value, dict):
        demand(value.get("status", "Exercise") == "Exercise", f"status is {value.get('status')!r}")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        _check_status(item)


def _check_first(fields: dict[str, Any], names: list[str], exercise: str) -> None:
    demand([*fields][: len(names)] == names, f"the first fields are not {', '.join(names)}")
    demand(fields["exercise"] == exercise, "exercise is not that of the topic")
    demand(fields["v"] == 1, "v")
    demand(isinstance(fields["event"], str) and fields["event"], "event")
    demand(type(fields["seq"]) is int and 0 <= fields["seq"] < 2**53, "seq")
    demand(re.fullmatch(r"[a-z]+\.[a-z_]+", str(fields.get("kind", "an.ack"))), "kind")
    demand(_INSTANT.fullmatch(str(fields.get("at", "2023-12-13T03:00:13+02:00"))), "at")


def _word(body: dict[str, Any]) -> str:
    """The last word on a topic: the kind's own, or the state of the exercise."""
    return str(body.get("state") or body["kind"].partition(".")[2])


def _check_headlines(body: dict[str, Any]) -> None:
    headlines = body.get("headline")
    if not isinstance(headlines, dict):
        raise UnmarkedError("no headline")
    for language, (before, after) in FRAMES[
        "alert" if body["kind"].startswith(("alert.", "warning.")) else "other"
    ].items():
        text = str(headlines.get(language, ""))
        demand(text.startswith(before), f"headline {language} lacks its prefix")
        demand(text.endswith(after) and len(text) > len(before + after), f"headline {language} lacks its suffix")
        demand(len(text) <= LONGEST, f"headline {language} is longer than {LONGEST} characters")
        if _word(body) in NO_DANGER_LEFT:
            last = text.removesuffix(after)
            demand(last.endswith(NOT_ALL_CLEAR[language]), f"headline {language} may be taken for a real all-clear")


def _check_expiry(heard: Heard, *, stands: bool) -> None:
    expiry_s = heard.expiry_s or 0
    demand(expiry_s > 0, "it never expires")
    demand(expiry_s <= LEASE_S or not stands, "it is retained for longer than a lease")
    demand(stands or not heard.retained, "it is retained though it is no state")


def main() -> int:
    """Read standard input to its end or to the first offence."""
    count, found = offence(sys.stdin)
    sys.stdout.write(f"{found}\n" if found else f"{count} messages, each marked on every layer\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
