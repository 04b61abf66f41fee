"""Three codecs, one protocol: what we write others read the same, and we them. Both ways, for random packets."""

import os
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from alertsim.mqtt import Disconnect, Kind, Packet, Reason, Version, decode, encode, frames
from alertsim.mqtt.codes import CODES
from tests.mqtt_packets import packet
from tests.mqtt_rivals import PAHO_UNKNOWN, for_mqtt5, for_paho, in_mqtt5, paho_reads, paho_writes

PACKETS = int(os.environ.get("ALERTSIM_MQTT_PACKETS", "2000"))
"""How many: CI runs a hundred thousand once."""


def read(wire: bytes, version: Version) -> Packet:
    place = frames.header(wire, 0, len(wire))
    assert place is not None
    assert place[1] == len(wire)
    return decode(wire[0], wire[place[0] :], version)


def agree_with_paho(count: int) -> Counter[str]:
    """Assert it of `count` packets; how many were read and written by paho, by kind."""
    seen: Counter[str] = Counter()
    for n in range(count):
        version = Version.V5 if n % 3 else Version.V311
        ours = for_paho(packet(random.Random(n), version))
        wire = encode(ours, version)
        place = frames.header(wire, 0, len(wire))
        assert place is not None
        if (theirs := paho_reads(wire, place[0], version)) is not None:
            assert theirs == ours
            seen[f"read {ours.kind.name}"] += 1
        if (written := paho_writes(ours, version)) is not None:
            assert read(written, version) == ours
            seen[f"written {ours.kind.name}"] += 1
    return seen


def agree_with_mqtt5(count: int, rival: Any) -> Counter[str]:
    """Assert it of `count` packets of MQTT 5; how many there were of each kind."""
    seen: Counter[str] = Counter()
    for n in range(count):
        ours = packet(random.Random(n), Version.V5)
        if isinstance(ours, Disconnect) and ours.reason == Reason.BAD_AUTHENTICATION_METHOD:
            continue  # allowed by table 2-6 of the standard, absent from its section 3.14; mqtt5 follows the latter
        if ours.kind is Kind.AUTH and ours.properties.authentication_method is None:  # type: ignore[union-attr]  # AUTH has properties
            continue  # the bare AUTH of section 3.15.2.1, which mqtt5 refuses
        theirs = in_mqtt5(ours, rival)
        wire = encode(ours, Version.V5)
        assert rival.read(memoryview(wire)) == (theirs, len(wire))
        assert read(theirs.write(), Version.V5) == for_mqtt5(ours)
        seen[ours.kind.name] += 1
    return seen


def words(name: str) -> str:
    return name.upper().replace(" ", "_").replace("-", "_").replace("SUBSCRIPTION_", "SUBSCRIPTIONS_")


def test_reasons_have_their_numbers_and_places() -> None:
    """Each reason has the number paho knows it by, and stands in the packets where paho allows it; see for_paho."""
    named: Mapping[int, dict[str, list[int]]] = ReasonCode(PacketTypes.CONNACK).names
    unlike = {code for code, names in named.items() if words(Reason(code).name) not in map(words, names)}
    assert unlike == {Reason.NO_SUBSCRIPTION_EXISTED}
    assert set(named) == set(Reason)
    for kind, codes in CODES[Version.V5].items():
        theirs = {code for code, names in named.items() if any(kind in places for places in names.values())}
        assert codes - ({PAHO_UNKNOWN} if kind is Kind.CONNACK else set()) == theirs


def test_paho_agrees() -> None:
    """Paho reads what we write and we what it writes, as the same packets: all kinds a client meets, both versions."""
    seen = agree_with_paho(PACKETS)
    assert len(seen) == 9 + 10


def test_mqtt5_agrees() -> None:
    """So does mqtt5, in MQTT 5 and for every kind of packet."""
    rival = pytest.importorskip("mqtt5", reason="the development dependency mqtt5 is not installed")
    assert len(agree_with_mqtt5(PACKETS, rival)) == 15
