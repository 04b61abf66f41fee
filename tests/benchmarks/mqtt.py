"""MQTT: what a PUBLISH costs to read beside paho-mqtt and a walk with struct; a million broken streams; agreement.

`python -m tests.benchmarks.mqtt [STREAMS] [PACKETS]`: CPU of one process, interleaved, medians, 300 bytes with our
three user properties at QoS 1. mqtt5 is compared where it is installed.
"""

import importlib
import io
import statistics
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from alertsim.mqtt import Properties, Publish, Reader, Version, encode, frames
from tests.mqtt_mutants import holds, streams
from tests.unit.test_mqtt_agreement import agree_with_mqtt5, agree_with_paho

ROUNDS, MESSAGES = 7, 4000
MARKS = (("exercise", "kyiv-2023-12-13"), ("exercise-status", "Exercise"), ("exercise-note", "NOT A REAL ALERT"))
MESSAGE = Publish(
    "exercise/kyiv-2023-12-13/public/alert/UA-30",
    b'{"intended_us":1795000000000000,"status":"Exercise","exercise":"kyiv-2023-12-13","seq":1}',
    qos=1,
    packet_id=77,
    properties=Properties(content_type="application/json", message_expiry_interval=180, user_properties=MARKS),
)
SPARE = 300 - len(encode(MESSAGE, Version.V5))
WIRE = encode(replace(MESSAGE, payload=MESSAGE.payload + b" " * SPARE), Version.V5)


def packets() -> None:
    """Our reader: whole packets, checked."""
    reader = Reader(Version.V5)
    for _ in range(MESSAGES):
        reader.feed(WIRE)


def written() -> None:
    """Our encoder, checking what it writes."""
    for _ in range(MESSAGES):
        encode(MESSAGE, Version.V5)


def seen_in_place() -> None:
    """The swarm's way: one message a read, its topic, payload and packet id found, its PUBACK made."""
    buffer, version = bytearray(WIRE), Version.V5
    walk, view, puback, size = frames.frames, frames.publish, frames.puback, len(buffer)
    for _ in range(MESSAGES):
        for first, start, end in walk(buffer, 0, size):
            _qos, packet_id, _topic_end, _payload = view(buffer, first, start, end, version)
            puback(packet_id)


def walked_by_struct() -> None:
    """What nobody can do without: lengths by struct, steps over topic and properties, PUBACK packed."""
    buffer, size = bytearray(WIRE), len(WIRE)
    short, ack = struct.Struct(">H").unpack_from, struct.Struct(">HH").pack
    for _ in range(MESSAGES):
        at = 0
        while at < size:
            length, shift, start = 0, 0, at + 1
            while True:
                byte = buffer[start]
                length |= (byte & 127) << shift
                start += 1
                if byte < 128:
                    break
                shift += 7
            topic_end = start + 2 + short(buffer, start)[0]
            (packet_id,) = short(buffer, topic_end)
            payload, skipped, shift = topic_end + 2, 0, 0
            while True:
                byte = buffer[payload]
                skipped |= (byte & 127) << shift
                payload += 1
                if byte < 128:
                    break
                shift += 7
            payload += skipped
            ack(0x4002, packet_id)
            at = start + length


def by_paho() -> None:
    """Paho's own loop, from the bytes of a socket to on_message; its socket is a BytesIO, its PUBACKs are dropped."""
    client: Any = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    stream = io.BytesIO(WIRE * MESSAGES)
    stream.recv = stream.read  # type: ignore[attr-defined]  # BytesIO as a socket
    got = [0]

    def on_message(*_: object) -> None:
        got[0] += 1

    client.on_message = on_message
    client._packet_queue = lambda *_: 0
    client._sock = stream
    for _ in range(MESSAGES):
        client._packet_read()
    client._sock = None
    assert got == [MESSAGES]


def cost_us(work: Callable[[], None]) -> float:
    """CPU microseconds a message."""
    before = time.process_time()
    work()
    return (time.process_time() - before) / MESSAGES * 1e6


def speed() -> None:
    """The table of costs, each as a ratio to paho and to struct in the same round."""
    ways = [packets, written, by_paho, seen_in_place, walked_by_struct]
    rounds = [{way: cost_us(way) for way in ways} for _ in range(ROUNDS)]
    print(f"PUBLISH of {len(WIRE)} bytes, MQTT 5, QoS 1   µs CPU   to paho   to struct")
    for way in ways:
        cost = statistics.median(one[way] for one in rounds)
        to_paho = statistics.median(one[way] / one[by_paho] for one in rounds)
        to_struct = statistics.median(one[way] / one[walked_by_struct] for one in rounds)
        print(f"{way.__name__.replace('_', ' '):<38}{cost:8.2f}{to_paho:10.3f}{to_struct:12.2f}")


def broken(count: int) -> None:
    """Broken streams, each read whole, cut at random and at every byte."""
    before = time.perf_counter()
    failed = sum(holds(draw, version, stream) for draw, version, stream in streams(count, seed=1))
    print(f"{count:,} broken streams: {failed:,} protocol errors, no other; {time.perf_counter() - before:.0f} s")


def agreed(count: int) -> None:
    """Random packets through the other codecs, both ways."""
    print(f"paho-mqtt agrees on {agree_with_paho(count).total():,} readings and writings of {count:,} packets")
    try:
        rival = importlib.import_module("mqtt5")
    except ImportError:
        print("mqtt5 is not installed")
    else:
        print(f"mqtt5 agrees on {agree_with_mqtt5(count, rival).total():,} packets, both ways")


def main(mutants: int = 1_000_000, count: int = 100_000) -> None:
    speed()
    agreed(count)
    broken(mutants)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
